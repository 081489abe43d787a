import { excessNats } from '../numeric/excess-tail.ts';

/** Half octaves, the last of them that of the largest size seen; what is smaller than the first lies in the first. */
const BINS = 24;
const BINS_PER_OCTAVE = 2;
/** Words (32 bits) of one tail: how many sizes were seen, then how many in each bin. */
export const TAIL_FLOATS = 1 + BINS;
/** Fewer sizes than these say nothing about what is rare. */
const FEWEST_SIZES = 50;
/** Share of the sizes from which the tail is made, and the fewest that make one. */
const TAIL_SHARE = 0.05;
const FEWEST_EXCESSES = 3;
const MOST_NATS = 60;
/** Beyond so many the counts are halved: they stay exact in 32 bits, and what is old fades. */
const MOST_SIZES = 2 ** 20;

/** Edges and middles of the bins in units of the first one's lower edge. */
const EDGES = Float64Array.from({ length: BINS + 1 }, (_, bin) => 2 ** (bin / BINS_PER_OCTAVE));
const MIDDLES = Float64Array.from({ length: BINS }, (_, bin) => 2 ** ((bin + 0.5) / BINS_PER_OCTAVE));

/**
 * Rarity of a size among all sizes of its kind seen before: minus the logarithm of the share that is larger.
 *
 * Used by the ensemble detector, which adds up the rarities of unlike things.
 *
 * Definition: below the largest twentieth −ln((larger + 1) / (seen + 1)), straight within a bin; from there on a
 *             generalised Pareto tail with mean and mean square of the excesses.
 * Input:      counts, TAIL_FLOATS words at `from` and zero at the beginning; `unit`, lower edge of the first bin (0 while
 *             nothing above zero was seen); size ≥ 0.
 * Output:     nats, 0 to about 70, not falling with the size but for the seams of the bins.
 * Edge:       fewer than 50 sizes seen → 0; all were zero and this one is not → −ln(1 / (seen + 1)).
 * Cost:       O(24), no allocation.
 * Throws:     never.
 * Source:     Pickands 1975, "Statistical inference using extreme order statistics".
 *
 * @example
 * rarityNats(new Float32Array(TAIL_FLOATS), 0, 0, 5) // => 0
 */
export function rarityNats(counts: Float32Array, from: number, unit: number, size: number): number {
  const seen = counts[from]!;
  if (seen < FEWEST_SIZES) return 0;
  if (unit === 0) return size > 0 ? Math.log(seen + 1) : 0;
  const first = from + 1;
  const relative = size / unit;
  const bin = binOf(relative);
  let above = 0;
  let start = BINS;
  while (start > 1 && above + counts[first + start - 1]! <= TAIL_SHARE * seen) {
    start--;
    above += counts[first + start]!;
  }
  if (bin < start || above < FEWEST_EXCESSES) return bodyNats(counts, first, seen, bin, relative);
  const tail = tailNats(counts, first, start, above, relative);
  return Math.log((seen + 1) / (above + 1)) + Math.min(MOST_NATS, tail);
}

function bodyNats(counts: Float32Array, first: number, seen: number, bin: number, relative: number): number {
  if (bin >= BINS) return Math.log(seen + 1);
  let larger = 0;
  for (let other = bin + 1; other < BINS; other++) larger += counts[first + other]!;
  const width = EDGES[bin + 1]! - EDGES[bin]!;
  const share = bin === 0 ? 0.5 : (EDGES[bin + 1]! - relative) / width;
  return -Math.log((larger + share * counts[first + bin]! + 1) / (seen + 1));
}

function tailNats(counts: Float32Array, first: number, start: number, above: number, relative: number): number {
  const begins = EDGES[start]!;
  let sum = 0;
  let squares = 0;
  for (let bin = start; bin < BINS; bin++) {
    const excess = MIDDLES[bin]! - begins;
    const weighted = counts[first + bin]! * excess;
    sum += weighted;
    squares += weighted * excess;
  }
  return excessNats(relative - begins, sum / above, squares / above);
}

function binOf(relative: number): number {
  if (!(relative > 1)) return 0;
  return Math.floor(BINS_PER_OCTAVE * Math.log2(relative));
}

/**
 * Counts a size; a new largest one moves the bins up.
 *
 * Input:      as rarityNats.
 * Output:     the unit from now on.
 * Cost:       O(1), O(24) when the bins move.
 * Throws:     never.
 *
 * @example
 * countSize(new Float32Array(TAIL_FLOATS), 0, 0, 0) // => 0
 */
export function countSize(counts: Float32Array, from: number, unit: number, size: number): number {
  const first = from + 1;
  if (counts[from]! >= MOST_SIZES) for (let at = 0; at < TAIL_FLOATS; at++) counts[from + at]! *= 0.5;
  counts[from]! += 1;
  if (!(size > 0)) {
    counts[first]! += 1;
    return unit;
  }
  if (unit === 0) {
    // What was seen so far was zero and stays in the first bin.
    counts[first + BINS - 1]! += 1;
    return size / MIDDLES[BINS - 1]!;
  }
  const bin = binOf(size / unit);
  if (bin < BINS) {
    counts[first + bin]! += 1;
    return unit;
  }
  const moved = bin - BINS + 1;
  moveBins(counts, first, Math.min(moved, BINS));
  counts[first + BINS - 1]! += 1;
  return unit * 2 ** (moved / BINS_PER_OCTAVE);
}

function moveBins(counts: Float32Array, first: number, moved: number): void {
  let below = 0;
  for (let bin = 0; bin < moved; bin++) below += counts[first + bin]!;
  counts.copyWithin(first, first + moved, first + BINS);
  counts.fill(0, first + BINS - moved, first + BINS);
  counts[first]! += below;
}
