import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { type ForecastInput, forecastSeries } from '../../models/forecast/forecast-series.ts';
import type { ForecastOutcome, PublishedForecast } from '../../models/forecast/outcome.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';

/** Value of one hour, counted from the start of the series. */
export type HourlyShape = (hour: number, random: Random) => number;

/** A Monday, so that hour 0 of every generated series begins a week. */
export const START_MS = Date.UTC(2026, 0, 5);

export function hourlyValues(days: number, seed: number, shape: HourlyShape): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: days * 24 }, (_, hour) => shape(hour, random));
}

export function daily(hour: number): number {
  return Math.sin((hour / 24) * 2 * Math.PI);
}

export function isWeekday(hour: number): boolean {
  return Math.floor(hour / 24) % 7 < 5;
}

/** Forecast made at the end of the values. */
export function forecastOf(values: Float64Array, change: Partial<ForecastInput> = {}): ForecastOutcome {
  const nowMs = START_MS + values.length * HOUR_MS;
  return forecastSeries({ startMs: START_MS, stepMs: HOUR_MS, values, nowMs, ...change });
}

export function publishedOf(values: Float64Array, change: Partial<ForecastInput> = {}): PublishedForecast {
  const outcome = forecastOf(values, change);
  if (outcome.kind === 'abstain') throw new Error(`abstained: ${outcome.reason}, ${outcome.detail}`);
  return outcome;
}

export function limitOf(value: number, bound: Limit['bound'] = 'max', leadTimeMs = 14 * DAY_MS): Limit {
  return {
    limitId: 'limit-1',
    title: 'data disks',
    selector: [],
    bound,
    value,
    unit: '%',
    leadTimeMs,
    probability: 0.5,
    action: 'order a disk',
    updatedAtMs: 0,
  };
}
