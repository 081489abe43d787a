import { createHash } from 'node:crypto';
import { type RowBuffer, rangeOfRows, sortedRows, withoutReplaced } from '../state/row-buffer.ts';
import type { ChunkRef, Resolution } from '../state/shard-state.ts';
import { STEP_MS } from './derived-rollups.ts';
import { joinRuns, type Runs } from './derived-runs.ts';
import { CHUNK_VERSION, MOST_GROUP_ROWS, VERSION_PROPERTY } from './open-chunk.ts';
import { type Effort, type FileColumn, writeParquet } from './parquet-writer.ts';
import { toUnits, VALUE_COLUMNS } from './unit-columns.ts';

/*
 * A chunk is one Parquet object with rows of many series of one shard: `series` (the integer that the shard gave the
 * series), `timestamp` (milliseconds; for rollups the start of the bucket) and the values of its resolution, as whole
 * numbers where they are such (see unit-columns.ts and data/formats.md).
 */

export interface EncodedChunk {
  readonly ref: ChunkRef;
  readonly bytes: Uint8Array;
}

/**
 * A reader of one series reads and decodes only the groups of rows that hold it, which is mostly one: from so many rows on
 * a group ends with a series. What a file says of each group takes about a kilobyte.
 */
const GROUP_ROWS = 16_384;

/**
 * Of rollup rows for one bucket only the last. The same rows give the same key, so that writing a chunk again after a crash
 * changes nothing.
 */
export function encodeChunk(
  workspace: string,
  shard: number,
  resolution: Resolution,
  unordered: RowBuffer,
  effort: Effort = 'thorough',
): EncodedChunk {
  const sorted = sortedRows(unordered);
  const rows = resolution === 'raw' ? sorted : withoutReplaced(sorted);
  const properties = { [VERSION_PROPERTY]: String(CHUNK_VERSION) };
  const bytes = writeParquet(fileGroups(resolution, runsOf(resolution, rows)), properties, effort);
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const timestampMs of rows.timestampsMs) {
    if (timestampMs < fromMs) fromMs = timestampMs;
    if (timestampMs > toMs) toMs = timestampMs;
  }
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const key = `history/${workspace}/${shard}/${resolution}/${new Date(fromMs).toISOString().slice(0, 10)}/${hash}.parquet`;
  return { ref: { resolution, key, fromMs, toMs, rows: rows.rows, sizeBytes: bytes.length }, bytes };
}

function runsOf(resolution: Resolution, rows: RowBuffer): Runs {
  return resolution === 'raw'
    ? { rows, buckets: new Int32Array(rows.rows).fill(1) }
    : joinRuns(rows, STEP_MS[resolution]);
}

function* fileGroups(resolution: Resolution, { rows, buckets }: Runs): Generator<FileColumn[]> {
  let left = buckets.reduce((sum, count) => sum + count, 0);
  for (let from = 0, to = 0; from < rows.rows; from = to) {
    to = endOfGroup(rows, buckets, from, left);
    const own = buckets.subarray(from, to);
    left -= own.reduce((sum, count) => sum + count, 0);
    yield fileColumns(resolution, { rows: rangeOfRows(rows, from, to), buckets: own });
  }
}

/** `left` is how many buckets the rows from here on stand for. */
function endOfGroup({ rows, seriesIndexes }: RowBuffer, buckets: Int32Array, from: number, left: number): number {
  const isFull = (end: number): boolean => end - from >= GROUP_ROWS && seriesIndexes[end] !== seriesIndexes[end - 1];
  let end = from;
  let held = 0;
  while (end < rows && held + buckets[end]! <= MOST_GROUP_ROWS && !isFull(end)) held += buckets[end++]!;
  // A few rows that are left are no group of their own.
  return rows - end < GROUP_ROWS / 2 && left <= MOST_GROUP_ROWS ? rows : end;
}

function fileColumns(resolution: Resolution, { rows, buckets }: Runs): FileColumn[] {
  const columns = toUnits(resolution, rows);
  const counts = resolution === 'raw' ? undefined : rows.columns[0]!;
  return [
    {
      name: 'series',
      type: 'INT32',
      values: Int32Array.from(rows.seriesIndexes),
      encodings: ['DELTA_BINARY_PACKED'],
      statistics: true,
    },
    { name: 'timestamp', type: 'INT64', values: rows.timestampsMs, encodings: ['DELTA_BINARY_PACKED'] },
    ...(counts === undefined ? [] : [bucketsColumn(buckets)]),
    baseColumn(columns.base, counts),
    { name: 'multiplier', type: 'DOUBLE', values: columns.multiplier, encodings: ['PLAIN'] },
    { name: 'divisor', type: 'DOUBLE', values: columns.divisor, encodings: ['PLAIN'] },
    ...(counts === undefined ? [] : [countColumn(counts)]),
    ...VALUE_COLUMNS[resolution].flatMap((name, place) => [
      unitsColumn(`${name}_units`, columns.units[place]!),
      plainColumn(name, columns.plain[place]!, columns.units[place]!, counts),
    ]),
  ];
}

function bucketsColumn(buckets: Int32Array): FileColumn {
  return { name: 'buckets', type: 'INT32', values: buckets, encodings: ['DELTA_BINARY_PACKED'] };
}

/** Null where a row has no values, so that nothing computed from it is one either. */
function baseColumn(base: Float64Array, counts: Float64Array | undefined): FileColumn {
  return counts === undefined
    ? { name: 'base', type: 'DOUBLE', values: base, encodings: ['PLAIN'] }
    : { name: 'base', ...nullable(base, (row) => counts[row] === 0) };
}

function countColumn(counts: Float64Array): FileColumn {
  return { name: 'count', ...nullable(counts, (row) => counts[row] === 0) };
}

function nullable(column: Float64Array, isNull: (row: number) => boolean): Omit<FileColumn, 'name'> {
  const present = new Uint8Array(column.length);
  const values = new Float64Array(column.length);
  let filled = 0;
  for (let row = 0; row < column.length; row++) {
    if (isNull(row)) continue;
    present[row] = 1;
    values[filled++] = column[row]!;
  }
  return {
    type: 'DOUBLE',
    values: values.subarray(0, filled),
    present,
    // They say which columns are null throughout, for readers to pass over.
    statistics: true,
    encodings: filled === 0 ? ['PLAIN'] : ['PLAIN', 'BYTE_STREAM_SPLIT'],
  };
}

/** Zero where the value is in its plain column. */
function unitsColumn(name: string, units: Float64Array): FileColumn {
  const numbers = units.map((value) => (Number.isNaN(value) ? 0 : value));
  return { name, type: 'INT64', values: numbers, encodings: ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'] };
}

function plainColumn(
  name: string,
  values: Float64Array,
  units: Float64Array,
  counts: Float64Array | undefined,
): FileColumn {
  return { name, ...nullable(values, (row) => !Number.isNaN(units[row]!) || counts?.[row] === 0) };
}
