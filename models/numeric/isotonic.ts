/**
 * Isotonic regression: the closest sequence that never falls, for a spread that must grow with the horizon.
 *
 * Used by the error scale of forecasts.
 *
 * Definition: least squares under x[0] ≤ x[1] ≤ …, by pooling adjacent violators; equal weights.
 * Input:      values, finite, length n ≥ 0.
 * Output:     a new array of the same length and mean, never falling.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 * Source:     Barlow et al., "Statistical inference under order restrictions" (1972).
 *
 * @example
 * [...isotonic([1, 3, 2, 4])] // => [1, 2.5, 2.5, 4]
 * [...isotonic([3, 2, 1])] // => [2, 2, 2]
 */
export function isotonic(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const means = new Float64Array(n);
  const sizes = new Uint32Array(n);
  let blocks = 0;
  for (let i = 0; i < n; i++) {
    means[blocks] = values[i]!;
    sizes[blocks++] = 1;
    while (blocks > 1 && means[blocks - 2]! > means[blocks - 1]!) {
      const left = sizes[blocks - 2]!;
      const right = sizes[blocks - 1]!;
      means[blocks - 2] = (means[blocks - 2]! * left + means[blocks - 1]! * right) / (left + right);
      sizes[blocks - 2] = left + right;
      blocks--;
    }
  }
  const result = new Float64Array(n);
  let at = 0;
  for (let block = 0; block < blocks; block++) {
    result.fill(means[block]!, at, at + sizes[block]!);
    at += sizes[block]!;
  }
  return result;
}
