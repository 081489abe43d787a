import { medianInPlace } from '../numeric/median-in-place.ts';
import type { LevelShift } from './level-shift.ts';

/** Where a series was turned back again and again: a line over time, and how sure it is that it will be again. */
export interface TurningLevel {
  /** Level of the line at the end of history, and its slope for each point. */
  readonly level: number;
  readonly slope: number;
  /** Probability that the series is not turned back any more. */
  readonly lapseProbability: number;
}

/** Points before a turn whose extreme is where it turned. */
const BEFORE_TURN_POINTS = 12;
/** One turn may be chance or a person; two are a habit. */
const NEEDED_TURNS = 2;

/**
 * Turning level: how full a disk was each time that something cleaned it up.
 *
 * Used by time to limit: between two clean-ups a disk fills steadily, and its trend alone would warn every time.
 *
 * Definition: a line over the extremes just before the repeated moves away from the bound: their median slope between
 *             pairs, zero where they move away from the bound; through the farthest of them, and beyond it by a k-th
 *             of how far they lie apart. With k turns seen the next fails with probability ½ / (k + 1), Jeffreys' rule.
 * Input:      values, hourly; repeated moves of them; bound, `max` for what was turned back from above.
 * Output:     see TurningLevel, or null where it was turned back fewer than two times.
 * Cost:       O(turns²).
 * Throws:     never.
 * Source:     Jeffreys, "Theory of probability" (1961), on the estimate of a proportion.
 *
 * @example
 * turningLevel(new Float64Array(100), [], 'max') // => null
 */
export function turningLevel(
  values: Float64Array,
  repeated: readonly LevelShift[],
  bound: 'max' | 'min',
): TurningLevel | null {
  const sign = bound === 'max' ? 1 : -1;
  const turns = repeated.filter(({ size }) => size * sign < 0).map(({ index }) => index);
  if (turns.length < NEEDED_TURNS) return null;
  const extremes = turns.map((index) => {
    const before = values.subarray(Math.max(0, index - BEFORE_TURN_POINTS), index + 1);
    return sign * Math.max(...before.map((value) => sign * value));
  });
  const slope = sign * Math.max(0, sign * medianSlope(turns, extremes));
  const levels = extremes.map((extreme, k) => sign * (extreme + slope * (values.length - 1 - turns[k]!)));
  const farthest = Math.max(...levels);
  const beyond = (farthest - Math.min(...levels)) / turns.length;
  return { level: sign * (farthest + beyond), slope, lapseProbability: 0.5 / (turns.length + 1) };
}

function medianSlope(indices: readonly number[], values: readonly number[]): number {
  const slopes = indices.flatMap((index, j) =>
    indices.slice(0, j).map((before, i) => (values[j]! - values[i]!) / (index - before)),
  );
  return medianInPlace(Float64Array.from(slopes));
}
