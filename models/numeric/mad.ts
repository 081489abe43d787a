import { median } from './median.ts';

/**
 * Median absolute deviation: a spread that outliers cannot inflate.
 *
 * Definition: median of |value − median(values)|, not scaled to a standard deviation.
 * Input:      values, length n ≥ 0, any order, any unit; NaN = missing, skipped.
 * Output:     same unit as values; ≥ 0.
 * Edge:       no value → NaN; one value or all equal → 0.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     never.
 *
 * @example
 * mad([2, 4, 4, 5, 9]) // => 1
 * mad([]) // => NaN
 */
export function mad(values: ArrayLike<number>): number {
  const middle = median(values);
  return median(Float64Array.from(values, (value) => Math.abs(value - middle)));
}
