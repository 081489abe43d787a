import { appendRow, createRowBuffer, type RowBuffer, rangeOfRows } from '../state/row-buffer.ts';

/*
 * Buckets whose values the samples say (derived-rollups.ts) mostly follow each other without a gap. In a chunk a run of
 * them is one row, which says how many they are.
 */

export interface Runs {
  /** Of a run its first bucket. */
  readonly rows: RowBuffer;
  /** For each row how many buckets it stands for; 1 for those with values. */
  readonly buckets: Int32Array;
}

/** What one row stands for at most: several of them are read as one group. */
const MOST_RUN_BUCKETS = 16_384;

/** The rows must be sorted. A count of 0 says that a bucket has no values. */
export function joinRuns(sorted: RowBuffer, stepMs: number): Runs {
  const { rows, seriesIndexes, timestampsMs, columns } = sorted;
  const [counts] = columns;
  const isNext = (row: number): boolean =>
    counts![row] === 0 &&
    counts![row - 1] === 0 &&
    seriesIndexes[row] === seriesIndexes[row - 1] &&
    timestampsMs[row] === timestampsMs[row - 1]! + stepMs;
  const joined = createRowBuffer(columns.length);
  const buckets: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (row > 0 && isNext(row) && buckets.at(-1)! < MOST_RUN_BUCKETS) {
      buckets[buckets.length - 1]!++;
      continue;
    }
    const place = appendRow(joined, seriesIndexes[row]!, timestampsMs[row]!);
    for (const [column, values] of columns.entries()) joined.columns[column]![place] = values[row]!;
    buckets.push(1);
  }
  return { rows: rangeOfRows(joined, 0, joined.rows), buckets: Int32Array.from(buckets) };
}

/** A row for every bucket. */
export function splitRuns({ rows: joined, buckets }: Runs, stepMs: number): RowBuffer {
  const { rows, seriesIndexes, timestampsMs, columns } = joined;
  const split = createRowBuffer(
    columns.length,
    buckets.reduce((sum, count) => sum + count, 0),
  );
  for (let row = 0; row < rows; row++) {
    for (let bucket = 0; bucket < buckets[row]!; bucket++) {
      const place = appendRow(split, seriesIndexes[row]!, timestampsMs[row]! + bucket * stepMs);
      for (const [column, values] of columns.entries()) split.columns[column]![place] = values[row]!;
    }
  }
  return split;
}
