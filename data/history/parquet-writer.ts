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
  readonly data: DecodedArray;
  /** Those that suit the values; the one that turns out smaller is taken. */
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

function inSmallestEncoding({ encodings, ...column }: FileColumn): ColumnSource {
  // Nobody reads the indexes, and they take room.
  const written = encodings.map((encoding) => ({ statistics: false, offsetIndex: false, ...column, encoding }));
  if (written.length === 1) return written[0]!;
  const sizes = written.map((one) => sizeOf(one));
  return written[sizes.indexOf(Math.min(...sizes))]!;
}

function sizeOf(column: ColumnSource): number {
  const options = { codec: 'ZSTD', compressors: COMPRESSORS, rowGroupSize: column.data.length } as const;
  return parquetWriteBuffer({ ...options, columnData: [column] }).byteLength;
}
