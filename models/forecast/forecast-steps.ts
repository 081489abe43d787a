import { type BacktestPlan, planBacktest } from './backtest.ts';
import { centralPath } from './central-path.ts';
import { meanError } from './combination.ts';
import { compete } from './competition.ts';
import { unitsAt } from './error-scale.ts';
import type { Forecaster } from './forecaster.ts';
import { type FilledHistory, fillGaps } from './gaps.ts';
import type { CandidateSet } from './registry.ts';
import { type ModelShare, naiveUnit } from './scale-forecast.ts';
import { scarceForecast } from './scarce-history.ts';
import { testSeason } from './season-test.ts';
import { stepsCandidates } from './steps-candidates.ts';
import { stepsIntervals } from './steps-intervals.ts';

export interface StepsOptions {
  /** Seasons in points, ascending, each ≥ 2; none where there is no season. */
  readonly seasons: readonly number[];
  readonly horizonPoints: number;
  /** Candidates that take part only where their backtest beats every naive one. */
  readonly challengers?: readonly Forecaster[];
}

/** The future of a series of any step. */
export interface StepsForecast {
  readonly centre: Float64Array;
  /** Path below which each step stays with this probability, between 0 and 1: never falling in it, at no step. */
  readonly quantile: (probability: number) => Float64Array;
  readonly models: readonly ModelShare[];
}

const MOST_ORIGINS = 8;
/** In horizons before the end: candidates that follow the newest turn are told apart there. */
const RECENT_SHARES = [1 / 2, 1 / 4] as const;
const FEWEST_ORIGINS = 4;
const SEASONS_SEEN = 3;
const FEWEST_POINTS = 4;
/** Older values are left out: forecasts were not better with them, and cost the more. */
const FEWEST_KEPT = 2_000;
const SEASONS_KEPT = 4;
/** As many days as four weeks have: a state that the series was in some seasons ago is remembered. */
const SHORTEST_SEASONS_KEPT = 28;

/**
 * Forecast at steps of any length, without what forecastSeries knows of hours and days.
 *
 * Definition: the newest 2,000 points, four of the longest season or 28 of the shortest, gaps filled; candidates weighted by rolling-origin
 *             backtest and combined between mean and median (central-path.ts); intervals conformal from held-out errors,
 *             by horizon and phase of the shortest season (steps-intervals.ts). Nothing is below zero where no value was. Fewer than six values: scarce-history.ts.
 * Input:      values at equal steps, oldest first, NaN = missing; options.
 * Output:     horizonPoints steps after the last finite value, or null where no value is finite.
 * Cost:       up to nine fits of each candidate, whatever the length of the series. The input is not changed.
 * Throws:     RangeError for a season below 2, seasons that do not ascend, or a horizon below 1.
 *
 * @example
 * forecastSteps(new Float64Array(40).fill(3), { seasons: [4], horizonPoints: 2 }).centre.length // => 2
 * forecastSteps(Float64Array.of(NaN), { seasons: [], horizonPoints: 2 }) // => null
 */
export function forecastSteps(values: Float64Array, options: StepsOptions): StepsForecast | null {
  checkOptions(options);
  const { seasons, horizonPoints } = options;
  const history = stepsHistory(values, seasons);
  if (history === null) return null;
  const forecast =
    history.values.length < FEWEST_POINTS + 2
      ? { ...scarceForecast(history.values, horizonPoints), models: [] }
      : combined(history, options);
  const lowest = history.values.every((value) => value >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  const bounded = (path: Float64Array): Float64Array => path.map((value) => Math.max(lowest, value));
  return {
    centre: bounded(forecast.centre),
    quantile: (probability) => bounded(forecast.quantile(probability)),
    models: forecast.models,
  };
}

/**
 * What a forecast is made from: the newest values, gaps filled.
 *
 * Input:      values, NaN = missing; seasons in points, ascending.
 * Output:     the newest 2,000 points, four of the longest season or 28 of the shortest, from the first to the last value; null where no
 *             value is finite.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...stepsHistory(Float64Array.of(NaN, 1, NaN, 3), []).values] // => [1, 2, 3]
 */
export function stepsHistory(values: Float64Array, seasons: readonly number[]): FilledHistory | null {
  return fillGaps(values, {
    longestGapPoints: values.length,
    // Without a season a gap is filled by a straight line.
    periodPoints: seasons[0] ?? values.length,
    maxPoints: Math.max(FEWEST_KEPT, SEASONS_KEPT * (seasons.at(-1) ?? 1), SHORTEST_SEASONS_KEPT * (seasons[0] ?? 1)),
  });
}

function combined(history: FilledHistory, options: StepsOptions): StepsForecast {
  const { seasons, horizonPoints, challengers = [] } = options;
  const plan = stepsPlan(history.values.length, options);
  const periodPoints = seasons[0] ?? 1;
  const candidates = candidatesFor(history.values, seasons);
  const competition = compete(history, { candidates, challengers, plan, horizonPoints, combine: centralPath });
  const { spread, units } = stepsIntervals(history.values, competition, { plan, horizonPoints, periodPoints });
  const { centre, runs, weights } = competition;
  const unit = naiveUnit(history, periodPoints);
  return {
    centre,
    quantile: (probability) => {
      const away = unitsAt(units, probability);
      return centre.map((value, h) => value + away * spread[h]!);
    },
    models: runs.map((run, k) => ({ name: run.name, weight: weights[k]!, mase: meanError(run.errors, -1) / unit })),
  };
}

/**
 * Candidates for these values: a season that is alone must show in them. Several seasons, as day and week, are known to
 * belong to the step.
 */
function candidatesFor(values: Float64Array, seasons: readonly number[]): CandidateSet {
  const [season] = seasons;
  const alone = season !== undefined && seasons.length === 1;
  return stepsCandidates(seasons, alone ? testSeason(values, season) : 'seasonal');
}

/**
 * Origins of the backtest: at the phase of the season at which the forecast itself is made, where horizons are long
 * enough for that; half a horizon apart otherwise.
 *
 * Input:      points ≥ 6; options.
 * Output:     at most eight origins, closer together where history is too short for four, and two recent ones.
 * Cost:       O(origins).
 * Throws:     never.
 *
 * @example
 * stepsPlan(700, { seasons: [24, 168], horizonPoints: 48 }).origins.join() // => '652,628,604,580,556,532,508,484'
 */
export function stepsPlan(points: number, { seasons, horizonPoints }: StepsOptions): BacktestPlan {
  const short = seasons[0] ?? 1;
  const judged = Math.min(horizonPoints, Math.max(1, Math.floor(points / 4)));
  const half = Math.max(1, Math.round(judged / 2));
  const wanted =
    short <= judged ? short * Math.max(1, Math.round(half / short)) : Math.max(half, Math.round(short / MOST_ORIGINS));
  const minTrainPoints = Math.max(FEWEST_POINTS, Math.min(SEASONS_SEEN * short, Math.floor(points / 2)));
  const room = points - judged - minTrainPoints;
  const spacingPoints = Math.max(1, Math.min(wanted, Math.floor(room / (FEWEST_ORIGINS - 1))));
  return planBacktest(points, {
    horizonPoints: judged,
    spacingPoints,
    maxOrigins: MOST_ORIGINS,
    minTrainPoints,
    recentShares: RECENT_SHARES,
  });
}

/** Points that make a day in steps of an hour, 30, 15, 10, 5 minutes and one. */
const DAYS = new Set([24, 48, 96, 144, 288, 1440]);
const DAYS_OF_WEEK = 7;

/**
 * Seasons with the week that belongs to a day: people live by both, and only one of them is usually named.
 *
 * Definition: a single season of 24, 48, 96, 144, 288 or 1440 points is a day of hours or minutes.
 * Input:      seasons in points.
 * Output:     the same seasons, a week added behind a lone day.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * withWeek([24]).join() // => '24,168'
 * withWeek([12]).join() // => '12'
 */
export function withWeek(seasons: readonly number[]): readonly number[] {
  const [day] = seasons;
  if (day === undefined || seasons.length > 1 || !DAYS.has(day)) return seasons;
  return [day, DAYS_OF_WEEK * day];
}

function checkOptions({ seasons, horizonPoints }: StepsOptions): void {
  if (!Number.isSafeInteger(horizonPoints) || horizonPoints < 1) {
    throw new RangeError(`forecast: horizonPoints must be a whole number from 1, got ${horizonPoints}`);
  }
  seasons.forEach((season, k) => {
    if (Number.isSafeInteger(season) && season >= 2 && season > (seasons[k - 1] ?? 0)) return;
    throw new RangeError(`forecast: seasons must be ascending whole numbers from 2, got ${seasons.join(', ')}`);
  });
}
