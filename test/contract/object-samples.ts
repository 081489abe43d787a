import type { Objects } from '../../data/contracts.ts';

/** Every byte value, in an order without short period. */
export function sampleBytes(sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, i) => (i * 31 + (i >> 8) * 7) & 0xff);
}

export function text(words: string): Uint8Array {
  return new TextEncoder().encode(words);
}

export function decode(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes);
}

export async function readText(objects: Objects, key: string): Promise<string> {
  return decode((await objects.get(key))?.bytes);
}

export async function putEtag(objects: Objects, key: string, bytes: Uint8Array, over?: string): Promise<string> {
  const result = await objects.put(key, bytes, over === undefined ? undefined : { kind: 'match', etag: over });
  if (result.kind !== 'stored') throw new Error(`put of ${key} met a conflict`);
  return result.etag;
}
