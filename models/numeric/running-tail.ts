import { excessAtNats, excessNats } from './excess-tail.ts';

/** Words of a running tail: where it starts, mean and mean square of what exceeds it, how much it has seen. */
const WORD = { start: 0, mean: 1, meanSquare: 2, seen: 3 } as const;

/** Length of a running tail in Float64 words. */
export const RUNNING_TAIL_WORDS = 4;

/** Share of the values that lie beyond the start of the tail, and the rarity of its start. */
const TAIL_SHARE = 0.03;
const TAIL_NATS = -Math.log(TAIL_SHARE);
const START_GAIN = 0.02;
/** Excesses that the first guess counts for, and that are remembered. */
const PRIOR_EXCESSES = 20;
const MEMORY_EXCESSES = 100;
/** Excesses beyond this rarity teach as if they were of this rarity. */
const CLIP_NATS = 8;
const CLIP_FACTOR = 1.2;

/**
 * Begins a running tail: with a cautious guess that its own values then correct.
 *
 * Used by detectors of several series at once, which calibrate a statistic on its own past.
 *
 * Input:      words and the place of the tail in them; start > 0, where the outermost 3 % are guessed to begin.
 * Output:     none: RUNNING_TAIL_WORDS words are set.
 * Throws:     never.
 */
export function beginRunningTail(words: Float64Array, at: number, start: number): void {
  words[at + WORD.start] = start;
  words[at + WORD.mean] = 0.28 * start;
  words[at + WORD.meanSquare] = 0.2 * start * start;
  words[at + WORD.seen] = 0;
}

/**
 * Rarity of a size under a running tail: minus the logarithm of the chance to see one as large.
 *
 * Definition: below the start in proportion to it, beyond it −ln 0.03 plus the rarity of the excess under a generalised
 *             Pareto tail with the learned moments (`excessNats`).
 * Input:      words of a tail that was begun; size, of any sign.
 * Output:     nats, ≥ 0; sizes not above 0 → 0.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 *
 * @example
 * runningTailNats(Float64Array.of(2, 1, 2, 0), 0, 0) // => 0
 * runningTailNats(Float64Array.of(2, 1, 2, 0), 0, 2) // => 3.506557897319982
 */
export function runningTailNats(words: Float64Array, at: number, size: number): number {
  if (!(size > 0)) return 0;
  const start = words[at + WORD.start]!;
  if (size <= start) return (TAIL_NATS * size) / start;
  return TAIL_NATS + excessNats(size - start, words[at + WORD.mean]!, words[at + WORD.meanSquare]!);
}

/**
 * Size of a given rarity under a running tail: the inverse of `runningTailNats`.
 *
 * Input:      words of a tail that was begun; nats ≥ 0.
 * Output:     a size, ≥ 0.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * runningTailSize(Float64Array.of(2, 1, 2, 0), 0, 0) // => 0
 */
export function runningTailSize(words: Float64Array, at: number, nats: number): number {
  const start = words[at + WORD.start]!;
  if (nats <= TAIL_NATS) return (start * nats) / TAIL_NATS;
  return start + excessAtNats(nats - TAIL_NATS, words[at + WORD.mean]!, words[at + WORD.meanSquare]!);
}

/**
 * Learns one value: the start follows the quantile of 97 %, the moments follow what exceeds it.
 *
 * Definition: stochastic approximation of the quantile, multiplicative, 2 % for each value; moments with the mean of
 *             about the last hundred excesses, each clipped at 1.2 times the excess of 8 nats.
 * Input:      size, of any sign; weight 0 to 1, how far the value is believed; smallestStart > 0.
 * Output:     none: the words change.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function learnRunningTail(
  words: Float64Array,
  at: number,
  size: number,
  weight: number,
  smallestStart: number,
): void {
  if (!(weight > 0)) return;
  const start = words[at + WORD.start]!;
  const exceeds = size > start;
  words[at + WORD.start] = Math.max(
    smallestStart,
    start * (1 + START_GAIN * weight * ((exceeds ? 1 : 0) - TAIL_SHARE)),
  );
  words[at + WORD.seen]! += weight;
  if (!exceeds) return;
  const mean = words[at + WORD.mean]!;
  const meanSquare = words[at + WORD.meanSquare]!;
  const largest = CLIP_FACTOR * excessAtNats(CLIP_NATS - TAIL_NATS, mean, meanSquare);
  const excess = Math.min(size - start, largest);
  const gain = weight / Math.min(words[at + WORD.seen]! * TAIL_SHARE + PRIOR_EXCESSES, MEMORY_EXCESSES);
  words[at + WORD.mean] = mean + gain * (excess - mean);
  words[at + WORD.meanSquare] = meanSquare + gain * (excess * excess - meanSquare);
}
