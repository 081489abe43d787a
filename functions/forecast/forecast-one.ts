import type { Forecast, TimeToLimit } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { forecastSeries, MODEL_VERSION } from '../../models/forecast/forecast-series.ts';
import type { HourlySeries } from '../../models/forecast/hourly-series.ts';
import type { NeuralCandidates } from '../../models/forecast/neural-use.ts';
import type { ForecastOutcome } from '../../models/forecast/outcome.ts';
import { timesToLimit } from '../../models/forecast/time-to-limit.ts';

/** What the service would publish for one series at a time. */
export function forecastOne(
  series: Series,
  hours: HourlySeries,
  limits: readonly Limit[],
  nowMs: number,
  timeZone: string,
  neural?: NeuralCandidates,
): Forecast {
  const outcome = outcomeOf(hours, nowMs, timeZone, neural);
  const published = outcome.kind === 'forecast';
  return {
    seriesId: series.seriesId,
    labels: series.labels,
    madeAtMs: nowMs,
    watermarkMs: hours.watermarkMs,
    modelVersion: MODEL_VERSION,
    models: published ? outcome.models : [],
    hourly: published ? outcome.hourly : null,
    daily: published ? outcome.daily : null,
    skill: outcome.skill,
    abstain: published ? null : { reason: outcome.reason, detail: outcome.detail },
    timeToLimit: timesOf({ series, hours, outcome, limits, nowMs }),
  };
}

/** The future of the hours, and what is known of the days before them and of calendars. */
export function outcomeOf(
  { startMs, values, olderDays, olderEndMs, calendars }: HourlySeries,
  nowMs: number,
  timeZone: string,
  neural?: NeuralCandidates,
): ForecastOutcome {
  return forecastSeries({
    startMs,
    stepMs: HOUR_MS,
    values,
    ...(olderDays && { olderDays }),
    ...(olderEndMs !== undefined && { olderEndMs }),
    ...(calendars && { calendars }),
    nowMs,
    timeZone,
    ...(neural && { neural }),
  });
}

export interface TimesInput {
  readonly series: Series;
  readonly hours: HourlySeries;
  readonly outcome: ForecastOutcome;
  readonly limits: readonly Limit[];
  readonly nowMs: number;
}

/** The limits of a series; the chance in it comes from the series' own id, so that the same question has the same answer. */
export function timesOf({ series, hours, outcome, limits, nowMs }: TimesInput): readonly TimeToLimit[] {
  const seed = Number.parseInt(series.seriesId.slice(0, 8), 16);
  return timesToLimit({ outcome, limits, nowMs, currentValue: hours.lastValue, seed });
}
