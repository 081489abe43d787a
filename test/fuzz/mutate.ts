import type { Random } from '../../models/numeric/random.ts';

/** Values at the edges of what lengths, counts and signs are read from. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x0a, 0x22, 0x2c, 0x5b, 0x7b] as const;
const LONGEST_RANGE_BYTES = 64;

/** A few small damages to one of the seeds, or two seeds cut together. The same generator gives the same bytes. */
export function mutate(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(pick(seeds, random));
  for (let left = 1 + random.below(4); left > 0; left--) bytes = Buffer.from(damage(bytes, seeds, random));
  return bytes;
}

function damage(bytes: Buffer, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = Math.min(bytes.length - at, random.below(LONGEST_RANGE_BYTES));
  switch (random.below(7)) {
    case 0:
      return changed(bytes, at, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return changed(bytes, at, () => pick(EDGES, random));
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), randomBytes(length, random), bytes.subarray(at)]);
    default: {
      const other = pick(seeds, random);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
  }
}

function changed(bytes: Buffer, at: number, change: (byte: number) => number): Uint8Array {
  const byte = bytes[at];
  if (byte !== undefined) bytes[at] = change(byte);
  return bytes;
}

function randomBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function pick<T>(choices: readonly T[], random: Random): T {
  const chosen = choices[random.below(choices.length)];
  if (chosen === undefined) throw new RangeError('mutate: there is nothing to choose from');
  return chosen;
}
