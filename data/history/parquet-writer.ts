import { constants, zstdCompressSync } from 'node:zlib';
import type { ColumnChunk, Statistics } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { canPackDeltas, packDeltas } from './delta-packing.ts';
import { encodeLevels, encodePageHead } from './thrift-page.ts';

type Encoding = 'PLAIN' | 'DELTA_BINARY_PACKED' | 'BYTE_STREAM_SPLIT';

export interface FileColumn extends Pick<ColumnSource, 'name'> {
  readonly type: 'INT32' | 'INT64' | 'DOUBLE';
  /** Those of the rows that are not null. Those of an INT64 column are whole numbers as float64. */
  readonly values: Int32Array | Float64Array;
  /** Only where rows may be null: for each row whether it has a value. */
  readonly present?: Uint8Array;
  /** Whether the file says smallest and largest value and number of nulls of each group. */
  readonly statistics?: boolean;
  /** Those that suit the values; the one that some of them take least with is taken. */
  readonly encodings: readonly Encoding[];
}

/** How much processor time a byte less is worth. */
export type Effort = 'quick' | 'thorough';

/**
 * Levels of zstd. The thorough one is the first that codes each stretch of a page by its own frequencies, which the bytes of
 * numbers gain most from; the quick one takes less than half of the time for 3 to 4 % more bytes.
 */
const ZSTD_LEVELS: Readonly<Record<Effort, number>> = { quick: 9, thorough: 16 };

type Compress = (bytes: Uint8Array) => Uint8Array;

function createCompress(effort: Effort): Compress {
  const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVELS[effort] };
  return (bytes) => zstdCompressSync(bytes, { params });
}

/** The columns of each group of rows, in the same order in all of them; each becomes one page. */
export function writeParquet(
  groups: Iterable<readonly FileColumn[]>,
  properties: Readonly<Record<string, string>>,
  effort: Effort = 'thorough',
): Uint8Array {
  const compress = createCompress(effort);
  const target = new ByteWriter();
  let writer: ParquetWriter | undefined;
  for (const columns of groups) {
    writer ??= new ParquetWriter({
      writer: target,
      schema: schemaFromColumnData({ columnData: columns.map(describeColumn) }),
      codec: 'ZSTD',
      createdBy: 'forewarn',
      kvMetadata: Object.entries(properties).map(([key, value]) => ({ key, value })),
    });
    const startByte = target.offset;
    const chunks = columns.map((column) => writeColumn(target, column, compress));
    const rows = BigInt(rowsOf(columns[0]!));
    writer.num_rows += rows;
    writer.row_groups.push({
      columns: chunks,
      total_byte_size: chunks.reduce((sum, { meta_data }) => sum + meta_data!.total_uncompressed_size, 0n),
      num_rows: rows,
      total_compressed_size: BigInt(target.offset - startByte),
    });
  }
  void writer?.finish(); // to memory: done when it returns
  return new Uint8Array(target.getBuffer());
}

function describeColumn({ name, type, present }: FileColumn): ColumnSource {
  return { name, type, nullable: present !== undefined, data: [] };
}

function rowsOf({ values, present }: FileColumn): number {
  return present?.length ?? values.length;
}

function writeColumn(target: ByteWriter, column: FileColumn, compress: Compress): ColumnChunk {
  const { name, type, values, present, statistics = false } = column;
  const encoding = smallestEncoding(column, compress);
  const plain = encodeValues(type, encoding, values);
  const compressed = compress(plain);
  const levels = present === undefined ? new Uint8Array(0) : encodeLevels(present);
  const rows = rowsOf(column);
  const nulls = rows - values.length;
  const startByte = target.offset;
  const sizes = { levelBytes: levels.length, valueBytes: plain.length, compressedValueBytes: compressed.length };
  const head = encodePageHead({ rows, nulls, encoding, ...sizes });
  for (const part of [head, levels, compressed]) target.appendBytes(part);
  return {
    meta_data: {
      type,
      encodings: [encoding],
      path_in_schema: [name],
      codec: 'ZSTD',
      num_values: BigInt(rows),
      total_compressed_size: BigInt(target.offset - startByte),
      total_uncompressed_size: BigInt(head.length + levels.length + plain.length),
      data_page_offset: BigInt(startByte),
      ...(statistics && {
        statistics: statisticsOf(type, values, nulls),
        encoding_stats: [{ page_type: 'DATA_PAGE_V2', encoding, count: 1 }],
      }),
    },
    file_offset: BigInt(startByte),
  };
}

const TRIAL_RUNS = 8;
const TRIAL_RUN_VALUES = 256;

function smallestEncoding({ type, values, encodings }: FileColumn, compress: Compress): Encoding {
  const possible = encodings.filter((encoding) => encoding !== 'DELTA_BINARY_PACKED' || canPackDeltas(values));
  if (possible.length < 2) return possible[0] ?? 'PLAIN';
  const some = someOf(values);
  const sizes = possible.map((encoding) => compress(encodeValues(type, encoding, some)).length);
  return possible[sizes.indexOf(Math.min(...sizes))]!;
}

/** Runs from all over the column, which takes series of every kind. */
function someOf(values: Int32Array | Float64Array): Float64Array {
  if (values.length <= TRIAL_RUNS * TRIAL_RUN_VALUES) return Float64Array.from(values);
  const some = new Float64Array(TRIAL_RUNS * TRIAL_RUN_VALUES);
  for (let run = 0; run < TRIAL_RUNS; run++) {
    const start = Math.floor((run * values.length) / TRIAL_RUNS);
    some.set(values.subarray(start, start + TRIAL_RUN_VALUES), run * TRIAL_RUN_VALUES);
  }
  return some;
}

function encodeValues(type: FileColumn['type'], encoding: Encoding, values: Int32Array | Float64Array): Uint8Array {
  if (encoding === 'DELTA_BINARY_PACKED') return packDeltas(values);
  const numbers = type === 'INT64' ? toIntegers(values) : values;
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return encoding === 'PLAIN' ? bytes : splitStreams(bytes, numbers.BYTES_PER_ELEMENT);
}

/** The first bytes of all numbers, then the second ones, and so on. */
function splitStreams(bytes: Uint8Array, width: number): Uint8Array {
  const split = new Uint8Array(bytes.length);
  const count = bytes.length / width;
  for (let place = 0, to = 0; place < width; place++) {
    for (let number = 0; number < count; number++) split[to++] = bytes[number * width + place]!;
  }
  return split;
}

const WORD = 2 ** 32;

/** Without a BigInt for each. */
function toIntegers(values: Int32Array | Float64Array): BigInt64Array {
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

/** `hyparquet` does not know the number of NaNs yet. */
type KnownStatistics = Statistics & { readonly nan_count?: bigint };

function statisticsOf(type: FileColumn['type'], values: Int32Array | Float64Array, nulls: number): KnownStatistics {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let numbers = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    numbers++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return {
    // Zeros of both signs lie within.
    ...(numbers > 0 && { min_value: least === 0 ? -0 : least, max_value: most === 0 ? 0 : most }),
    null_count: BigInt(nulls),
    ...(type === 'DOUBLE' && { nan_count: BigInt(values.length - numbers) }),
  };
}
