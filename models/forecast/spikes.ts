import { mad } from '../numeric/mad.ts';

/** Neighbours in time that a lone spike resembles in no way: the days and the weeks around it. */
const NEIGHBOUR_LAGS = [-168, -24, 24, 168] as const;
/** A spike leaves its neighbours by this many usual differences between days. */
const USUAL_DIFFERENCES = 10;
/** What lasts longer is no spike, and what is more frequent is how the series behaves. */
const LONGEST_SPIKE_POINTS = 6;
const RARE_SHARE = 0.02;

/**
 * History without lone spikes: one wild hour must neither tilt a trend nor be expected again.
 *
 * Definition: a run of at most six hours is a spike when each of its values lies, on the same side, more than ten
 *             scaled median deviations away from the same hour of the day before, the day after and, as far as they
 *             are known, the weeks around it. Its values become NaN, missing. Nothing is taken out where more than
 *             2 % of the values would go, nor in the newest day, which has no day after it.
 * Input:      values, hourly, NaN = missing.
 * Output:     a new array.
 * Edge:       a series that repeats itself exactly has no usual difference; any other value in it is a spike.
 * Cost:       O(n log n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...withoutSpikes(Float64Array.of(1, 9, 1))] // => [1, 9, 1]
 */
export function withoutSpikes(values: Float64Array): Float64Array {
  const differences = values.subarray(24).map((value, i) => value - values[i]!);
  const threshold = USUAL_DIFFERENCES * 1.4826 * mad(differences);
  const cleaned = Float64Array.from(values);
  let removed = 0;
  for (let i = 24; i < values.length - 24; i++) {
    const side = spikeSide(values, i, threshold);
    if (side === 0) continue;
    let end = i;
    while (end < values.length - 24 && spikeSide(values, end, threshold) === side) end++;
    if (end - i <= LONGEST_SPIKE_POINTS) {
      cleaned.fill(Number.NaN, i, end);
      removed += end - i;
    }
    i = end - 1;
  }
  return removed <= RARE_SHARE * values.length ? cleaned : Float64Array.from(values);
}

/** 1 or −1 when the value lies that far above or below all its known neighbours, else 0. */
function spikeSide(values: Float64Array, at: number, threshold: number): number {
  let side = 0;
  for (const lag of NEIGHBOUR_LAGS) {
    const distance = values[at]! - (values[at + lag] ?? Number.NaN);
    if (Number.isNaN(distance)) continue;
    if (Math.abs(distance) <= threshold || (side !== 0 && Math.sign(distance) !== side)) return 0;
    side = Math.sign(distance);
  }
  return side;
}
