/**
 * Quantile: the value below which a given share of the values lies.
 *
 * Definition: linear interpolation between order statistics at (n − 1) · share, known as type 7.
 * Input:      values, length n ≥ 0, any order; NaN = missing, skipped. share between 0 and 1.
 * Output:     same unit as values, between the smallest and the largest of them.
 * Edge:       no value → NaN; one value → that value.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     RangeError when share is not within 0 and 1.
 * Source:     Hyndman and Fan 1996, "Sample quantiles in statistical packages", definition 7.
 *
 * @example
 * quantile([4, 1, 3, 2], 0.5) // => 2.5
 * quantile([10, 20, 30, 40, 50], 0.9) // => 46
 * quantile([], 0.5) // => NaN
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`quantile: share must be between 0 and 1, got ${share}`);
  return quantileSorted(sortedPresent(values), share);
}

/**
 * Quantile of values that are already sorted: for several quantiles of the same values.
 *
 * Definition: as quantile, type 7.
 * Input:      ascending values without NaN; share between 0 and 1, not checked.
 * Output:     same unit as values.
 * Edge:       no value → NaN.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * quantileSorted([1, 2, 3, 4], 0.25) // => 1.75
 */
export function quantileSorted(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const position = (ascending.length - 1) * share;
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return position === below ? low : low + (high - low) * (position - below);
}

/**
 * Sorted copy without the missing values: the common first step of order statistics.
 *
 * Input:      values, any order; NaN = missing.
 * Output:     ascending copy without NaN.
 * Cost:       O(n log n) time, O(n) memory; the input is not changed.
 * Throws:     never.
 *
 * @example
 * sortedPresent([3, NaN, 1]).length // => 2
 */
export function sortedPresent(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}
