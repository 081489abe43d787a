/** Bins of a profile that goes round, such as the hours of a day: a range of a larger array. */
export interface CircularBins {
  readonly from: number;
  readonly count: number;
}

/**
 * Value of a profile that goes round: the shape of a day or of a week at any moment of it.
 *
 * Used by the seasonal robust detector.
 *
 * Definition: linear interpolation between the centres of neighbouring bins; the last bin neighbours the first.
 * Input:      bins, a range of the array values; phase, 0 included to 1 excluded: how far round.
 * Output:     unit of the values.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * readCircular(new Float32Array([0, 10]), { from: 0, count: 2 }, 0.25) // => 0
 * readCircular(new Float32Array([0, 10]), { from: 0, count: 2 }, 0.5) // => 5
 */
export function readCircular(values: Float32Array, bins: CircularBins, phase: number): number {
  const position = phase * bins.count - 0.5;
  const left = Math.floor(position);
  const share = position - left;
  const low = values[bins.from + (left < 0 ? bins.count - 1 : left)]!;
  const high = values[bins.from + (left + 1 >= bins.count ? 0 : left + 1)]!;
  return low + (high - low) * share;
}

/**
 * Nudge of a profile that goes round: moves its value at one phase by a given amount.
 *
 * Definition: the two bins around the phase share the change, in proportion to their weights and scaled such that the
 *             interpolated value moves by exactly `change`. With reach above 0, bins farther out move by `change`
 *             too, up to that many bins away: sparse points shall leave no bin behind.
 * Input:      bins, phase as readCircular; change, unit of the values; reach, bins, ≥ 0.
 * Output:     none: values are changed in place, kept within what 32 bits can hold.
 * Cost:       O(1 + reach).
 * Throws:     never.
 */
export function nudgeCircular(
  values: Float32Array,
  bins: CircularBins,
  phase: number,
  change: number,
  reach = 0,
): void {
  const position = phase * bins.count - 0.5;
  const left = Math.floor(position);
  const share = position - left;
  const perWeight = change / (share * share + (1 - share) * (1 - share));
  addToBin(values, bins, left, perWeight * (1 - share));
  addToBin(values, bins, left + 1, perWeight * share);
  for (let away = 1; away <= reach; away++) {
    addToBin(values, bins, left - away, change);
    addToBin(values, bins, left + 1 + away, change);
  }
}

const LARGEST = 3e38;

function addToBin(values: Float32Array, bins: CircularBins, bin: number, change: number): void {
  const wrapped = bin < 0 ? bin + bins.count : bin >= bins.count ? bin - bins.count : bin;
  const next = values[bins.from + wrapped]! + change;
  values[bins.from + wrapped] = next > LARGEST ? LARGEST : next < -LARGEST ? -LARGEST : next;
}
