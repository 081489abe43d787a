import { createHash } from 'node:crypto';
import { type RowBuffer, rangeOfRows, sortedRows, withoutReplaced } from '../state/row-buffer.ts';
import type { ChunkRef, Resolution } from '../state/shard-state.ts';
import { STEP_MS } from './derived-rollups.ts';
import { joinRuns } from './derived-runs.ts';
import { CHUNK_VERSION, MOST_GROUP_ROWS, VERSION_PROPERTY } from './open-chunk.ts';
import { type FileColumn, writeParquet } from './parquet-writer.ts';
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
 * a group ends with a series. What a file says of each group takes about a kilobyte, as much as many thousand rollups.
 */
const GROUP_ROWS: Readonly<Record<Resolution, number>> = { raw: 16_384, '5m': 65_536, '1h': 65_536 };

/**
 * Of rollup rows for one bucket only the last. The same rows give the same key, so that writing a chunk again after a crash
 * changes nothing.
 */
export function encodeChunk(
  workspace: string,
  shard: number,
  resolution: Resolution,
  unordered: RowBuffer,
): EncodedChunk {
  const sorted = sortedRows(unordered);
  const rows = resolution === 'raw' ? sorted : withoutReplaced(sorted);
  const bytes = writeParquet(fileGroups(resolution, rows), { [VERSION_PROPERTY]: String(CHUNK_VERSION) });
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

function* fileGroups(resolution: Resolution, rows: RowBuffer): Generator<FileColumn[]> {
  for (let from = 0, to = 0; from < rows.rows; from = to) {
    to = endOfGroup(rows, from, GROUP_ROWS[resolution]);
    yield fileColumns(resolution, rangeOfRows(rows, from, to));
  }
}

function endOfGroup({ rows, seriesIndexes }: RowBuffer, from: number, enough: number): number {
  const most = Math.min(rows, from + MOST_GROUP_ROWS);
  let end = Math.min(rows, from + enough);
  while (end < most && seriesIndexes[end] === seriesIndexes[end - 1]) end++;
  // A few rows that are left are no group of their own.
  return rows - end < enough / 2 ? most : end;
}

function fileColumns(resolution: Resolution, all: RowBuffer): FileColumn[] {
  const runs = resolution === 'raw' ? undefined : joinRuns(all, STEP_MS[resolution]);
  const rows = runs === undefined ? all : rangeOfRows(runs.rows, 0, runs.rows.rows);
  const columns = toUnits(resolution, rows);
  const counts = runs && rows.columns[0]!;
  return [
    {
      name: 'series',
      type: 'INT32',
      data: Int32Array.from(rows.seriesIndexes),
      encodings: ['DELTA_BINARY_PACKED'],
      statistics: true,
    },
    { name: 'timestamp', type: 'INT64', data: rows.timestampsMs, encodings: ['DELTA_BINARY_PACKED'] },
    ...(runs === undefined ? [] : [bucketsColumn(runs.buckets)]),
    baseColumn(columns.base, counts),
    { name: 'multiplier', type: 'DOUBLE', data: columns.multiplier, encodings: ['PLAIN'] },
    { name: 'divisor', type: 'DOUBLE', data: columns.divisor, encodings: ['PLAIN'] },
    ...(counts === undefined ? [] : [countColumn(counts)]),
    ...VALUE_COLUMNS[resolution].flatMap((name, place) => [
      unitsColumn(`${name}_units`, columns.units[place]!),
      plainColumn(name, columns.plain[place]!, columns.units[place]!, counts),
    ]),
  ];
}

function bucketsColumn(buckets: Int32Array): FileColumn {
  return { name: 'buckets', type: 'INT32', data: buckets, encodings: ['DELTA_BINARY_PACKED'] };
}

/** Null where a row has no values, so that nothing computed from it is one either. */
function baseColumn(base: Float64Array, counts: Float64Array | undefined): FileColumn {
  return counts === undefined
    ? { name: 'base', type: 'DOUBLE', data: base, encodings: ['PLAIN'] }
    : { name: 'base', ...nullable(base, (row) => counts[row] === 0) };
}

function countColumn(counts: Float64Array): FileColumn {
  return { name: 'count', ...nullable(counts, (row) => counts[row] === 0) };
}

function nullable(values: Float64Array, isNull: (row: number) => boolean): Omit<FileColumn, 'name'> {
  const data: (number | null)[] = [];
  let filled = 0;
  for (let row = 0; row < values.length; row++) {
    if (isNull(row)) {
      data.push(null);
      continue;
    }
    data.push(values[row]!);
    filled++;
  }
  return {
    type: 'DOUBLE',
    nullable: true,
    // They say which columns are null throughout, for readers to pass over.
    statistics: true,
    data: filled === values.length ? values : data,
    encodings: filled === 0 ? ['PLAIN'] : ['PLAIN', 'BYTE_STREAM_SPLIT'],
  };
}

/** Zero where the value is in its plain column. */
function unitsColumn(name: string, units: Float64Array): FileColumn {
  const numbers = units.map((value) => (Number.isNaN(value) ? 0 : value));
  return { name, type: 'INT64', data: numbers, encodings: ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'] };
}

function plainColumn(
  name: string,
  values: Float64Array,
  units: Float64Array,
  counts: Float64Array | undefined,
): FileColumn {
  return { name, ...nullable(values, (row) => !Number.isNaN(units[row]!) || counts?.[row] === 0) };
}
