import type { ForecastSkill } from '../domain/forecast.ts';
import { type BacktestRun, type JudgedValues, meanAbsoluteError } from './backtest.ts';
import { disagreement, meanError } from './combination.ts';
import { type CompetitionOptions, compete } from './competition.ts';
import type { ErrorMemory } from './error-memory.ts';
import { errorScale, unitsAt } from './error-scale.ts';
import { growSpread, RANDOM_WALK } from './spread-growth.ts';

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
  /** So many points ahead the combination was backtested. */
  readonly judgedPoints: number;
}

export interface ScaleOptions extends CompetitionOptions {
  /** Season whose phases have intervals of their own and whose naive error is the unit of MASE. */
  readonly periodPoints: number;
  readonly phaseIntervals: boolean;
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
  const { plan, horizonPoints } = options;
  const { runs, weights, paths, centre, held, rows } = compete(history, options);
  const phases = options.phaseIntervals ? options.periodPoints : 1;
  const scale = errorScale({ rows, origins: plan.origins }, phases);
  const spread = growSpread(scale.byHorizon, {
    horizonPoints,
    exponent: RANDOM_WALK,
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
    maseZero:
      meanError(
        plan.origins.map((origin) => meanAbsoluteError(history, origin, zeros)),
        -1,
      ) / unit,
    judgedPoints: plan.horizonPoints,
  };
}

function findRun(runs: readonly BacktestRun[], name: string): BacktestRun | undefined {
  return runs.find((run) => run.name === name);
}

/** Mean absolute difference over a season, the unit of MASE; over one step where seasons repeat exactly; else 1. */
export function naiveUnit(history: JudgedValues, periodPoints: number): number {
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
