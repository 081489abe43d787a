import { type BacktestPlan, type BacktestRun, backtest, type JudgedValues } from './backtest.ts';
import { admitChallengers, heldOutPaths } from './challengers.ts';
import { type CombinePaths, combinationWeights, combinePaths } from './combination.ts';
import type { FittedModel, Forecaster } from './forecaster.ts';
import { allCandidates, type CandidateSet } from './registry.ts';

export interface CompetitionOptions {
  readonly candidates: CandidateSet;
  /** Candidates that take part only where their backtest beats every naive one. */
  readonly challengers?: readonly Forecaster[];
  /** At least one origin. */
  readonly plan: BacktestPlan;
  readonly horizonPoints: number;
  /** How the candidates' paths become one; the weighted mean where it is left out. */
  readonly combine?: CombinePaths;
}

export interface Competitor extends BacktestRun {
  /** Fitted to the whole of history. */
  readonly model: FittedModel;
}

/** The candidates that took part, what they say together, and what they would have said before. */
export interface Competition {
  readonly runs: readonly Competitor[];
  /** One for each run, sum 1. */
  readonly weights: Float64Array;
  /** What each run says of the whole horizon. */
  readonly paths: readonly Float64Array[];
  readonly centre: Float64Array;
  /** What the combination would have said at each origin, with weights earned at the others. */
  readonly held: readonly Float64Array[];
  /** Observed minus held, NaN where nothing was observed. */
  readonly rows: readonly Float64Array[];
}

/**
 * Competition of candidates: backtests them, weighs them by what they have earned, and combines them.
 *
 * Input:      history, finite and filled; options.
 * Output:     see Competition.
 * Cost:       (origins + 1) fits of each candidate.
 * Throws:     RangeError when the plan has no origin.
 */
export function compete(history: JudgedValues, options: CompetitionOptions): Competition {
  const { plan, horizonPoints, combine = combinePaths } = options;
  if (plan.origins.length === 0) throw new RangeError('forecast: a backtest needs at least one origin, got none');
  const enter = (forecasters: readonly Forecaster[]): readonly Competitor[] =>
    forecasters.flatMap((forecaster) => competitor(forecaster, history, plan) ?? []);
  const settled = enter(allCandidates(options.candidates));
  const { lastValue, seasonalNaives } = options.candidates;
  const naives = new Set([lastValue, ...seasonalNaives].map(({ name }) => name));
  const runs = admitChallengers(settled, enter(options.challengers ?? []), naives);
  const held = heldOutPaths(runs, plan, combine);
  const rows = plan.origins.map((origin, k) => errorRow(history, origin, held[k]!));
  const weights = combinationWeights(runs, -1);
  const paths = runs.map((run) => run.model.predict(horizonPoints));
  return { runs, weights, paths, centre: combine(paths, weights), held, rows };
}

/** A candidate that fits the whole of history and every part of it that is judged; null for the others. */
function competitor(forecaster: Forecaster, history: JudgedValues, plan: BacktestPlan): Competitor | null {
  const fit = forecaster.fit(history.values);
  if (fit.kind !== 'fitted') return null;
  const run = backtest(forecaster, history, plan);
  return run === null ? null : { ...run, model: fit.model };
}

function errorRow(history: JudgedValues, origin: number, path: Float64Array): Float64Array {
  return path.map((value, h) =>
    history.observed[origin + h] === 1 ? history.values[origin + h]! - value : Number.NaN,
  );
}
