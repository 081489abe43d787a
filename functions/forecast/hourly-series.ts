import { HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';

/** Hourly means at regular steps; NaN where an hour has no sample. */
export interface HourlySeries {
  readonly startMs: number;
  readonly values: Float64Array;
  /** Means of the days before them, oldest first; NaN = missing. */
  readonly olderDays?: Float64Array;
  /** Newest value that was seen. */
  readonly lastValue: number;
  /** End of the newest hour with data. */
  readonly watermarkMs: number;
}

/** Complete hours only: the hour of `endMs` and what follows it are left out. Undefined where nothing is left. */
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
