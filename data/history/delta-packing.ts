import { ByteList } from './byte-list.ts';

/*
 * DELTA_BINARY_PACKED of Parquet: blocks of 128 differences from one number to the next, in four miniblocks of 32, each with
 * as many bits as its largest one needs above the smallest of the block. Whole numbers in float64 throughout: as BigInts
 * they take ten times as long.
 */
const BLOCK = 128;
const MINIBLOCKS = 4;
const MINIBLOCK = BLOCK / MINIBLOCKS;
const WORD = 2 ** 32;
/** What is packed at once leaves room in 32 bits for those of a byte that is not full yet. */
const MOST_BITS_AT_ONCE = 24;

/** Up to here differences of differences are exact in float64. */
const LARGEST = 2 ** 51;

export function canPackDeltas(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= LARGEST)) return false;
  return true;
}

/** Whole numbers for which `canPackDeltas` holds; of INT32 columns as of INT64 ones. */
export function packDeltas(values: ArrayLike<number>): Uint8Array {
  const bytes = new ByteList(values.length + 64);
  bytes.appendVarint(BLOCK);
  bytes.appendVarint(MINIBLOCKS);
  bytes.appendVarint(values.length);
  bytes.appendZigzag(values.length === 0 ? 0 : values[0]!);
  const deltas = new Float64Array(BLOCK);
  for (let from = 1; from < values.length; from += BLOCK) {
    const count = Math.min(BLOCK, values.length - from);
    for (let i = 0; i < count; i++) deltas[i] = values[from + i]! - values[from + i - 1]!;
    packBlock(bytes, deltas.subarray(0, count));
  }
  return bytes.view();
}

function packBlock(bytes: ByteList, deltas: Float64Array): void {
  let least = deltas[0]!;
  for (let i = 1; i < deltas.length; i++) if (deltas[i]! < least) least = deltas[i]!;
  bytes.appendZigzag(least);
  const widthsAt = bytes.length;
  for (let miniblock = 0; miniblock < MINIBLOCKS; miniblock++) bytes.append(0);
  for (let miniblock = 0; miniblock * MINIBLOCK < deltas.length; miniblock++) {
    const own = deltas.subarray(miniblock * MINIBLOCK, (miniblock + 1) * MINIBLOCK);
    let most = 0;
    for (let i = 0; i < own.length; i++) if (own[i]! - least > most) most = own[i]! - least;
    const width = bitsOf(most);
    bytes.replace(widthsAt + miniblock, width);
    if (width > 0) packMiniblock(bytes, own, least, width);
  }
}

function bitsOf(value: number): number {
  return value < WORD ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / WORD));
}

/** Always 32 numbers, so that it ends with a full byte; those that are not there are zero. */
function packMiniblock(bytes: ByteList, deltas: Float64Array, least: number, width: number): void {
  let held = 0;
  let heldBits = 0;
  for (let i = 0; i < MINIBLOCK; i++) {
    let rest = i < deltas.length ? deltas[i]! - least : 0;
    for (let left = width; left > 0; left -= MOST_BITS_AT_ONCE) {
      const bits = left < MOST_BITS_AT_ONCE ? left : MOST_BITS_AT_ONCE;
      const part = width <= MOST_BITS_AT_ONCE ? rest : rest % 2 ** MOST_BITS_AT_ONCE;
      rest = width <= MOST_BITS_AT_ONCE ? 0 : Math.floor(rest / 2 ** MOST_BITS_AT_ONCE);
      held |= part << heldBits;
      heldBits += bits;
      for (; heldBits >= 8; heldBits -= 8) {
        bytes.append(held & 0xff);
        held >>>= 8;
      }
    }
  }
}
