import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { parseBody, parseJson, plainText } from './json-body.ts';
import { timeJson } from './wire.ts';

const MINUTE_MS = 60_000;
const MAX_LIFE_MS = 3_660 * 86_400_000;
const SCOPES = ['ingest', 'read', 'admin'] as const;

type KeyScope = (typeof SCOPES)[number];

const expiresIn = z.union([z.string(), z.number()]).transform((given, context) => {
  const lifeMs = parseDuration(given);
  if (lifeMs === undefined || !(lifeMs >= MINUTE_MS && lifeMs <= MAX_LIFE_MS)) {
    context.addIssue({
      code: 'custom',
      message: 'must be like 90d, 36h, 90m or a number of seconds, from a minute to 3660 days',
    });
    return z.NEVER;
  }
  return lifeMs;
});

const body = z.strictObject({
  title: plainText(200).min(1),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'must not repeat'),
  expires_in: expiresIn.nullish(),
});

/** What people ask for. */
export interface KeyRequest {
  readonly title: string;
  readonly scopes: readonly KeyScope[];
  /** Null: it does not expire. */
  readonly lifeMs: number | null;
}

/** Throws `platform/request-invalid`, with a pointer to each mistake. */
export function parseKeyBody(bytes: Uint8Array): KeyRequest {
  const { title, scopes, expires_in } = parseBody(body, parseJson(bytes), 'the key');
  return { title, scopes, lifeMs: expires_in ?? null };
}

/** What may be shown of a key. */
export interface ShownKey {
  readonly keyId: string;
  readonly title: string;
  readonly scopes: readonly KeyScope[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
}

/** Written out field by field, so that nothing else of a key can get out. */
export function keyJson({ keyId, title, scopes, createdAtMs, expiresAtMs }: ShownKey, lastUsedAtMs: number | null) {
  return {
    key_id: keyId,
    title,
    scopes,
    created_at: timeJson(createdAtMs),
    expires_at: timeJson(expiresAtMs),
    last_used_at: timeJson(lastUsedAtMs),
  };
}
