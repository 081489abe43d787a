import type { LogRecord } from '../../data/segments/batch.ts';

/**
 * A word of 32 bits for the time and the line of a record, by the mixing of MurmurHash3.
 *
 * Stored, and so the same for ever. Two different records are alike once in 2^32.
 */
export function recordFingerprint({ timestampMs, restNanos = 0, line }: LogRecord): number {
  let hash = mix(0, timestampMs >>> 0);
  hash = mix(hash, Math.floor(timestampMs / 2 ** 32));
  hash = mix(hash, restNanos);
  let at = 0;
  for (; at + 1 < line.length; at += 2) hash = mix(hash, line.charCodeAt(at) | (line.charCodeAt(at + 1) << 16));
  if (at < line.length) hash = mix(hash, line.charCodeAt(at));
  return spread(hash ^ line.length);
}

function mix(hash: number, word: number): number {
  const scrambled = Math.imul(rotated(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotated(hash ^ scrambled, 13), 5) + 0xe6546b64) | 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Every bit of the hash comes to depend on every other. */
function spread(hash: number): number {
  let word = hash;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
