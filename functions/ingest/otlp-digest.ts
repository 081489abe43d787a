import { createHash } from 'node:crypto';

/** A short name for bytes of any length: equal for equal bytes, and for no others. */
export function digestOf(...chunks: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(`${chunk.length}:`).update(chunk);
  return hash.digest('base64url').slice(0, 22);
}
