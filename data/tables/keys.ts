import { randomBytes } from 'node:crypto';
import { BASE62, formatKey, hashSecret, KEY_ID_LENGTH, KEY_SECRET_LENGTH } from '../../functions/platform/auth-key.ts';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { ItemBody, ItemKey, Table } from '../contracts.ts';
import { createKeyCache } from './keys-cache.ts';

export type KeyScope = 'ingest' | 'read' | 'admin';

/** What is kept of an API key. Its secret is not: only a digest that needs the pepper. */
export interface ApiKey {
  readonly keyId: string;
  readonly workspace: string;
  readonly env: string;
  /** For people: who uses it. */
  readonly title: string;
  readonly scopes: readonly KeyScope[];
  readonly secretHmac: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export interface NewKey {
  readonly workspace: string;
  readonly env: string;
  readonly title: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresAtMs?: number;
}

export interface Keys {
  /** Makes a key; its text is shown here and never again. Called twice, it makes two keys. */
  readonly create: (key: NewKey) => Promise<{ readonly text: string; readonly key: ApiKey }>;
  /** Remembered for up to 60 s, so a revocation is in force everywhere after that time at the latest. */
  readonly find: (keyId: string) => Promise<ApiKey | undefined>;
  /** Those that are not revoked, in order of their making, at most 1,000. */
  readonly list: (workspace: string) => Promise<readonly ApiKey[]>;
  /** False where the workspace has no such key. Revoked twice, the first time stands. */
  readonly revoke: (workspace: string, keyId: string) => Promise<boolean>;
}

export interface KeysDependencies {
  readonly table: Table;
  readonly pepper: string | (() => Promise<string>);
  readonly nowMs: () => number;
  /** Random bytes fit for secrets; the system's where it is not given. */
  readonly random?: (sizeBytes: number) => Uint8Array;
}

/** API keys over the table contract: one item for each key, found by its id before anything else is known. */
export function createKeys({ table, pepper, nowMs, random = randomBytes }: KeysDependencies): Keys {
  const read = async (keyId: string): Promise<ApiKey | undefined> => {
    const item = await table.get(placeOf(keyId));
    return item && toApiKey(item.body);
  };
  const cache = createKeyCache(read, nowMs);

  return {
    async create({ workspace, env, title, scopes, expiresAtMs }) {
      const keyId = randomText(KEY_ID_LENGTH, random);
      const secret = randomText(KEY_SECRET_LENGTH, random);
      const secretPepper = typeof pepper === 'string' ? pepper : await pepper();
      const key: ApiKey = {
        keyId,
        workspace,
        env,
        title,
        scopes: [...scopes],
        secretHmac: hashSecret(secretPepper, secret).toString('hex'),
        createdAtMs: nowMs(),
        expiresAtMs: expiresAtMs ?? null,
        revokedAtMs: null,
      };
      const index = { partition: indexPartition(workspace), sort: `${new Date(nowMs()).toISOString()}#${keyId}` };
      const result = await table.put({ ...placeOf(keyId), body: { ...key }, index }, { kind: 'absent' });
      if (result.kind === 'conflict')
        throw new ServiceError('store/conflict', 'keys: the key id is taken, make another');
      cache.forget(keyId);
      return { text: formatKey({ env, keyId, secret }), key };
    },
    find: cache.find,
    async list(workspace) {
      const page = await table.query({ partition: indexPartition(workspace), byIndex: true, limit: 1_000 });
      return page.items.map((item) => toApiKey(item.body));
    },
    async revoke(workspace, keyId) {
      const key = await read(keyId);
      if (key === undefined || key.workspace !== workspace) return false;
      if (key.revokedAtMs === null) {
        // Out of the index, so that the list holds what is in use only.
        await table.update(placeOf(keyId), { revokedAtMs: nowMs() }, { condition: { kind: 'present' }, index: null });
      }
      cache.forget(keyId);
      return true;
    },
  };
}

function placeOf(keyId: string): ItemKey {
  return { partition: `key#${keyId}`, sort: 'key' };
}

function indexPartition(workspace: string): string {
  return `${workspace}#key`;
}

/** Only keys are written into their partitions. */
function toApiKey(body: ItemBody): ApiKey {
  return body as unknown as ApiKey;
}

/** Evenly drawn digits: bytes above the greatest multiple of 62 are thrown away. */
function randomText(length: number, random: (sizeBytes: number) => Uint8Array): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length)) if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62);
  }
  return text;
}
