import { medianInPlace } from './median-in-place.ts';
import { ridge } from './ridge.ts';

/** A typical error of a normal sample is this many medians of its absolute errors; larger ones count as this one. */
const MEDIANS = 1.4826;
const ROUNDS = 2;

/**
 * Huber regression: linear weights that a few wild rows cannot pull away.
 *
 * Used by the sparse autoregression.
 *
 * Definition: ridge regression, then two rounds of it in which a row counts min(1, c / |error|), where c is 1.4826
 *             times the median absolute error of the round before. Without intercept: centre the data before.
 * Input:      columns, each as long as target, finite; penalty ≥ 0, relative to the number of rows.
 * Output:     one weight for each column; all zero where the columns are dependent and the penalty is zero.
 * Edge:       no column → empty; errors that are zero for most rows → the weights of the round before.
 * Cost:       O(rows · columns²) for each round; the inputs are not changed.
 * Throws:     RangeError when a column is not as long as the target.
 * Source:     Huber, "Robust estimation of a location parameter" (1964), by iteratively reweighted least squares.
 *
 * @example
 * [...huberRegression([Float64Array.of(1, 2)], Float64Array.of(2, 4), 0)] // => [2]
 */
export function huberRegression(columns: readonly Float64Array[], target: Float64Array, penalty: number): Float64Array {
  let weights = ridge(columns, target, { penalty });
  const errors = new Float64Array(target.length);
  const rowWeights = new Float64Array(target.length);
  for (let round = 0; round < ROUNDS; round++) {
    absoluteErrors(columns, target, weights, errors);
    rowWeights.set(errors);
    const most = MEDIANS * medianInPlace(rowWeights);
    if (!(most > 0)) return weights;
    for (let row = 0; row < errors.length; row++) rowWeights[row] = errors[row]! > most ? most / errors[row]! : 1;
    weights = ridge(columns, target, { penalty, rowWeights });
  }
  return weights;
}

function absoluteErrors(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
  into: Float64Array,
): void {
  into.set(target);
  columns.forEach((column, k) => {
    const weight = weights[k]!;
    for (let row = 0; row < into.length; row++) into[row]! -= weight * column[row]!;
  });
  for (let row = 0; row < into.length; row++) into[row] = Math.abs(into[row]!);
}
