import type { ForecastSkill } from '../domain/forecast.ts';
import { type BacktestPlan, type BacktestRun, backtest, type JudgedValues, meanAbsoluteError } from './backtest.ts';
import { admitChallengers, heldOutPaths } from './challengers.ts';
import { type CombinePaths, combinationWeights, combinePaths, disagreement, meanError } from './combination.ts';
import type { ErrorMemory } from './error-memory.ts';
import { type ErrorUnits, errorScale, unitsAt } from './error-scale.ts';
import type { FittedModel, Forecaster } from './forecaster.ts';
import { allCandidates, type CandidateSet } from './registry.ts';
import { growSpread, growthExponent, RANDOM_WALK } from './spread-growth.ts';

export interface ModelShare {
  readonly name: string;
  readonly weight: number;
  readonly mase: number;
}

/** The future at one scale, hours or days, as a centre and the spread around it. */
export interface ErrorBand {
  readonly centre: Float64Array;
  /** Distance from the centre to p10 and to p90 at each step, ≥ 0. */
  readonly below: Float64Array;
  readonly above: Float64Array;
  /** Largest errors seen, in distances to p10 and p90: simulated ones go little beyond. */
  readonly lowestErrors: number;
  readonly highestErrors: number;
  readonly memory: ErrorMemory;
}

/** A band, and what the combination that made it is worth. */
export interface ScaleForecast extends ErrorBand {
  readonly models: readonly ModelShare[];
  readonly skill: ForecastSkill;
  /** Share of the origins at which the combination beat the last value. */
  readonly winShare: number;
  /** MASE of the constant forecast zero at the same origins: what a series of rare bursts is measured against. */
  readonly maseZero: number;
  /** Unit of the errors at each step, and how they were spread in it: see bandQuantile. */
  readonly spread: Float64Array;
  readonly errorUnits: ErrorUnits;
}

export interface ScaleOptions {
  readonly candidates: CandidateSet;
  /** Candidates that take part only where their backtest beats every naive one. */
  readonly challengers?: readonly Forecaster[];
  /** At least one origin. */
  readonly plan: BacktestPlan;
  readonly horizonPoints: number;
  /** Season whose phases have intervals of their own and whose naive error is the unit of MASE. */
  readonly periodPoints: number;
  readonly phaseIntervals: boolean;
  /** How the candidates' paths become one; the weighted mean where it is left out. */
  readonly combine?: CombinePaths;
}

/**
 * Forecast at one scale: backtests the candidates, weighs them, and measures what their combination is worth.
 *
 * Everything that is said about the combination (skill, coverage, intervals) comes from origins that its weights had
 * not seen: at each origin the weights are those earned at the others.
 *
 * Input:      history, finite and filled; options.
 * Output:     see ScaleForecast.
 * Cost:       (origins + 1) fits of each candidate.
 * Throws:     RangeError when the plan has no origin.
 */
export function forecastScale(history: JudgedValues, options: ScaleOptions): ScaleForecast {
  const { plan, horizonPoints, combine = combinePaths } = options;
  if (plan.origins.length === 0) throw new RangeError('forecast: a backtest needs at least one origin, got none');
  const compete = (forecasters: readonly Forecaster[]): readonly Competitor[] =>
    forecasters.flatMap((forecaster) => competitor(forecaster, history, plan) ?? []);
  const settled = compete(allCandidates(options.candidates));
  const { lastValue, seasonalNaives } = options.candidates;
  const naives = new Set([lastValue, ...seasonalNaives].map(({ name }) => name));
  const runs = admitChallengers(settled, compete(options.challengers ?? []), naives);
  const held = heldOutPaths(runs, plan, combine);
  const rows = plan.origins.map((origin, k) => errorRow(history, origin, held[k]!));
  const phases = options.phaseIntervals ? options.periodPoints : 1;
  const scale = errorScale({ rows, origins: plan.origins }, phases);
  const weights = combinationWeights(runs, -1);
  const paths = runs.map((run) => run.model.predict(horizonPoints));
  const centre = combine(paths, weights);
  const spread = growSpread(scale.byHorizon, {
    horizonPoints,
    exponent: horizonPoints > 2 * plan.horizonPoints ? growthExponent(scale.byHorizon, history.values) : RANDOM_WALK,
    disagreement: disagreement(paths, weights, centre),
  });
  const phased = spread.map((size, h) => size * scale.byPhase[(history.values.length + h) % scale.byPhase.length]!);
  const zeros = new Float64Array(plan.horizonPoints);
  const unit = naiveUnit(history, options.periodPoints);
  const errors = plan.origins.map((origin, k) => meanAbsoluteError(history, origin, held[k]!));
  return {
    centre,
    below: phased.map((size) => -scale.p10Units * size),
    above: phased.map((size) => scale.p90Units * size),
    lowestErrors: scale.p10Units < 0 ? scale.lowestUnits / scale.p10Units : 1,
    highestErrors: scale.p90Units > 0 ? scale.highestUnits / scale.p90Units : 1,
    memory: scale.memory,
    models: runs.map((run, k) => ({ name: run.name, weight: weights[k]!, mase: meanError(run.errors, -1) / unit })),
    skill: measureSkill({ runs, errors, unit, rows, options }),
    winShare: winShare(errors, findRun(runs, options.candidates.lastValue.name)!.errors),
    spread: phased,
    errorUnits: scale.units,
    maseZero:
      meanError(
        plan.origins.map((origin) => meanAbsoluteError(history, origin, zeros)),
        -1,
      ) / unit,
  };
}

/**
 * Path below which the future stays with a given probability.
 *
 * Input:      forecast; probability between 0 and 1, both excluded.
 * Output:     one value for each step, never falling in the probability; the centre where it is one half and errors
 *             lie on both sides.
 * Cost:       O(steps).
 * Throws:     never.
 */
export function bandQuantile(
  { centre, spread, errorUnits }: Pick<ScaleForecast, 'centre' | 'spread' | 'errorUnits'>,
  probability: number,
): Float64Array {
  const units = unitsAt(errorUnits, probability);
  return centre.map((value, h) => value + units * spread[h]!);
}

function errorRow(history: JudgedValues, origin: number, path: Float64Array): Float64Array {
  return path.map((value, h) =>
    history.observed[origin + h] === 1 ? history.values[origin + h]! - value : Number.NaN,
  );
}

interface Competitor extends BacktestRun {
  /** Fitted to the whole of history. */
  readonly model: FittedModel;
}

/** A candidate that fits the whole of history and every part of it that is judged; null for the others. */
function competitor(forecaster: Forecaster, history: JudgedValues, plan: BacktestPlan): Competitor | null {
  const fit = forecaster.fit(history.values);
  if (fit.kind !== 'fitted') return null;
  const run = backtest(forecaster, history, plan);
  return run === null ? null : { ...run, model: fit.model };
}

function findRun(runs: readonly BacktestRun[], name: string): BacktestRun | undefined {
  return runs.find((run) => run.name === name);
}

/** Mean absolute difference over a season, the unit of MASE; over one step where seasons repeat exactly; else 1. */
function naiveUnit(history: JudgedValues, periodPoints: number): number {
  for (const lag of [periodPoints, 1]) {
    if (history.values.length <= lag) continue;
    const before = history.values.subarray(0, history.values.length - lag);
    const unit = meanAbsoluteError(history, lag, before);
    if (unit > 0) return unit;
  }
  return 1;
}

interface SkillInput {
  readonly runs: readonly BacktestRun[];
  readonly errors: readonly number[];
  readonly unit: number;
  readonly rows: readonly Float64Array[];
  readonly options: ScaleOptions;
}

function measureSkill({ runs, errors, unit, rows, options }: SkillInput): ForecastSkill {
  const maseOf = (name: string): number => {
    const run = findRun(runs, name);
    return run === undefined ? Number.POSITIVE_INFINITY : meanError(run.errors, -1) / unit;
  };
  const mase = meanError(errors, -1) / unit;
  const maseLastValue = maseOf(options.candidates.lastValue.name);
  const seasonal = Math.min(...options.candidates.seasonalNaives.map(({ name }) => maseOf(name)));
  const maseSeasonalNaive = Number.isFinite(seasonal) ? seasonal : maseLastValue;
  const best = Math.min(maseLastValue, maseSeasonalNaive);
  return {
    mase,
    maseLastValue,
    maseSeasonalNaive,
    skill: best > 0 ? 1 - mase / best : 0,
    ...heldOutCoverage(rows, options),
    origins: options.plan.origins.length,
  };
}

/** Shares of errors inside the two ranges, each origin judged by the scale that the other origins give. */
function heldOutCoverage(
  rows: readonly Float64Array[],
  options: ScaleOptions,
): { readonly coverage80: number; readonly coverage95: number } {
  let inside80 = 0;
  let inside95 = 0;
  let judged = 0;
  const { origins } = options.plan;
  rows.forEach((row, k) => {
    const others = rows.length > 1 ? rows.filter((_, other) => other !== k) : rows;
    const otherOrigins = rows.length > 1 ? origins.filter((_, other) => other !== k) : origins;
    const scale = errorScale(
      { rows: others, origins: otherOrigins },
      options.phaseIntervals ? options.periodPoints : 1,
    );
    const { p10Units, p90Units, units } = scale;
    const lowUnits = unitsAt(units, 0.025);
    const highUnits = unitsAt(units, 0.975);
    row.forEach((error, h) => {
      if (Number.isNaN(error)) return;
      judged++;
      const spread = scale.byHorizon[h]! * scale.byPhase[(origins[k]! + h) % scale.byPhase.length]!;
      if (isInside(error, p10Units * spread, p90Units * spread)) inside80++;
      if (isInside(error, lowUnits * spread, highUnits * spread)) inside95++;
    });
  });
  return { coverage80: inside80 / judged, coverage95: inside95 / judged };
}

function isInside(error: number, low: number, high: number): boolean {
  // Errors of a perfect forecast differ from zero by rounding only.
  const rounding = 1e-9 * (high - low + Math.abs(error));
  return error >= low - rounding && error <= high + rounding;
}

function winShare(errors: readonly number[], naiveErrors: Float64Array): number {
  return errors.filter((error, k) => error < naiveErrors[k]!).length / errors.length;
}
