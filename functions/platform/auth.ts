import { timingSafeEqual } from 'node:crypto';
import { hashSecret, parseKey } from './auth-key.ts';
import type { Authenticate, Caller, Scope } from './edge.ts';
import { ServiceError } from './errors.ts';

/** What the store knows of a key; never its secret. */
export interface KnownKey {
  readonly keyId: string;
  readonly workspace: string;
  readonly scopes: readonly Scope[];
  /** HMAC-SHA256 of the secret under the pepper, hexadecimal. */
  readonly secretHmac: string;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export interface AuthenticateDependencies {
  /** Throws `store/unavailable` where the store is down and the key is not remembered. */
  readonly findKey: (keyId: string) => Promise<KnownKey | undefined>;
  /** The pepper itself, or how to fetch it. */
  readonly pepper: string | (() => Promise<string>);
  readonly nowMs: () => number;
  /** Told of every request with a valid key; must return at once. */
  readonly noteUse?: (key: KnownKey) => void;
}

const MAX_HEADER_BYTES = 1_024;

/**
 * Tells whose key a request carries: `Authorization: Bearer KEY`, `Authorization: Basic` with the key as password,
 * `X-Api-Key: KEY`, or `X-Amz-Firehose-Access-Key: KEY`. The workspace comes from the key alone; `X-Scope-OrgID` and the
 * like are not looked at.
 *
 * What is wrong with a key that looks like one is never said: unknown, revoked, expired and altered answer alike.
 */
export function createAuthenticate(dependencies: AuthenticateDependencies): Authenticate {
  const { findKey, pepper, nowMs, noteUse } = dependencies;
  return async ({ headers, query }) => {
    refuseKeyInQuery(query);
    const key = parseKey(presentedKey(headers));
    if (key === undefined) throw unauthorized('the API key is malformed: prefix, length or checksum is wrong');
    const [known, secretPepper] = await Promise.all([
      findKey(key.keyId),
      typeof pepper === 'string' ? pepper : pepper(),
    ]);
    // An unknown key is compared too, so that the time taken does not tell which key ids exist.
    const matches = timingSafeEqual(hashSecret(secretPepper, key.secret), storedDigest(known));
    if (!matches || known === undefined || !isLive(known, nowMs())) {
      throw unauthorized('the API key is unknown, expired or revoked');
    }
    noteUse?.(known);
    return toCaller(known);
  };
}

function refuseKeyInQuery(query: URLSearchParams): void {
  for (const value of query.values()) {
    if (/\bfwn_[a-z0-9]+_/.test(value)) {
      throw unauthorized('an API key in the URL is refused, as URLs are logged on the way: send it in a header');
    }
  }
}

/** Firehose can send no other header than its own. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'x-amz-firehose-access-key'] as const;

function presentedKey(headers: Readonly<Record<string, string>>): string {
  const given = KEY_HEADERS.filter((name) => headers[name] !== undefined);
  if (given.length > 1) throw unauthorized(`both ${given.join(' and ')} are given: send one`);
  const header = given[0] === undefined ? undefined : headers[given[0]];
  if (header === undefined) throw unauthorized('no API key: send it as authorization: Bearer KEY');
  const sizeBytes = Buffer.byteLength(header);
  if (sizeBytes > MAX_HEADER_BYTES) {
    throw unauthorized(`the authorization header has ${sizeBytes} bytes, more than ${MAX_HEADER_BYTES}`);
  }
  // Repeated headers reach us joined by a comma, which no key and no base64 contains.
  if (header.includes(',')) throw unauthorized('more than one API key is given: send one');
  return given[0] === 'authorization' ? keyOfAuthorization(header) : header.trim();
}

function keyOfAuthorization(header: string): string {
  const [, scheme = '', credentials = ''] = /^ *([A-Za-z]+) +([^ ]+) *$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return credentials;
    case 'basic': {
      const userAndPassword = Buffer.from(credentials, 'base64').toString('utf8');
      return userAndPassword.slice(userAndPassword.indexOf(':') + 1);
    }
    default:
      throw unauthorized('the authorization header must be Bearer KEY, or Basic with the key as password');
  }
}

function storedDigest(known: KnownKey | undefined): Buffer {
  const digest = Buffer.alloc(32);
  if (known !== undefined) digest.write(known.secretHmac, 'hex');
  return digest;
}

function isLive(known: KnownKey, nowMs: number): boolean {
  return known.revokedAtMs === null && (known.expiresAtMs === null || nowMs < known.expiresAtMs);
}

function toCaller({ workspace, keyId, scopes }: KnownKey): Caller {
  return { workspace, keyId, scopes };
}

function unauthorized(message: string): ServiceError {
  return new ServiceError('platform/unauthorized', message);
}
