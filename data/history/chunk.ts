import { createHash } from 'node:crypto';
import { type RowBuffer, rangeOfRows, sortedRows, withoutReplaced } from '../state/row-buffer.ts';
import type { ChunkRef, Resolution } from '../state/shard-state.ts';
import { CHUNK_VERSION, VERSION_PROPERTY } from './open-chunk.ts';
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

/** A reader of one series decodes only the groups of rows that hold it. */
const GROUP_ROWS = 65_536;

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
  for (let from = 0; from < rows.rows; from += GROUP_ROWS) {
    yield fileColumns(resolution, rangeOfRows(rows, from, Math.min(from + GROUP_ROWS, rows.rows)));
  }
}

function fileColumns(resolution: Resolution, rows: RowBuffer): FileColumn[] {
  const columns = toUnits(resolution, rows);
  const counts = resolution === 'raw' ? undefined : rows.columns[0]!;
  return [
    {
      name: 'series',
      type: 'INT32',
      data: Int32Array.from(rows.seriesIndexes),
      encodings: ['DELTA_BINARY_PACKED'],
      statistics: true,
    },
    { name: 'timestamp', type: 'INT64', data: toInt64(rows.timestampsMs), encodings: ['DELTA_BINARY_PACKED'] },
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
  let nulls = 0;
  for (let row = 0; row < values.length; row++) if (isNull(row)) nulls++;
  const data = nulls === 0 ? values : Array.from(values, (value, row) => (isNull(row) ? null : value));
  return {
    type: 'DOUBLE',
    nullable: true,
    // They say which columns are null throughout, for readers to pass over.
    statistics: true,
    data,
    encodings: nulls === values.length ? ['PLAIN'] : ['PLAIN', 'BYTE_STREAM_SPLIT'],
  };
}

/** Zero where the value is in its plain column. */
function unitsColumn(name: string, units: Float64Array): FileColumn {
  const numbers = units.map((value) => (Number.isNaN(value) ? 0 : value));
  return { name, type: 'INT64', data: toInt64(numbers), encodings: ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'] };
}

function plainColumn(
  name: string,
  values: Float64Array,
  units: Float64Array,
  counts: Float64Array | undefined,
): FileColumn {
  return { name, ...nullable(values, (row) => !Number.isNaN(units[row]!) || counts?.[row] === 0) };
}

const WORD = 2 ** 32;

/** Whole numbers of float64, without a BigInt for each. */
function toInt64(values: Float64Array): BigInt64Array {
  const numbers = new BigInt64Array(values.length);
  const words = new Uint32Array(numbers.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const high = Math.floor(value / WORD);
    words[2 * i] = value - high * WORD;
    words[2 * i + 1] = high;
  }
  return numbers;
}
