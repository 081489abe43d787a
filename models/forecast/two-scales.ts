import { type JudgedValues, planBacktest } from './backtest.ts';
import { blockMeans } from './blocks.ts';
import type { Forecaster } from './forecaster.ts';
import { DAILY_CANDIDATES, HOURLY_CANDIDATES } from './registry.ts';
import { type ErrorBand, forecastScale, type ScaleForecast } from './scale-forecast.ts';

export const DAY_HOURS = 24;
export const HOURLY_HORIZON = 48;
export const DAILY_HORIZON = 90;

/** Prime against the day, so that eight origins see eight different hours of it. */
const ORIGIN_SPACING_HOURS = 31;
const HOURLY_ORIGINS = 8;
const HOURLY_MIN_TRAIN = 72;
const DAILY_ORIGINS = 10;
const DAILY_MIN_TRAIN = 4;
const LONGEST_DAILY_BACKTEST = 14;
/** Hours from the oldest origin of the hourly backtest to the newest hour. */
export const HOURLY_BACKTEST_HOURS = (HOURLY_ORIGINS - 1) * ORIGIN_SPACING_HOURS + HOURLY_HORIZON;
/** Each day further from the hourly forecast, the daily one keeps this share of their difference. */
const JOIN_FADING = 0.5;

/**
 * Forecast in hours: 48 of them, and one more for a day on which the clocks jump.
 *
 * Input:      history, hourly, at least 168 values; challengers, candidates that take part only where their backtest beats
 *             every naive one.
 * Output:     see ScaleForecast.
 * Cost:       nine fits of each hourly candidate.
 * Throws:     RangeError when history is too short for one origin.
 */
export function forecastHours(history: JudgedValues, challengers: readonly Forecaster[] = []): ScaleForecast {
  const points = history.values.length;
  const horizonPoints = Math.min(HOURLY_HORIZON, Math.floor(points / 4));
  return forecastScale(history, {
    candidates: HOURLY_CANDIDATES,
    challengers,
    plan: planBacktest(points, {
      horizonPoints,
      spacingPoints: ORIGIN_SPACING_HOURS,
      maxOrigins: HOURLY_ORIGINS,
      minTrainPoints: HOURLY_MIN_TRAIN,
    }),
    horizonPoints: HOURLY_HORIZON + 1,
    periodPoints: DAY_HOURS,
    phaseIntervals: true,
  });
}

/**
 * Forecast in days: 90 daily means, judged on up to 14 days ahead.
 *
 * Input:      history, hourly, at least 168 values.
 * Output:     see ScaleForecast.
 * Cost:       up to eleven fits of each daily candidate.
 * Throws:     RangeError when history is too short for one origin.
 */
export function forecastDays(history: JudgedValues): ScaleForecast {
  const values = blockMeans(history.values, DAY_HOURS);
  const observedShares = blockMeans(Float64Array.from(history.observed), DAY_HOURS);
  const observed = Uint8Array.from(observedShares, (share) => (share >= 0.5 ? 1 : 0));
  const third = Math.floor(values.length / 3);
  const horizonPoints = Math.min(LONGEST_DAILY_BACKTEST, Math.max(2, third));
  const minTrainPoints = Math.max(DAILY_MIN_TRAIN, third);
  const room = values.length - horizonPoints - minTrainPoints;
  return forecastScale(
    { values, observed },
    {
      candidates: DAILY_CANDIDATES,
      plan: planBacktest(values.length, {
        horizonPoints,
        spacingPoints: Math.max(1, Math.floor(room / (DAILY_ORIGINS - 1))),
        maxOrigins: DAILY_ORIGINS,
        minTrainPoints,
      }),
      horizonPoints: DAILY_HORIZON,
      periodPoints: 7,
      phaseIntervals: false,
    },
  );
}

/**
 * Daily path that begins where the hourly one leads: the first two days are its means, the gap after them fades.
 *
 * Input:      hourlyCentre, 48 hours; dailyCentre, two days or more.
 * Output:     a new path as long as dailyCentre.
 * Cost:       O(days).
 * Throws:     never.
 *
 * @example
 * [...joinScales(new Float64Array(48).fill(4), Float64Array.of(0, 0, 0, 0))] // => [4, 4, 2, 1]
 */
export function joinScales(hourlyCentre: Float64Array, dailyCentre: Float64Array): Float64Array {
  const near = blockMeans(hourlyCentre, DAY_HOURS);
  const gap = near.at(-1)! - dailyCentre[near.length - 1]!;
  return dailyCentre.map((value, day) => near[day] ?? value + gap * JOIN_FADING ** (day - near.length + 1));
}

/**
 * Band at chosen steps: on a day on which the clocks jump, an hour is skipped or repeated.
 *
 * Input:      band; steps into it, each at least −1 (a repeat of the last seen hour, taken as step 0) and within it.
 * Output:     a band with one entry for each step.
 * Cost:       O(steps).
 * Throws:     never.
 */
export function pickSteps(band: ErrorBand, steps: readonly number[]): ErrorBand {
  const pick = (path: Float64Array): Float64Array => Float64Array.from(steps, (step) => path[Math.max(0, step)]!);
  return {
    centre: pick(band.centre),
    below: pick(band.below),
    above: pick(band.above),
    lowestErrors: band.lowestErrors,
    highestErrors: band.highestErrors,
    memory: band.memory,
  };
}
