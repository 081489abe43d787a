import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { parquetRead } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { type RowBuffer, sortedRows } from '../state/row-buffer.ts';
import { type ChunkRef, RESOLUTION_COLUMNS, type Resolution } from '../state/shard-state.ts';

/*
 * A chunk is one Parquet object with rows of many series of one shard: `series` (the integer that the shard gave the
 * series), `timestamp` (milliseconds; for rollups the start of the bucket) and the value columns of its resolution.
 */

export interface EncodedChunk {
  readonly ref: ChunkRef;
  readonly bytes: Uint8Array;
}

/** The same rows give the same key, so that writing a chunk again after a crash changes nothing. */
export function encodeChunk(
  workspace: string,
  shard: number,
  resolution: Resolution,
  pending: RowBuffer,
): EncodedChunk {
  const rows = sortedRows(pending);
  const columnData = [
    { name: 'series', data: Int32Array.from(rows.seriesIndexes), type: 'INT32' as const },
    { name: 'timestamp', data: BigInt64Array.from(rows.timestampsMs, BigInt), type: 'INT64' as const },
    ...RESOLUTION_COLUMNS[resolution].map((name, i) => ({ name, data: rows.columns[i]!, type: 'DOUBLE' as const })),
  ];
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData,
      codec: 'ZSTD',
      compressors: { ZSTD: (input: Uint8Array) => zstdCompressSync(input) },
      rowGroupSize: rows.rows,
    }),
  );
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

export async function decodeChunk(resolution: Resolution, bytes: Uint8Array): Promise<RowBuffer> {
  const columns = new Map<string, ArrayLike<number | bigint>>();
  await parquetRead({
    file: exactBuffer(bytes),
    compressors: { ZSTD: (input: Uint8Array) => zstdDecompressSync(input) },
    // One row group, so each column arrives once and whole.
    onChunk: (chunk) => columns.set(chunk.columnName, chunk.columnData as ArrayLike<number | bigint>),
  });
  const numbers = (name: string): Float64Array => Float64Array.from(columns.get(name) ?? [], Number);
  const timestampsMs = numbers('timestamp');
  return {
    rows: timestampsMs.length,
    seriesIndexes: Uint32Array.from(numbers('series')),
    timestampsMs,
    columns: RESOLUTION_COLUMNS[resolution].map(numbers),
  };
}

function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer;
}
