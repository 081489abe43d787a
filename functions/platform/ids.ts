import { createHash } from 'node:crypto';

/**
 * Names a thing by what it is: the same parts give the same 16 hexadecimal digits, everywhere and for ever.
 *
 * Every part is preceded by its length, so that `('ab', 'c')` and `('a', 'bc')` differ.
 */
export function hashId(...parts: string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8');
    hash.update(`${bytes.length}:`);
    hash.update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

/** An identifier that sorts by time: the instant in ISO 8601 UTC, then the hash that makes it unique. */
export function timeId(timestampMs: number, hash: string): string {
  return `${new Date(timestampMs).toISOString()}_${hash}`;
}
