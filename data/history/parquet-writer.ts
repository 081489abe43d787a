import { constants, zstdCompressSync } from 'node:zlib';
import type { DecodedArray } from 'hyparquet';
import {
  ByteWriter,
  type ColumnSource,
  ParquetWriter,
  parquetWriteBuffer,
  schemaFromColumnData,
} from 'hyparquet-writer';

export interface FileColumn extends Pick<ColumnSource, 'name' | 'type' | 'nullable' | 'statistics'> {
  /** Those of an INT64 column are whole numbers as float64. */
  readonly data: DecodedArray;
  /** Those that suit the values; the one that some of them take least with is taken. */
  readonly encodings: readonly NonNullable<ColumnSource['encoding']>[];
}

/** The first level that codes each stretch of a page by its own frequencies, which the bytes of numbers gain most from. */
const ZSTD_LEVEL = 16;
const COMPRESSORS = {
  ZSTD: (input: Uint8Array) => zstdCompressSync(input, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
};

/** The columns of each group of rows, in the same order in all of them. */
export function writeParquet(
  groups: Iterable<readonly FileColumn[]>,
  properties: Readonly<Record<string, string>>,
): Uint8Array {
  const target = new ByteWriter();
  let writer: ParquetWriter | undefined;
  for (const columns of groups) {
    const columnData = columns.map(inSmallestEncoding);
    writer ??= new ParquetWriter({
      writer: target,
      schema: schemaFromColumnData({ columnData }),
      codec: 'ZSTD',
      compressors: COMPRESSORS,
      createdBy: 'forewarn',
      kvMetadata: Object.entries(properties).map(([key, value]) => ({ key, value })),
    });
    // To memory: done when it returns.
    void writer.write({ columnData, rowGroupSize: columnData[0]!.data.length });
  }
  void writer?.finish();
  return new Uint8Array(target.getBuffer());
}

function inSmallestEncoding({ encodings, data, ...column }: FileColumn): ColumnSource {
  // Nobody reads the indexes, and they take room.
  const encoded = (encoding: ColumnSource['encoding'], values: DecodedArray): ColumnSource => ({
    statistics: false,
    offsetIndex: false,
    ...column,
    encoding,
    data: column.type === 'INT64' ? toIntegers(values as Float64Array, encoding) : values,
  });
  if (encodings.length === 1) return encoded(encodings[0], data);
  const some = someOf(data);
  const sizes = encodings.map((encoding) => sizeOf(encoded(encoding, some)));
  return encoded(encodings[sizes.indexOf(Math.min(...sizes))], data);
}

const TRIAL_RUNS = 8;
const TRIAL_RUN_VALUES = 128;

/** Runs from all over the column, which takes series of every kind. */
function someOf(data: DecodedArray): DecodedArray {
  const values = TRIAL_RUNS * TRIAL_RUN_VALUES;
  if (data.length <= values) return data;
  const starts = Array.from({ length: TRIAL_RUNS }, (_, run) => Math.floor((run * data.length) / TRIAL_RUNS));
  if (!(data instanceof Float64Array)) {
    return starts.flatMap((start) => Array.from(data.slice(start, start + TRIAL_RUN_VALUES)) as (number | null)[]);
  }
  const some = new Float64Array(values);
  for (const [run, start] of starts.entries()) {
    some.set(data.subarray(start, start + TRIAL_RUN_VALUES), run * TRIAL_RUN_VALUES);
  }
  return some;
}

function sizeOf(column: ColumnSource): number {
  const options = { codec: 'ZSTD', compressors: COMPRESSORS, rowGroupSize: column.data.length } as const;
  return parquetWriteBuffer({ ...options, columnData: [column] }).byteLength;
}

const WORD = 2 ** 32;

/** Small numbers are packed to the same bytes much faster where they are no BigInts. */
function toIntegers(values: Float64Array, encoding: ColumnSource['encoding']): Int32Array | BigInt64Array {
  if (encoding === 'DELTA_BINARY_PACKED' && values.every((value) => value === (value | 0))) {
    return Int32Array.from(values);
  }
  // Without a BigInt for each.
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
