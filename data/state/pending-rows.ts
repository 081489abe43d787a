import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { corruptState } from './frame.ts';
import { createReusedBytes } from './reused-bytes.ts';
import { createRowBuffer, type RowBuffer } from './row-buffer.ts';
import { createSectionReader, createSectionWriter, padded, type SectionReader } from './sections.ts';
import { RESOLUTION_COLUMNS, RESOLUTIONS, type Resolution, type ShardView } from './shard-state.ts';

/*
 * The rows that wait for a chunk are most of a state with few series, and it is written with every batch. They compress
 * to a fifth or less at about a gigabyte a second, which is less than it takes to write the rest.
 */

type Rows = ShardView['pending'];
export type RowCounts = Readonly<Record<Resolution, number>>;

const ZSTD_OPTIONS = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    // The front of a state has a checksum of its own.
    [constants.ZSTD_c_checksumFlag]: 0,
  },
};

export interface PackedRows {
  readonly bytes: Uint8Array;
  readonly isCompressed: boolean;
}

const plainRows = createReusedBytes();

/** Compressed where that makes them smaller. */
export function packRows(pending: Rows): PackedRows {
  const columns = RESOLUTIONS.flatMap((resolution) => columnsOf(pending[resolution]));
  const plain = plainRows.take(columns.reduce((sum, column) => sum + padded(column.byteLength), 0));
  const { write } = createSectionWriter(plain, 0);
  for (const column of columns) write(column);
  const compressed = zstdCompressSync(plain, ZSTD_OPTIONS);
  if (compressed.length >= plain.length) return { bytes: plain, isCompressed: false };
  plainRows.giveBack(plain);
  return { bytes: compressed, isCompressed: true };
}

function columnsOf({ rows, seriesIndexes, timestampsMs, columns }: RowBuffer): (Uint32Array | Float64Array)[] {
  return [seriesIndexes, timestampsMs, ...columns].map((column) => column.subarray(0, rows));
}

/** Rows that stand in the state as they are. */
export function readRows(reader: SectionReader, counts: RowCounts): Rows {
  const read = (resolution: Resolution): RowBuffer =>
    readBuffer(reader, counts[resolution], RESOLUTION_COLUMNS[resolution].length);
  const [raw, fiveMinutes, hours] = RESOLUTIONS.map(read);
  return { raw: raw!, '5m': fiveMinutes!, '1h': hours! };
}

function readBuffer(reader: SectionReader, rows: number, columnCount: number): RowBuffer {
  if (rows === 0) return createRowBuffer(columnCount);
  const seriesIndexes = reader.indexes(rows);
  const timestampsMs = reader.floats(rows);
  const columns = Array.from({ length: columnCount }, () => reader.floats(rows));
  return { rows, seriesIndexes, timestampsMs, columns };
}

/** Rows that were compressed; throws `store/corrupt` where they are not as many as the header says. */
export function unpackRows(compressed: Uint8Array, counts: RowCounts): Rows {
  const sizeBytes = RESOLUTIONS.reduce((sum, resolution) => sum + sizeOfRows(resolution, counts[resolution]), 0);
  const plain = decompress(compressed, sizeBytes);
  if (plain.length !== sizeBytes) throw corruptState(`${plain.length} bytes of rows, not ${sizeBytes}`);
  return readRows(createSectionReader(plain, 0), counts);
}

function sizeOfRows(resolution: Resolution, rows: number): number {
  const timeAndValues = 1 + RESOLUTION_COLUMNS[resolution].length;
  return padded(rows * Uint32Array.BYTES_PER_ELEMENT) + timeAndValues * rows * Float64Array.BYTES_PER_ELEMENT;
}

function decompress(compressed: Uint8Array, sizeBytes: number): Uint8Array {
  try {
    return zstdDecompressSync(compressed, { maxOutputLength: sizeBytes });
  } catch (error) {
    throw corruptState(`its rows cannot be decompressed: ${(error as Error).message}`);
  }
}
