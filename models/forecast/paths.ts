import type { QuantilePath } from '../domain/forecast.ts';
import { quantileSorted, sortedPresent } from '../numeric/quantile.ts';
import type { JudgedValues } from './backtest.ts';
import type { ErrorBand } from './scale-forecast.ts';

/** Days whose inner rise and fall are remembered. */
const REMEMBERED_DAYS = 28;
/** A rise rarer than one day in ten is an event and no habit of the series: it is cut to what is usual. */
const USUAL_SHARE = 0.9;

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
 * Rise and fall within days: how far the highest and the lowest hour of a day lie from its mean.
 *
 * Used by time to limit, because a limit is crossed by the peak of a day and not by its mean.
 *
 * Definition: over the newest 28 days of at least half observed hours, each cut to the ninetieth percentile.
 * Input:      history, hourly; dayPoints ≥ 1.
 * Output:     two lists of equal length, values ≥ 0; a single zero where no day qualifies.
 * Cost:       O(days · dayPoints).
 * Throws:     never.
 *
 * @example
 * riseAndFallInDay({ values: Float64Array.of(1, 2, 6), observed: Uint8Array.of(1, 1, 1) }, 3).risesInDay // => [3]
 */
export function riseAndFallInDay(history: JudgedValues, dayPoints: number): RiseAndFall {
  const rises: number[] = [];
  const falls: number[] = [];
  for (let end = history.values.length; end >= dayPoints && rises.length < REMEMBERED_DAYS; end -= dayPoints) {
    const day = history.values.subarray(end - dayPoints, end);
    const seen = day.filter((_, i) => history.observed[end - dayPoints + i] === 1);
    if (seen.length < dayPoints / 2) continue;
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
    rises.push(Math.max(...seen) - mean);
    falls.push(mean - Math.min(...seen));
  }
  return rises.length === 0 ? { risesInDay: [0], fallsInDay: [0] } : { risesInDay: usual(rises), fallsInDay: usual(falls) };
}

function usual(sizes: readonly number[]): number[] {
  const most = quantileSorted(sortedPresent(sizes), USUAL_SHARE);
  return sizes.map((size) => Math.max(0, Math.min(size, most)));
}
