import type { Forecaster } from './forecaster.ts';

/** Where the past is cut, and how far ahead each cut is judged. Fixed by the length of history alone. */
export interface BacktestPlan {
  /** Number of values seen at each origin, newest origin first. */
  readonly origins: readonly number[];
  /** Newer cuts, with less than the horizon after them: they tell which candidates follow the newest turn. */
  readonly recentOrigins?: readonly number[];
  readonly horizonPoints: number;
}

/** One candidate on all origins of a plan. */
export interface BacktestRun {
  readonly name: string;
  /** One path of horizonPoints for each origin. */
  readonly paths: readonly Float64Array[];
  /** Mean absolute error of each path on the values that were observed; NaN where none was. */
  readonly errors: Float64Array;
  /** The same for the recent origins, as far as history goes. */
  readonly recentErrors: Float64Array;
}

/** History that forecasts are judged on: gaps are filled to be learnt from, but never judged. */
export interface JudgedValues {
  readonly values: Float64Array;
  /** 1 where the value was observed, 0 where a gap was filled. */
  readonly observed: Uint8Array;
}

export interface PlanOptions {
  readonly horizonPoints: number;
  readonly spacingPoints: number;
  readonly maxOrigins: number;
  /** Fewest values that an origin must have seen. */
  readonly minTrainPoints: number;
  /** How far before the end the recent origins lie, in horizons, 0..1; none where it is left out. */
  readonly recentShares?: readonly number[];
}

/**
 * Origins of a rolling backtest: cuts at fixed distances back from the end, so that every phase of the day is judged.
 *
 * Input:      points, length of history ≥ 0; options, all whole numbers ≥ 1.
 * Output:     origins newest first, each with at least minTrainPoints before it and horizonPoints after it; none where
 *             history is too short. Recent origins where their distance to the end is at least a step, each once.
 * Cost:       O(maxOrigins).
 * Throws:     never.
 *
 * @example
 * planBacktest(100, { horizonPoints: 20, spacingPoints: 15, maxOrigins: 8, minTrainPoints: 40 }).origins.join() // => '80,65,50'
 */
export function planBacktest(points: number, options: PlanOptions): BacktestPlan {
  const origins: number[] = [];
  for (let origin = points - options.horizonPoints; origin >= options.minTrainPoints; origin -= options.spacingPoints) {
    if (origins.length === options.maxOrigins) break;
    origins.push(origin);
  }
  const steps = new Set(options.recentShares?.map((share) => Math.round(share * options.horizonPoints)));
  const recentOrigins = [...steps]
    .filter((step) => step >= 1 && step < options.horizonPoints)
    .map((step) => points - step)
    .filter((origin) => origin >= options.minTrainPoints);
  return { origins, recentOrigins, horizonPoints: options.horizonPoints };
}

/**
 * Rolling-origin backtest of one candidate: what it would have said, and how far off that was.
 *
 * Input:      history; the plan made for its length.
 * Output:     paths for each origin and errors for each of all, or null where the candidate does not fit at any origin: candidates are
 *             compared on the same origins or not at all.
 * Cost:       one fit and one prediction for each origin.
 * Throws:     never.
 *
 * @example
 * backtest(lastValue(), { values: Float64Array.of(1, 2, 4), observed: Uint8Array.of(1, 1, 1) }, { origins: [2], horizonPoints: 1 }).errors[0] // => 2
 */
export function backtest(forecaster: Forecaster, history: JudgedValues, plan: BacktestPlan): BacktestRun | null {
  const { origins, recentOrigins = [] } = plan;
  const paths: Float64Array[] = [];
  for (const origin of [...origins, ...recentOrigins]) {
    const fit = forecaster.fit(history.values.subarray(0, origin));
    if (fit.kind !== 'fitted') return null;
    paths.push(fit.model.predict(Math.min(plan.horizonPoints, history.values.length - origin)));
  }
  const errorsAt = (cuts: readonly number[], from: number): Float64Array =>
    Float64Array.from(cuts, (origin, k) => meanAbsoluteError(history, origin, paths[from + k]!));
  return {
    name: forecaster.name,
    errors: errorsAt(origins, 0),
    recentErrors: errorsAt(recentOrigins, origins.length),
    paths: paths.slice(0, origins.length),
  };
}

/**
 * Mean absolute error of a path against what came: judged only where something was observed.
 *
 * Input:      history; origin, index of the first value that the path speaks about; path.
 * Output:     unit of the values; NaN where nothing was observed.
 * Cost:       O(length of path).
 * Throws:     never.
 *
 * @example
 * meanAbsoluteError({ values: Float64Array.of(0, 5, 9), observed: Uint8Array.of(1, 1, 0) }, 1, Float64Array.of(4, 4)) // => 1
 */
export function meanAbsoluteError(history: JudgedValues, origin: number, path: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let h = 0; h < path.length; h++) {
    if (history.observed[origin + h] !== 1) continue;
    sum += Math.abs(history.values[origin + h]! - path[h]!);
    count++;
  }
  return sum / count;
}
