import type { OlderDays } from '../../models/domain/older-days.ts';
import type { RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { HISTORY_MS } from '../../models/forecast/hourly-series.ts';
import { OLDEST_MS, olderDays, olderDaysEnd } from '../../models/forecast/older-days.ts';

export interface OlderDaysDeps {
  /** Hourly rollups of one series. */
  readonly readSeriesHours: (workspace: string, series: Series, fromMs: number, toMs: number) => Promise<RollupColumns>;
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
  readonly timeZone: string;
}

/** Days before the hours that are read, of series with limits: dates lie far ahead, and ask for a long past. */
export interface OlderDaysReader {
  daysOf(series: Series, isLimited: boolean): Promise<OlderDays | undefined>;
  /** Keeps what was summed up for the later runs of the day; does nothing where it was kept already. */
  keep(): Promise<void>;
}

/** The first run of a day sums them up from the hours, the others read what it has kept. */
export async function createOlderDaysReader(
  deps: OlderDaysDeps,
  { workspace, shard, nowMs }: { readonly workspace: string; readonly shard: number; readonly nowMs: number },
): Promise<OlderDaysReader> {
  const known = await deps.olderDays.read(workspace, shard, nowMs);
  if (known !== undefined) return { daysOf: async ({ seriesId }) => known.get(seriesId), keep: async () => undefined };
  const fromMs = nowMs - OLDEST_MS;
  const toMs = olderDaysEnd(nowMs - HISTORY_MS, deps.timeZone);
  const found = new Map<string, OlderDays>();
  return {
    async daysOf(series, isLimited) {
      if (!isLimited || series.firstSampleMs >= toMs) return undefined;
      const days = olderDays(await deps.readSeriesHours(workspace, series, fromMs, toMs), fromMs, toMs);
      if (days !== undefined) found.set(series.seriesId, days);
      return days;
    },
    keep: () => deps.olderDays.keep(workspace, shard, found, nowMs),
  };
}
