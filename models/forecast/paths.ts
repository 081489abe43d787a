import type { QuantilePath } from '../domain/forecast.ts';
import { median } from '../numeric/median.ts';
import type { ErrorBand } from './scale-forecast.ts';

/** Weeks over which the usual rise of a weekday is taken. */
const REMEMBERED_WEEKS = 4;
const WEEK_DAYS = 7;

export interface PathOptions {
  readonly startMs: number;
  readonly stepMs: number;
  readonly nonNegative: boolean;
}

/**
 * Band as quantiles: what is published.
 *
 * Output:     p10 ≤ p50 ≤ p90 at each step; none below zero where nonNegative.
 * Cost:       O(steps); the band is not changed.
 * Throws:     never.
 *
 * @example
 * quantilePath({ centre: Float64Array.of(1), below: Float64Array.of(2), above: Float64Array.of(3) }, { startMs: 0, stepMs: 1, nonNegative: true }).p10 // => [0]
 */
export function quantilePath(band: Pick<ErrorBand, 'centre' | 'below' | 'above'>, options: PathOptions): QuantilePath {
  const bounded = (value: number): number => (options.nonNegative ? Math.max(0, value) : value);
  const centre = Array.from(band.centre);
  return {
    startMs: options.startMs,
    stepMs: options.stepMs,
    p10: centre.map((value, h) => bounded(value - band.below[h]!)),
    p50: centre.map(bounded),
    p90: centre.map((value, h) => bounded(value + band.above[h]!)),
  };
}

export interface RiseAndFall {
  readonly risesInDay: readonly number[];
  readonly fallsInDay: readonly number[];
}

/**
 * Rise and fall within days: how far the highest and the lowest hour of a day usually lie from its mean.
 *
 * Used by time to limit, because a limit is crossed by the peak of a day and not by its mean.
 *
 * Definition: the newest four weeks, cut into days from the end; for each of the seven days to come, the median over
 *             the same day of those weeks. The median, because a day on which a disk was cleaned up rises far above
 *             its mean without ever having been fuller.
 * Input:      history, hourly, at least seven days; dayPoints ≥ 1.
 * Output:     seven rises and seven falls, ≥ 0: entry d belongs to the days d, d + 7, … of the forecast.
 * Cost:       O(28 · dayPoints).
 * Throws:     never.
 *
 * @example
 * riseAndFallInDay(Float64Array.of(1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 2, 4), 2).risesInDay // => [1, 1, 1, 1, 1, 1, 1]
 */
export function riseAndFallInDay(values: Float64Array, dayPoints: number): RiseAndFall {
  const weekDays = Array.from({ length: WEEK_DAYS }, (_, weekDay) => daysLike(values, dayPoints, weekDay));
  return {
    risesInDay: weekDays.map((days) => median(days.map((day) => Math.max(...day) - mean(day)))),
    fallsInDay: weekDays.map((days) => median(days.map((day) => mean(day) - Math.min(...day)))),
  };
}

/** The days of recent weeks that correspond to the given day of the week to come. */
function daysLike(values: Float64Array, dayPoints: number, weekDay: number): Float64Array[] {
  return Array.from({ length: REMEMBERED_WEEKS }, (_, week) => {
    const from = values.length - ((week + 1) * WEEK_DAYS - weekDay) * dayPoints;
    return from < 0 ? new Float64Array(0) : values.subarray(from, from + dayPoints);
  }).filter((day) => day.length > 0);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
