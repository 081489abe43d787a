import { type BacktestPlan, type BacktestRun, type JudgedValues, meanAbsoluteError } from './backtest.ts';
import { combinationWeights, combinePaths, meanError } from './combination.ts';

/** A combination is better only by more than this share: a weight near nothing changes errors a little either way. */
const SMALLEST_GAIN = 0.005;

/**
 * What the combination would have said at each origin, with the weights that its candidates have earned at the others.
 *
 * Input:      runs over the origins of the plan, at least one.
 * Output:     one path for each origin; where there is only one origin its own weights, for want of others.
 * Cost:       O(runs · origins · (origins + horizon)).
 * Throws:     never.
 *
 * @example
 * heldOutPaths([{ name: 'a', paths: [Float64Array.of(3)], errors: Float64Array.of(1) }], { origins: [5], horizonPoints: 1 })[0][0] // => 3
 */
export function heldOutPaths(runs: readonly BacktestRun[], plan: BacktestPlan): Float64Array[] {
  return plan.origins.map((_, k) => {
    const weights = combinationWeights(runs, plan.origins.length > 1 ? k : -1);
    return combinePaths(
      runs.map((run) => run.paths[k]!),
      weights,
    );
  });
}

/**
 * Candidates that enter a combination only where it wins by them: with each, the backtest error of the whole
 * combination must be smaller than without it.
 *
 * Definition: in the order given, a challenger joins where the mean error of the held-out paths falls by half a percent or more
 *             with it.
 * Input:      runs of the settled candidates, at least one, and of the challengers, all over the origins of the plan.
 * Output:     the settled runs, then those of the challengers that have joined.
 * Cost:       as heldOutPaths, once and once for each challenger.
 * Throws:     never.
 */
export function admitChallengers<R extends BacktestRun>(
  settled: readonly R[],
  challengers: readonly R[],
  history: JudgedValues,
  plan: BacktestPlan,
): readonly R[] {
  if (challengers.length === 0) return settled;
  const errorOf = (runs: readonly R[]): number => {
    const paths = heldOutPaths(runs, plan);
    return meanError(
      plan.origins.map((origin, k) => meanAbsoluteError(history, origin, paths[k]!)),
      -1,
    );
  };
  let runs = settled;
  let error = errorOf(settled);
  for (const challenger of challengers) {
    const withIt = [...runs, challenger];
    const errorWithIt = errorOf(withIt);
    if (errorWithIt < (1 - SMALLEST_GAIN) * error) {
      runs = withIt;
      error = errorWithIt;
    }
  }
  return runs;
}
