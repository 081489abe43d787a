import { calendarDays } from '../../models/calendar/calendar-days.ts';
import { excludedTimes, withoutTimes } from '../../models/calendar/excluded-times.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { HISTORY_MS, hourlySeries } from '../../models/forecast/hourly-series.ts';
import { withOlderDays } from '../../models/forecast/older-days.ts';
import type { Forecasting, SeriesPast } from './forecasting.ts';
import { inOrder } from './in-order.ts';
import { createOlderDaysReader, type OlderDaysDeps, type OlderDaysReader } from './older-days-reader.ts';
import { createForecastKeeper, type StoredForecasts, type StoreForecastsDeps } from './store-forecasts.ts';
import { toldInShards, toldLimits } from './told-limits.ts';

export interface ForecastShardDeps extends StoreForecastsDeps, OlderDaysDeps {
  /** Hourly rollups of every series of the shard in [fromMs, toMs), or of some of them, by their places in it. */
  readonly readHours: (
    workspace: string,
    shard: number,
    fromMs: number,
    toMs: number,
    series?: { readonly from: number; readonly to: number },
  ) => Promise<ReadonlyMap<string, RollupColumns>>;
  /** How many series the shard has. */
  readonly countSeries: (workspace: string, shard: number) => Promise<number>;
  readonly getSeries: (workspace: string, seriesIds: readonly string[]) => Promise<readonly Series[]>;
  readonly listLimits: (workspace: string) => Promise<readonly Limit[]>;
  readonly listCalendars: (workspace: string) => Promise<readonly Calendar[]>;
  readonly shardCount: number;
  /** IANA zone whose dates the forecasts follow. */
  readonly timeZone: string;
  /** Hours of so many series are in memory at once. */
  readonly seriesAtOnce: number;
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
    const { workspace, shard, nowMs, forecasting, onProgress } = run;
    const series = await deps.countSeries(workspace, shard);
    const keeper = await createForecastKeeper(deps, run);
    const older = await createOlderDaysReader(deps, run);
    const work = async (batch: WaitingBatch) => ({
      upTo: batch.upTo,
      forecasts: await forecasting.forecast({ nowMs, pasts: batch.pasts }),
    });
    await inOrder(readPasts(deps, run, series, older), forecasting.batchesAtOnce, work, async ({ upTo, forecasts }) => {
      await keeper.add(forecasts);
      onProgress?.(upTo / series);
    });
    await older.keep();
    return keeper.finish();
  };
}

interface WaitingBatch {
  readonly pasts: readonly SeriesPast[];
  /** So many series of the shard are done with it. */
  readonly upTo: number;
}

/** The series of the shard with a complete hour, in batches; the next hours are read while the last ones are worked on. */
async function* readPasts(
  deps: ForecastShardDeps,
  { workspace, shard, nowMs }: ForecastRun,
  count: number,
  older: OlderDaysReader,
): AsyncGenerator<WaitingBatch> {
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const limits = await deps.listLimits(workspace);
  const told = toldInShards(deps, { workspace, nowMs });
  const calendars = await deps.listCalendars(workspace);
  const excluded = excludedTimes(calendars);
  const datesOf = calendarDays(calendars, { timeZone: deps.timeZone, nowMs });
  for (let from = 0; from < count; from += deps.seriesAtOnce) {
    const to = Math.min(count, from + deps.seriesAtOnce);
    const places = to - from === count ? undefined : { from, to };
    const rollups = await deps.readHours(workspace, shard, endMs - HISTORY_MS, nowMs, places);
    const series = await deps.getSeries(workspace, [...rollups.keys()]);
    const pastOf = async (one: Series): Promise<SeriesPast | undefined> => {
      const hours = hourlySeries(rollups.get(one.seriesId)!, endMs);
      if (hours === undefined) return undefined;
      const days = await older.daysOf(one, matchLimits(limits, one.labels).length > 0);
      const learned = withOlderDays(withoutTimes(hours, excluded(one.labels)), days);
      const dated = { ...learned, calendars: datesOf(one.labels) };
      return { series: one, hours: dated, ...(await toldLimits(workspace, limits, one.labels, told)) };
    };
    for (let at = 0; at < series.length; at += BATCH_SERIES) {
      const pasts = await Promise.all(series.slice(at, at + BATCH_SERIES).map(pastOf));
      const upTo = from + Math.round(((to - from) * Math.min(series.length, at + BATCH_SERIES)) / series.length);
      yield { pasts: pasts.filter((past) => past !== undefined), upTo };
    }
  }
}
