import { quantile } from './quantile.ts';

/**
 * Median: the middle value, which outliers cannot move far.
 *
 * Definition: middle order statistic, or the mean of the two middle ones.
 * Input:      values, length n ≥ 0, any order; NaN = missing, skipped.
 * Output:     same unit as values.
 * Edge:       no value → NaN.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     never.
 *
 * @example
 * median([9, 1, 5]) // => 5
 * median([4, 1, NaN, 3, 2]) // => 2.5
 */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
