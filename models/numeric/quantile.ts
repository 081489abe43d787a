/**
 * Quantile of values that are already sorted: the value below which a given share of them lies.
 *
 * Used by the forecast room for intervals and for robust centres.
 *
 * Definition: linear interpolation between order statistics at position p·(n − 1) (type 7 of R and NumPy).
 * Input:      sorted, ascending, finite, length n ≥ 0; p from 0 to 1.
 * Output:     same unit as the values, between the first and the last of them.
 * Edge:       no value → NaN; one value → that value.
 * Cost:       O(1).
 * Throws:     RangeError when p is outside 0..1.
 *
 * @example
 * quantileSorted([1, 2, 3, 4], 0.5) // => 2.5
 * quantileSorted([1, 2, 3, 4, 5], 0.9) // => 4.6
 * quantileSorted([], 0.5) // => NaN
 */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: p must be between 0 and 1, got ${p}`);
  const last = sorted.length - 1;
  if (last < 0) return Number.NaN;
  const position = p * last;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, last)]!;
  return low + (position - below) * (high - low);
}

/**
 * Finite values in ascending order: what `quantileSorted` needs, made once for several quantiles.
 *
 * Input:      values, any order, length n ≥ 0; NaN = missing, skipped, as are infinities.
 * Output:     a new array, ascending.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...sortedFinite([3, NaN, 1])] // => [1, 3]
 */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite).sort();
}

/**
 * Quantile of unsorted values: the value below which a given share of them lies.
 *
 * Definition: see `quantileSorted`; not finite values are skipped.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     RangeError when p is outside 0..1.
 *
 * @example
 * quantile([4, 1, 3, 2], 0.5) // => 2.5
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileSorted(sortedFinite(values), p);
}

/**
 * Median: the middle value, which a minority of outliers cannot move far.
 *
 * Definition: quantile at one half; an even count gives the mean of the two middle values.
 * Edge:       no finite value → NaN.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     never.
 *
 * @example
 * median([5, 1, 3]) // => 3
 * median([4, 1]) // => 2.5
 */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
