import type { BacktestPlan, BacktestRun } from './backtest.ts';
import { type CombinePaths, combinationWeights, combinePaths, meanError } from './combination.ts';

/**
 * What the combination would have said at each origin, with the weights that its candidates have earned at the others.
 *
 * Input:      runs over the origins of the plan, at least one; combine, how paths become one.
 * Output:     one path for each origin; where there is only one origin its own weights, for want of others.
 * Cost:       O(runs · origins · (origins + horizon)).
 * Throws:     never.
 *
 * @example
 * heldOutPaths([{ name: 'a', paths: [Float64Array.of(3)], errors: Float64Array.of(1), recentErrors: Float64Array.of() }], { origins: [5], horizonPoints: 1 })[0][0] // => 3
 */
export function heldOutPaths(
  runs: readonly BacktestRun[],
  plan: BacktestPlan,
  combine: CombinePaths = combinePaths,
): Float64Array[] {
  return plan.origins.map((_, k) => {
    const weights = combinationWeights(runs, plan.origins.length > 1 ? k : -1);
    return combine(
      runs.map((run) => run.paths[k]!),
      weights,
    );
  });
}

/**
 * Candidates that enter a combination only where they win: where their backtest error is smaller than that of every
 * naive forecast. How much they count then is up to their weight.
 *
 * Input:      runs of the settled candidates and of the challengers, over the same origins; naives, the names of the
 *             naive ones among the settled.
 * Output:     the settled runs, then those of the challengers that win.
 * Cost:       O(runs · origins).
 * Throws:     never.
 */
export function admitChallengers<R extends BacktestRun>(
  settled: readonly R[],
  challengers: readonly R[],
  naives: ReadonlySet<string>,
): readonly R[] {
  const errorOf = (run: R): number => meanError(run.errors, -1);
  const toBeat = Math.min(...settled.filter(({ name }) => naives.has(name)).map(errorOf));
  return [...settled, ...challengers.filter((challenger) => errorOf(challenger) < toBeat)];
}
