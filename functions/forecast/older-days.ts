import type { OlderDays } from '../../data/forecasts/older-days.ts';
import { DAY_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { HourlySeries } from './hourly-series.ts';

/** Thirteen months, so that what comes once a year was seen once. */
export const OLDEST_MS = 400 * DAY_MS;

/** Means of the days from fromMs on that end by toMs; undefined where no row lies in them. */
export function olderDays(rollups: RollupColumns, fromMs: number, toMs: number): OlderDays | undefined {
  const days = Math.floor((toMs - fromMs) / DAY_MS);
  const sums = new Float64Array(days);
  const counts = new Float64Array(days);
  const beginMs = toMs - days * DAY_MS;
  for (const [row, startMs] of rollups.startsMs.entries()) {
    const day = Math.floor((startMs - beginMs) / DAY_MS);
    if (day < 0 || day >= days) continue;
    sums[day]! += rollups.sums[row]!;
    counts[day]! += rollups.counts[row]!;
  }
  const first = counts.findIndex((count) => count > 0);
  return first < 0 ? undefined : { endMs: toMs, means: sums.map((sum, day) => sum / counts[day]!).subarray(first) };
}

/** The hours, with the days before them: days after the first hour are left out, and missing ones stand in between. */
export function withOlderDays(hours: HourlySeries, older: OlderDays | undefined): HourlySeries {
  if (older === undefined) return hours;
  const between = Math.round((hours.startMs - older.endMs) / DAY_MS);
  const kept = older.means.subarray(0, Math.max(0, older.means.length + Math.min(0, between)));
  const missing = new Float64Array(Math.max(0, between)).fill(Number.NaN);
  return { ...hours, olderDays: Float64Array.from([...kept, ...missing]) };
}
