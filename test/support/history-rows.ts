import { STEP_MS } from '../../data/history/derived-rollups.ts';
import { createRowBuffer, joinRows, type RowBuffer } from '../../data/state/row-buffer.ts';
import { RESOLUTION_COLUMNS, type Resolution } from '../../data/state/shard-state.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';

const START_MS = Date.UTC(2026, 0, 5);

/** A buffer of rows given one by one: series, time, values. */
export function rowsOf(
  resolution: Resolution,
  rows: readonly (readonly [seriesIndex: number, timestampMs: number, ...values: number[]])[],
): RowBuffer {
  const buffer = createRowBuffer(RESOLUTION_COLUMNS[resolution].length, rows.length);
  for (const [seriesIndex, timestampMs, ...values] of rows) {
    buffer.seriesIndexes[buffer.rows] = seriesIndex;
    buffer.timestampsMs[buffer.rows] = timestampMs;
    for (const [place, value] of values.entries()) buffer.columns[place]![buffer.rows] = value;
    buffer.rows++;
  }
  return buffer;
}

/** What `test/history/chunk-v1-*.parquet` were written from, which must not change. */
export function keptRows(resolution: Resolution): RowBuffer {
  if (resolution !== 'raw') {
    return rowsOf(resolution, [
      [0, START_MS, 2, 0.1 + 0.2, 0.1, 0.2, 0.2],
      [0, START_MS + HOUR_MS, 1, 7, 7, 7, 7],
      [3, START_MS, 60, 1e308, -1e300, 1e308, 5e-324],
    ]);
  }
  return rowsOf('raw', [
    [0, START_MS, 1.25],
    [0, START_MS + 1, Number.NaN],
    [0, START_MS + 1, -0],
    [7, START_MS, Number.NEGATIVE_INFINITY],
    [7, START_MS + 60_000, Math.PI],
  ]);
}

/**
 * What `test/history/chunk-v2-*.parquet` were written from, which must not change: values in units and others, a series
 * that has no unit, and a rollup whose values the samples say.
 */
export function keptRowsOfVersion2(resolution: Resolution): RowBuffer {
  if (resolution !== 'raw') {
    return rowsOf(resolution, [
      [0, START_MS, 3, 0.6, 0.1, 0.3, 0.2],
      [0, START_MS + HOUR_MS, 0, 0, 0, 0, 0],
      [0, START_MS + 2 * HOUR_MS, 2, 7.25, 3.25, 4, 4],
      [3, START_MS, 1, 7 / 300, 7 / 300, 7 / 300, 7 / 300],
      [3, START_MS + HOUR_MS, 60, 1e308, -1e300, 1e308, 5e-324],
    ]);
  }
  return rowsOf('raw', [
    [0, START_MS, 1.25],
    [0, START_MS + 1, Number.NaN],
    [0, START_MS + 1, -0],
    [0, START_MS + 2, -7.5],
    [7, START_MS, Number.NEGATIVE_INFINITY],
    [7, START_MS + 60_000, Math.PI],
    [9, START_MS, 81_920],
    [9, START_MS + 60_000, 40_960],
  ]);
}

/** What `test/history/chunk-v3-*.parquet` were written from, which must not change: the same, and rollups in runs. */
export function keptRowsOfVersion3(resolution: Resolution): RowBuffer {
  if (resolution === 'raw') return keptRowsOfVersion2('raw');
  const stepMs = STEP_MS[resolution];
  const derived = Array.from({ length: 40 }, (_, i) => [4, START_MS + i * stepMs, 0, 0, 0, 0, 0] as const);
  const stored = [4, START_MS + 40 * stepMs, 13, 26, 1, 3, 2] as const;
  const later = [4, START_MS + 42 * stepMs, 0, 0, 0, 0, 0] as const;
  const before = keptRowsOfVersion2(resolution);
  return joinRows([before, rowsOf(resolution, [...derived, stored, later])], RESOLUTION_COLUMNS[resolution].length);
}
