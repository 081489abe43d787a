import type { CalendarDays } from '../domain/calendar.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../domain/rollup.ts';

/** Ten weeks of hours: enough for the weekly season and for the trend of ninety days. */
export const HISTORY_MS = 70 * DAY_MS;

/** Hourly means at regular steps; NaN where an hour has no sample. */
export interface HourlySeries {
  readonly startMs: number;
  readonly values: Float64Array;
  /** Means of the days before them, oldest first; NaN = missing. */
  readonly olderDays?: Float64Array;
  /** End of the newest of them. */
  readonly olderEndMs?: number;
  /** Dates of the calendars that apply to the series. */
  readonly calendars?: readonly CalendarDays[];
  /** Newest value that was seen. */
  readonly lastValue: number;
  /** End of the newest hour with data. */
  readonly watermarkMs: number;
}

/**
 * Hourly series: means of the complete hours, at regular steps.
 *
 * Input:      rollups by the hour, ascending; endMs, the hour of which and what follows it are left out.
 * Output:     see HourlySeries; undefined where nothing is left.
 * Edge:       a mean that is not finite is missing.
 * Cost:       O(hours); the input is not changed.
 * Throws:     never.
 */
export function hourlySeries(rollups: RollupColumns, endMs: number): HourlySeries | undefined {
  const { startsMs, counts, sums, lasts } = rollups;
  let rows = startsMs.length;
  while (rows > 0 && startsMs[rows - 1]! + HOUR_MS > endMs) rows--;
  if (rows === 0) return undefined;
  const startMs = startsMs[0]!;
  const newestMs = startsMs[rows - 1]!;
  const values = new Float64Array((newestMs - startMs) / HOUR_MS + 1).fill(Number.NaN);
  for (let row = 0; row < rows; row++) {
    const mean = sums[row]! / counts[row]!;
    // A sum of values near the largest number is infinite, and says nothing.
    if (Number.isFinite(mean)) values[(startsMs[row]! - startMs) / HOUR_MS] = mean;
  }
  return { startMs, values, lastValue: lasts[startsMs.length - 1]!, watermarkMs: newestMs + HOUR_MS };
}
