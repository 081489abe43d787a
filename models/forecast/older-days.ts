import type { OlderDays } from '../domain/older-days.ts';
import { DAY_MS, type RollupColumns } from '../domain/rollup.ts';
import { median } from '../numeric/median.ts';
import { createUtcOffset } from '../numeric/utc-offset.ts';
import type { HourlySeries } from './hourly-series.ts';

/** Thirteen months, so that what comes once a year was seen once. */
export const OLDEST_MS = 400 * DAY_MS;
const COMPLETE_SHARE = 0.75;

/**
 * Older days: means of the days before those whose hours are read.
 *
 * Definition: a day counts where it has three quarters of the hours that the median day has. Of a saw tooth, or of a busy
 *             day, a few hours tell the mean of another day, and one such day makes all of the future look wild.
 * Input:      rollups by the hour, in any order; days are counted back from toMs to fromMs.
 * Output:     from the first day that counts on, NaN for those that do not; undefined where there is none.
 * Cost:       O(rows); the input is not changed.
 * Throws:     never.
 */
export function olderDays(rollups: RollupColumns, fromMs: number, toMs: number): OlderDays | undefined {
  const days = Math.floor((toMs - fromMs) / DAY_MS);
  const sums = new Float64Array(days);
  const counts = new Float64Array(days);
  const hours = new Float64Array(days);
  const beginMs = toMs - days * DAY_MS;
  for (const [row, startMs] of rollups.startsMs.entries()) {
    const day = Math.floor((startMs - beginMs) / DAY_MS);
    if (day < 0 || day >= days) continue;
    sums[day]! += rollups.sums[row]!;
    counts[day]! += rollups.counts[row]!;
    hours[day]!++;
  }
  const seen = hours.filter((count) => count > 0);
  if (seen.length === 0) return undefined;
  const needed = COMPLETE_SHARE * median(seen);
  const means = sums.map((sum, day) => (hours[day]! >= needed ? sum / counts[day]! : Number.NaN));
  return { endMs: toMs, means: means.subarray(hours.findIndex((count) => count >= needed)) };
}

/**
 * End of the older days: midnight before the hours begin, so that each of them is nearly one day of the calendar.
 *
 * Used so that effects of the calendar are seen in them. Over a change of the clocks a day is an hour late.
 *
 * Input:      fromMs, where the hours begin; an IANA zone.
 * Output:     the last local midnight at or before it.
 * Cost:       one look at the zone, 20 µs.
 * Throws:     RangeError for an unknown zone.
 *
 * @example
 * olderDaysEnd(86400000 + 5, 'UTC') // => 86400000
 */
export function olderDaysEnd(fromMs: number, timeZone: string): number {
  const offsetMs = createUtcOffset(timeZone)(fromMs);
  return Math.floor((fromMs + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
}

/**
 * Hours with the days before them.
 *
 * Output:     a copy whose older days end where the hours begin, to the day: days that the hours know are left out, days
 *             in between are missing. The same where there are no older days.
 * Cost:       O(days).
 * Throws:     never.
 */
export function withOlderDays(hours: HourlySeries, older: OlderDays | undefined): HourlySeries {
  if (older === undefined) return hours;
  const between = Math.round((hours.startMs - older.endMs) / DAY_MS);
  const kept = older.means.subarray(0, Math.max(0, older.means.length + Math.min(0, between)));
  const missing = new Float64Array(Math.max(0, between)).fill(Number.NaN);
  return {
    ...hours,
    olderDays: Float64Array.from([...kept, ...missing]),
    olderEndMs: older.endMs + between * DAY_MS,
  };
}
