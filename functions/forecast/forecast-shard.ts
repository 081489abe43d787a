import { calendarDays } from '../../models/calendar/calendar-days.ts';
import { excludedTimes, withoutTimes } from '../../models/calendar/excluded-times.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { OlderDays } from '../../models/domain/older-days.ts';
import { HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { HISTORY_MS, hourlySeries } from '../../models/forecast/hourly-series.ts';
import { OLDEST_MS, olderDays, olderDaysEnd, withOlderDays } from '../../models/forecast/older-days.ts';
import type { ForecastBatch, Forecasting, SeriesPast } from './forecasting.ts';
import { inOrder } from './in-order.ts';
import { createForecastKeeper, type StoredForecasts, type StoreForecastsDeps } from './store-forecasts.ts';
import { toldInShards, toldLimits } from './told-limits.ts';

export interface ForecastShardDeps extends StoreForecastsDeps {
  /** Hourly rollups of every series of the shard in [fromMs, toMs). */
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  /** The same of one series. */
  readonly readSeriesHours: (workspace: string, series: Series, fromMs: number, toMs: number) => Promise<RollupColumns>;
  readonly getSeries: (workspace: string, seriesIds: readonly string[]) => Promise<readonly Series[]>;
  readonly listLimits: (workspace: string) => Promise<readonly Limit[]>;
  readonly listCalendars: (workspace: string) => Promise<readonly Calendar[]>;
  readonly olderDays: {
    readonly read: (
      workspace: string,
      shard: number,
      nowMs: number,
    ) => Promise<ReadonlyMap<string, OlderDays> | undefined>;
    readonly keep: (
      workspace: string,
      shard: number,
      days: ReadonlyMap<string, OlderDays>,
      nowMs: number,
    ) => Promise<void>;
  };
  readonly shardCount: number;
  /** IANA zone whose dates the forecasts follow. */
  readonly timeZone: string;
}

export interface ForecastRun {
  readonly workspace: string;
  readonly shard: number;
  readonly nowMs: number;
  readonly forecasting: Forecasting;
  /** Called now and then with the share of the series that is done. */
  readonly onProgress?: ((ratio: number) => void) | undefined;
}

/** Series that are forecast together: enough to be worth a message to another thread, some tenths of a second of work. */
const BATCH_SERIES = 20;

/**
 * Forecasts every series of one shard, and when each crosses the limits that apply to it.
 *
 * Returns how many forecasts were stored, and how many the table refused. The same rollups and the same nowMs give the
 * same forecasts; a second run replaces them by equal ones. The first run of a day sums up the days that lie further
 * back, for series with limits, and keeps its forecasts for those who ask what was forecast then.
 */
export function createForecastShard(deps: ForecastShardDeps) {
  return async (run: ForecastRun): Promise<StoredForecasts> => {
    const { forecasting, onProgress } = run;
    const keeper = await createForecastKeeper(deps, run);
    const { series, batches } = await readPasts(deps, run);
    let done = 0;
    await inOrder(batches, forecasting.batchesAtOnce, forecasting.forecast, async (forecasts) => {
      await keeper.add(forecasts);
      done += forecasts.length;
      onProgress?.(done / series);
    });
    return keeper.finish();
  };
}

/** The series of the shard with a complete hour, in batches; and how many series there are at most. */
async function readPasts(deps: ForecastShardDeps, { workspace, shard, nowMs }: ForecastRun) {
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const rollups = await deps.readHours(workspace, shard, endMs - HISTORY_MS, nowMs);
  const limits = await deps.listLimits(workspace);
  const told = toldInShards(deps, { workspace, shard, rollups, nowMs });
  const calendars = await deps.listCalendars(workspace);
  const excluded = excludedTimes(calendars);
  const datesOf = calendarDays(calendars, { timeZone: deps.timeZone, nowMs });
  const series = await deps.getSeries(workspace, [...rollups.keys()]);
  const older = await readOlderDays(deps, { workspace, shard, series, limits, nowMs });

  async function pastOf(one: Series): Promise<SeriesPast | undefined> {
    const hours = hourlySeries(rollups.get(one.seriesId)!, endMs);
    if (hours === undefined) return undefined;
    const learned = withOlderDays(withoutTimes(hours, excluded(one.labels)), older.get(one.seriesId));
    const dated = { ...learned, calendars: datesOf(one.labels) };
    return { series: one, hours: dated, ...(await toldLimits(workspace, limits, one.labels, told)) };
  }

  async function* batches(): AsyncGenerator<ForecastBatch> {
    for (let at = 0; at < series.length; at += BATCH_SERIES) {
      const pasts = await Promise.all(series.slice(at, at + BATCH_SERIES).map(pastOf));
      yield { nowMs, pasts: pasts.filter((past) => past !== undefined) };
    }
  }
  return { series: series.length, batches: batches() };
}

interface OlderContext {
  readonly workspace: string;
  readonly shard: number;
  readonly series: readonly Series[];
  readonly limits: readonly Limit[];
  readonly nowMs: number;
}

/** Days before the hours that are read, of series with limits: dates lie far ahead, and ask for a long past. */
async function readOlderDays(
  deps: ForecastShardDeps,
  { workspace, shard, series, limits, nowMs }: OlderContext,
): Promise<ReadonlyMap<string, OlderDays>> {
  const known = await deps.olderDays.read(workspace, shard, nowMs);
  if (known !== undefined) return known;
  const toMs = olderDaysEnd(nowMs - HISTORY_MS, deps.timeZone);
  const days = new Map<string, OlderDays>();
  for (const one of series) {
    if (one.firstSampleMs >= toMs || matchLimits(limits, one.labels).length === 0) continue;
    const found = olderDays(
      await deps.readSeriesHours(workspace, one, nowMs - OLDEST_MS, toMs),
      nowMs - OLDEST_MS,
      toMs,
    );
    if (found !== undefined) days.set(one.seriesId, found);
  }
  await deps.olderDays.keep(workspace, shard, days, nowMs);
  return days;
}
