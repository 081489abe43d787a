import { medianInPlace } from './median-in-place.ts';

/**
 * Theil–Sen slope: the steepness of a line through points, unmoved by a minority of wild ones.
 *
 * Used by the robust trend forecaster.
 *
 * Definition: median of (values[j] − values[i]) / (j − i) over all pairs i < j of finite values.
 * Input:      values at equal steps, length n ≥ 0; NaN = missing, skipped.
 * Output:     unit of the values for each step.
 * Edge:       fewer than two finite values → NaN; constant → 0.
 * Cost:       O(n²) time, O(n²) memory; meant for n below a few hundred. The input is not changed.
 * Accuracy:   up to 29 % of the points may be arbitrary without carrying the slope away.
 * Throws:     never.
 * Source:     Sen, "Estimates of the regression coefficient based on Kendall's tau" (1968).
 *
 * @example
 * theilSenSlope([1, 3, 5, 7]) // => 2
 * theilSenSlope([1, 3, 500, 7, 9]) // => 2
 * theilSenSlope([4]) // => NaN
 */
export function theilSenSlope(values: ArrayLike<number>): number {
  const n = values.length;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let count = 0;
  for (let j = 1; j < n; j++) {
    for (let i = 0; i < j; i++) {
      const slope = (values[j]! - values[i]!) / (j - i);
      if (Number.isFinite(slope)) slopes[count++] = slope;
    }
  }
  return medianInPlace(slopes.subarray(0, count));
}
