import type { DecodedArray } from 'hyparquet';
import { ServiceError } from '../../functions/platform/errors.ts';
import { joinRows, type RowBuffer } from '../state/row-buffer.ts';
import { RESOLUTION_COLUMNS, type Resolution } from '../state/shard-state.ts';
import { STEP_MS } from './derived-rollups.ts';
import { splitRuns } from './derived-runs.ts';
import { type ByteSource, openParquet, type RowGroup } from './parquet-reader.ts';
import { fromUnits, VALUE_COLUMNS } from './unit-columns.ts';

/**
 * In the properties of the file. Chunks without one are of version 1: every value as DOUBLE. In version 2 every bucket
 * has a row of its own.
 */
export const VERSION_PROPERTY = 'forewarn.chunk';
export const CHUNK_VERSION = 3;

/** Of one group, where a row stands for many buckets all of these. */
export const MOST_GROUP_ROWS = 65_536;

/** What of a chunk can be read by itself: rows of the series from the first to the last. */
export interface ChunkGroup extends RowGroup {
  readonly firstSeries: number;
  readonly lastSeries: number;
}

export interface Chunk {
  readonly groups: readonly ChunkGroup[];
  read(group: ChunkGroup, source: ByteSource): Promise<RowBuffer>;
}

/** Throws `store/version-unknown` for a chunk of a newer release, and `store/corrupt` where it cannot be read. */
export async function openChunk(resolution: Resolution, source: ByteSource): Promise<Chunk> {
  const file = await openParquet(source).catch(corrupt);
  const version = Number(file.properties.get(VERSION_PROPERTY) ?? 1);
  if (version > CHUNK_VERSION) {
    throw new ServiceError('store/version-unknown', `history: version ${version}, this release knows ${CHUNK_VERSION}`);
  }
  return {
    groups: file.groups.map((group) => {
      const { least, greatest } = file.range(group, 'series') ?? { least: 0, greatest: Number.POSITIVE_INFINITY };
      return { ...group, firstSeries: least, lastSeries: greatest };
    }),
    async read({ startRow, rows }, source) {
      const group = file.groups.find((other) => other.startRow === startRow && other.rows === rows)!;
      return toRows(resolution, await file.read(group, source).catch(corrupt), version);
    },
  };
}

/** What keeps the bytes from being read is no damage. */
function corrupt(cause: unknown): never {
  if (cause instanceof ServiceError) throw cause;
  throw new ServiceError('store/corrupt', 'history: a chunk cannot be read', { cause });
}

function toRows(resolution: Resolution, columns: ReadonlyMap<string, DecodedArray>, version: number): RowBuffer {
  const numbers = (name: string): Float64Array => toFloat64(columns.get(name) ?? []);
  const timestampsMs = numbers('timestamp');
  const rows: RowBuffer = {
    rows: timestampsMs.length,
    seriesIndexes: Uint32Array.from(columns.get('series') ?? []),
    timestampsMs,
    columns: version === 1 ? RESOLUTION_COLUMNS[resolution].map(numbers) : valueColumns(resolution, columns),
  };
  if (resolution === 'raw' || version < 3) return rows;
  const buckets = Int32Array.from(columns.get('buckets') ?? []);
  const isSound = buckets.length === rows.rows && buckets.every((count) => count >= 1);
  // A damaged number must not allocate.
  if (!isSound || buckets.reduce((sum, count) => sum + count, 0) > MOST_GROUP_ROWS) {
    return corrupt(new RangeError('the buckets of its rows are not as they are written'));
  }
  return splitRuns({ rows, buckets }, STEP_MS[resolution]);
}

function valueColumns(resolution: Resolution, columns: ReadonlyMap<string, DecodedArray>): Float64Array[] {
  const rows = columns.get('series')?.length ?? 0;
  // Columns that are null throughout are not there.
  const numbers = (name: string): Float64Array => toFloat64(columns.get(name) ?? new Float64Array(rows));
  const names = VALUE_COLUMNS[resolution];
  return fromUnits(
    {
      base: numbers('base'),
      multiplier: numbers('multiplier'),
      divisor: numbers('divisor'),
      units: names.map((name) => unitsOf(numbers(`${name}_units`), columns.get(name))),
      plain: names.map(numbers),
    },
    resolution === 'raw' ? undefined : numbers('count'),
  );
}

/** NaN where the plain column has the value. */
function unitsOf(units: Float64Array, plain: DecodedArray | undefined): Float64Array {
  if (plain === undefined) return units;
  for (let row = 0; row < units.length; row++) if (plain[row] !== null) units[row] = Number.NaN;
  return units;
}

export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return { sizeBytes: bytes.length, read: async (startByte, endByte) => bytes.subarray(startByte, endByte) };
}

/** All rows of a chunk; throws as openChunk does. */
export async function decodeChunk(resolution: Resolution, bytes: Uint8Array): Promise<RowBuffer> {
  const source = bytesInMemory(bytes);
  const chunk = await openChunk(resolution, source);
  const found: RowBuffer[] = [];
  for (const group of chunk.groups) found.push(await chunk.read(group, source));
  return found.length === 1 ? found[0]! : joinRows(found, RESOLUTION_COLUMNS[resolution].length);
}

const WORD = 2 ** 32;

/** Of INT64 without a BigInt for each; null as 0. */
function toFloat64(values: DecodedArray): Float64Array {
  if (values instanceof Float64Array) return values;
  const numbers = new Float64Array(values.length);
  if (!(values instanceof BigInt64Array)) {
    for (let i = 0; i < numbers.length; i++) numbers[i] = Number(values[i]);
    return numbers;
  }
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = words[2 * i]! + (words[2 * i + 1]! | 0) * WORD;
  return numbers;
}
