import type { Forecast } from '../domain/forecast.ts';
import type { Limit } from '../domain/limit.ts';
import type { Prediction } from '../domain/prediction.ts';
import type { Labels, SeriesId } from '../domain/series.ts';
import { isLimitOfClaim, limitOfForecast } from './limit-course.ts';
import { SILENCE_MS } from './settle-prediction.ts';

/** A series that is beyond its limit now: no prediction any more, but a fact. */
export interface Overrun {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly limitId: string;
  readonly value: number;
  readonly sinceMs: number;
}

export interface OverrunInput {
  /** Newest forecasts of the series that limits apply to. */
  readonly forecasts: readonly Forecast[];
  readonly limits: readonly Limit[];
  /** Claims that people still see in an open issue, settled ones included. */
  readonly predictions: readonly Prediction[];
  readonly nowMs: number;
}

/**
 * Overruns: series beyond their limits, so that an issue outlives the prediction that came true.
 *
 * Used by the decide room: an overrun makes no claim, it opens or keeps open the issue of its service and limit.
 *
 * Definition: a forecast not older than 7 days whose time to the present limit says crossed already; and a claim that
 *             came true, as long as no forecast has seen data after its crossing, for at most 7 days.
 * Output:     one entry for each series and limit, ordered by series, then limit.
 * Edge:       a limit changed since the forecast → left out until the next forecast.
 * Cost:       O(forecasts × limits of a series + predictions).
 * Throws:     never.
 */
export function findOverruns(input: OverrunInput): readonly Overrun[] {
  const limits = new Map(input.limits.map((limit) => [limit.limitId, limit]));
  const found = new Map<string, Overrun>();
  const seenUntilMs = new Map<SeriesId, number>();
  for (const forecast of input.forecasts) {
    seenUntilMs.set(forecast.seriesId, forecast.watermarkMs);
    if (input.nowMs - forecast.watermarkMs >= SILENCE_MS) continue;
    for (const time of forecast.timeToLimit) {
      const limit = limits.get(time.limitId);
      if (!time.alreadyCrossed || limit === undefined) continue;
      if (limitOfForecast(limit, time, forecast.madeAtMs) === undefined) continue;
      found.set(`${forecast.seriesId} ${limit.limitId}`, {
        seriesId: forecast.seriesId,
        labels: forecast.labels,
        limitId: limit.limitId,
        value: time.currentValue,
        sinceMs: forecast.madeAtMs,
      });
    }
  }
  for (const prediction of input.predictions) {
    const overrun = overrunOf(prediction, limits, seenUntilMs.get(prediction.seriesId) ?? 0, input.nowMs);
    if (overrun !== undefined && !found.has(keyOf(overrun))) found.set(keyOf(overrun), overrun);
  }
  return [...found.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function overrunOf(
  prediction: Prediction,
  limits: ReadonlyMap<string, Limit>,
  seenUntilMs: number,
  nowMs: number,
): Overrun | undefined {
  const { status, seriesId, labels, claim, madeAtMs, noticeMs, actualValue } = prediction;
  if (status !== 'hit' && status !== 'early' && status !== 'late') return undefined;
  const limit = limits.get(claim.limitId);
  // Where another series tells the limit, it is the next forecast that knows.
  if (limit === undefined || (limit.metric === undefined && !isLimitOfClaim(limit, prediction))) return undefined;
  const sinceMs = madeAtMs + (noticeMs ?? 0);
  if (seenUntilMs > sinceMs || nowMs - sinceMs >= SILENCE_MS) return undefined;
  return { seriesId, labels, limitId: claim.limitId, value: actualValue ?? claim.value, sinceMs };
}

function keyOf({ seriesId, limitId }: Overrun): string {
  return `${seriesId} ${limitId}`;
}
