import { type CapacityRow, capacityRows } from '../../data/forecasts/capacity-board.ts';
import { excludedTimes, withoutTimes } from '../../models/calendar/excluded-times.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { OlderDays } from '../../models/domain/older-days.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { HISTORY_MS, hourlySeries } from '../../models/forecast/hourly-series.ts';
import type { NeuralCandidates } from '../../models/forecast/neural-use.ts';
import { OLDEST_MS, olderDays, withOlderDays } from '../../models/forecast/older-days.ts';
import { forecastOne } from './forecast-one.ts';
import { newestInShards, toldLimits } from './told-limits.ts';

export interface ForecastShardDeps {
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
  readonly putForecasts: (workspace: string, forecasts: readonly Forecast[]) => Promise<void>;
  /** Forecasts of earlier days, kept once a day. */
  readonly archive: {
    readonly isKept: (workspace: string, shard: number, nowMs: number) => Promise<boolean>;
    readonly keep: (workspace: string, shard: number, forecasts: readonly Forecast[], nowMs: number) => Promise<void>;
  };
  readonly writeCapacity: (
    workspace: string,
    shard: number,
    rows: readonly CapacityRow[],
    nowMs: number,
  ) => Promise<void>;
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
  readonly timeZone: string;
}

/** Forecasts are stored in batches of this size, so that a long run shows its progress and bounds its memory. */
const BATCH_SERIES = 100;

/**
 * Forecasts every series of one shard, and when each crosses the limits that apply to it; `neural` is what the
 * workspace's neural model offers each series.
 *
 * Returns the number of forecasts stored. The same rollups and the same nowMs give the same forecasts; a second run
 * replaces them by equal ones. The first run of a day sums up the days that lie further back, for series with limits,
 * and keeps its forecasts for those who ask what was forecast then.
 */
export function createForecastShard(deps: ForecastShardDeps) {
  return async (workspace: string, shard: number, nowMs: number, neural?: NeuralCandidates): Promise<number> => {
    const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
    const rollups = await deps.readHours(workspace, shard, endMs - HISTORY_MS, nowMs);
    const limits = await deps.listLimits(workspace);
    const newestOf = newestInShards(deps, { workspace, shard, rollups, nowMs });
    const excluded = excludedTimes(await deps.listCalendars(workspace));
    const series = await deps.getSeries(workspace, [...rollups.keys()]);
    const older = await readOlderDays(deps, { workspace, shard, series, limits, nowMs });
    const board: CapacityRow[] = [];
    const kept: Forecast[] | null = (await deps.archive.isKept(workspace, shard, nowMs)) ? null : [];
    let batch: Forecast[] = [];
    let stored = 0;
    const store = async (): Promise<void> => {
      await deps.putForecasts(workspace, batch);
      stored += batch.length;
      for (const forecast of batch) board.push(...capacityRows(forecast));
      kept?.push(...batch);
      batch = [];
    };
    for (const one of series) {
      const hours = hourlySeries(rollups.get(one.seriesId)!, endMs);
      if (hours === undefined) continue;
      const learned = withOlderDays(withoutTimes(hours, excluded(one.labels)), older.get(one.seriesId));
      const told = await toldLimits(workspace, limits, one.labels, newestOf);
      batch.push(forecastOne(one, learned, told, nowMs, deps.timeZone, neural));
      if (batch.length === BATCH_SERIES) await store();
    }
    await store();
    await deps.writeCapacity(workspace, shard, board, nowMs);
    if (kept !== null) await deps.archive.keep(workspace, shard, kept, nowMs);
    return stored;
  };
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
  const toMs = Math.floor((nowMs - HISTORY_MS) / DAY_MS) * DAY_MS;
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
