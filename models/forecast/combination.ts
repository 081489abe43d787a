import type { BacktestRun } from './backtest.ts';

/** How sharply better candidates are preferred: half the error is sixteen times the weight. */
const POWER = 4;
/** Errors below this share of the worst are equal: perfect candidates must not divide by nothing. */
const SMALLEST_SHARE = 1e-6;

/**
 * Weights of a combination: what each candidate has earned in the backtest.
 *
 * Definition: weight ∝ 1 / (mean absolute error over the origins, recent ones included)⁴, summing to one.
 * Input:      runs over the same origins, at least one; withoutOrigin, an origin whose errors must not be known (for
 *             judging the combination there), or −1. Recent origins lie within what comes after others: with an origin
 *             left out they are left out too.
 * Output:     one weight for each run, ≥ 0, sum 1; equal weights where no error is known or all are zero.
 * Cost:       O(runs · origins).
 * Throws:     never.
 *
 * @example
 * [...combinationWeights([{ errors: Float64Array.of(1), recentErrors: Float64Array.of(3) }], -1)] // => [1]
 */
export function combinationWeights(
  runs: readonly Pick<BacktestRun, 'errors' | 'recentErrors'>[],
  withoutOrigin: number,
): Float64Array {
  const errors = Float64Array.from(runs, (run) =>
    withoutOrigin < 0 ? meanError([...run.errors, ...run.recentErrors], -1) : meanError(run.errors, withoutOrigin),
  );
  const worst = errors.reduce((most, error) => Math.max(most, error), 0);
  if (!(worst > 0)) return new Float64Array(runs.length).fill(1 / runs.length);
  const earned = errors.map((error) => (error / worst + SMALLEST_SHARE) ** -POWER);
  const sum = earned.reduce((total, weight) => total + weight, 0);
  return earned.map((weight) => weight / sum);
}

/**
 * Mean error over origins, one of them left out on demand.
 *
 * Input:      errors, NaN = nothing was observed there, skipped; withoutOrigin, an index or −1.
 * Output:     mean; NaN where nothing is left.
 * Cost:       O(origins).
 * Throws:     never.
 *
 * @example
 * meanError([1, 2, 6], 2) // => 1.5
 * meanError([1, NaN], -1) // => 1
 */
export function meanError(errors: ArrayLike<number>, withoutOrigin: number): number {
  let sum = 0;
  let count = 0;
  for (let k = 0; k < errors.length; k++) {
    if (k === withoutOrigin || Number.isNaN(errors[k]!)) continue;
    sum += errors[k]!;
    count++;
  }
  return sum / count;
}

/** One path from several of equal length and their weights, which sum to one. */
export type CombinePaths = (paths: readonly Float64Array[], weights: ArrayLike<number>) => Float64Array;

/**
 * Combined path: the weighted mean of the candidates' paths.
 *
 * Input:      paths of equal length, at least one; weights, one for each, sum 1.
 * Output:     a new path.
 * Cost:       O(paths · length); the inputs are not changed.
 * Throws:     never.
 *
 * @example
 * [...combinePaths([Float64Array.of(0, 2), Float64Array.of(4, 4)], [0.5, 0.5])] // => [2, 3]
 */
export function combinePaths(paths: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  const combined = new Float64Array(paths[0]!.length);
  paths.forEach((path, k) => {
    for (let h = 0; h < combined.length; h++) combined[h]! += weights[k]! * path[h]!;
  });
  return combined;
}

/**
 * Disagreement of the candidates: how far apart the models lie that the combination believes in, at each step.
 *
 * Used for the horizon beyond the backtest, where no error was ever measured.
 *
 * Definition: weighted standard deviation around the combined path.
 * Input:      as combinePaths; combined, its result.
 * Output:     a new path, ≥ 0.
 * Cost:       O(paths · length).
 * Throws:     never.
 *
 * @example
 * [...disagreement([Float64Array.of(0), Float64Array.of(4)], [0.5, 0.5], Float64Array.of(2))] // => [2]
 */
export function disagreement(
  paths: readonly Float64Array[],
  weights: ArrayLike<number>,
  combined: Float64Array,
): Float64Array {
  const squares = new Float64Array(combined.length);
  paths.forEach((path, k) => {
    for (let h = 0; h < combined.length; h++) squares[h]! += weights[k]! * (path[h]! - combined[h]!) ** 2;
  });
  return squares.map(Math.sqrt);
}
