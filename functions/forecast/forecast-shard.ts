import type { Calendar } from '../../models/domain/calendar.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { forecastSeries, MODEL_VERSION } from '../../models/forecast/forecast-series.ts';
import { timeToLimit } from '../../models/forecast/time-to-limit.ts';
import { excludedTimes, withoutTimes } from './excluded-hours.ts';
import { type HourlySeries, hourlySeries } from './hourly-series.ts';
import { toldLimits } from './told-limits.ts';

export interface ForecastShardDeps {
  /** Hourly rollups of every series of the shard in [fromMs, toMs). */
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  readonly getSeries: (workspace: string, seriesIds: readonly string[]) => Promise<readonly Series[]>;
  readonly listLimits: (workspace: string) => Promise<readonly Limit[]>;
  readonly listCalendars: (workspace: string) => Promise<readonly Calendar[]>;
  readonly putForecasts: (workspace: string, forecasts: readonly Forecast[]) => Promise<void>;
  readonly shardCount: number;
  readonly timeZone: string;
}

/** Ten weeks: enough for the weekly season and for the trend of ninety days. */
export const HISTORY_MS = 70 * DAY_MS;
/** Forecasts are stored in batches of this size, so that a long run shows its progress and bounds its memory. */
const BATCH_SERIES = 100;

/**
 * Forecasts every series of one shard, and when each crosses the limits that apply to it.
 *
 * Returns the number of forecasts stored. The same rollups and the same nowMs give the same forecasts; a second run
 * replaces them by equal ones.
 */
export function createForecastShard(deps: ForecastShardDeps) {
  return async (workspace: string, shard: number, nowMs: number): Promise<number> => {
    const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const rollups = await deps.readHours(workspace, shard, endMs - HISTORY_MS, nowMs);
    const limits = await deps.listLimits(workspace);
    const limitsOf = toldLimits(deps, { workspace, shard, rollups, limits, nowMs });
    const excluded = excludedTimes(await deps.listCalendars(workspace));
    const series = await deps.getSeries(workspace, [...rollups.keys()]);
    let batch: Forecast[] = [];
    let stored = 0;
    const store = async (): Promise<void> => {
      await deps.putForecasts(workspace, batch);
      stored += batch.length;
      batch = [];
    };
    for (const one of series) {
      const hours = hourlySeries(rollups.get(one.seriesId)!, endMs);
      if (hours === undefined) continue;
      const learned = withoutTimes(hours, excluded(one.labels));
      batch.push(forecastOne(one, learned, await limitsOf(one.labels), nowMs, deps.timeZone));
      if (batch.length === BATCH_SERIES) await store();
    }
    await store();
    return stored;
  };
}

/** What the service would publish for one series at a time. */
export function forecastOne(
  series: Series,
  hours: HourlySeries,
  limits: readonly Limit[],
  nowMs: number,
  timeZone: string,
): Forecast {
  const { startMs, values } = hours;
  const seed = Number.parseInt(series.seriesId.slice(0, 8), 16);
  const outcome = forecastSeries({ startMs, stepMs: HOUR_MS, values, nowMs, timeZone });
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
    timeToLimit: limits.map((limit) => timeToLimit({ outcome, limit, nowMs, currentValue: hours.lastValue, seed })),
  };
}
