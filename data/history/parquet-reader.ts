import { zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type DecodedArray, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';

/** Where the bytes of a file are; only those that are needed are asked for. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Up to and without endByte. */
  read(startByte: number, endByte: number): Promise<Uint8Array>;
}

export interface RowGroup {
  readonly startRow: number;
  readonly rows: number;
}

export interface ParquetFile {
  readonly properties: ReadonlyMap<string, string>;
  readonly groups: readonly RowGroup[];
  /** Least and greatest value of the column in a group; undefined where the file does not say. */
  range(group: RowGroup, column: string): { readonly least: number; readonly greatest: number } | undefined;
  /** Every column of one group, as a whole; without those that the file says are null in all of its rows. */
  read(group: RowGroup, source: ByteSource): Promise<ReadonlyMap<string, DecodedArray>>;
}

/** Read at once from the end of a file: mostly all that it says of its columns. */
const FOOTER_BYTES = 32_768;

/** Reads what the file says of itself. Its bytes are not kept: every reading brings them. */
export async function openParquet(source: ByteSource): Promise<ParquetFile> {
  const metadata = await parquetMetadataAsync(asyncBuffer(source), { initialFetchSize: FOOTER_BYTES });
  const groups: RowGroup[] = [];
  let startRow = 0;
  for (const { num_rows } of metadata.row_groups) {
    groups.push({ startRow, rows: Number(num_rows) });
    startRow += Number(num_rows);
  }
  return {
    properties: new Map(metadata.key_value_metadata?.map(({ key, value }) => [key, value ?? ''])),
    groups,
    range: (group, column) => rangeOf(metadata, groups.indexOf(group), column),
    async read(group, source) {
      const { startRow, rows } = group;
      const columns = new Map<string, DecodedArray>();
      await parquetRead({
        file: asyncBuffer(source),
        metadata,
        columns: filledColumns(metadata.row_groups[groups.indexOf(group)]!),
        rowStart: startRow,
        rowEnd: startRow + rows,
        compressors: { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) },
        onChunk: ({ columnName, columnData }) => columns.set(columnName, columnData),
      });
      return columns;
    },
  };
}

function asyncBuffer({ sizeBytes, read }: ByteSource): AsyncBuffer {
  return {
    byteLength: sizeBytes,
    async slice(startByte, endByte = sizeBytes) {
      const bytes = await read(startByte, endByte);
      return new Uint8Array(bytes).buffer;
    },
  };
}

function filledColumns({ columns, num_rows }: FileMetaData['row_groups'][number]): string[] {
  const filled = columns.filter(({ meta_data }) => meta_data?.statistics?.null_count !== num_rows);
  return filled.map(({ meta_data }) => meta_data!.path_in_schema[0]!);
}

function rangeOf(
  metadata: FileMetaData,
  group: number,
  column: string,
): { readonly least: number; readonly greatest: number } | undefined {
  const found = metadata.row_groups[group]?.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === column);
  const { min_value, max_value } = found?.meta_data?.statistics ?? {};
  return typeof min_value === 'number' && typeof max_value === 'number'
    ? { least: min_value, greatest: max_value }
    : undefined;
}
