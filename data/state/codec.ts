import { crc32 } from 'node:zlib';
import { ServiceError } from '../../functions/platform/errors.ts';
import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import { createRowBuffer, type RowBuffer } from './row-buffer.ts';
import {
  type ChunkRef,
  type Outbox,
  RESOLUTION_COLUMNS,
  RESOLUTIONS,
  type Resolution,
  type ShardCounters,
  type ShardState,
  type SlotLayout,
  slotWords,
} from './shard-state.ts';

/*
 * A shard's state as bytes (little-endian; see data/formats.md):
 *   0  magic "FWST"   4  version   8  length of the JSON header   12  CRC-32 of everything from byte 16
 *   16 JSON header, padded with spaces to a multiple of 8
 *      slab (8-byte words), then for each resolution: series indexes (4 bytes each, padded to 8), times, columns
 */
const MAGIC = 0x54535746;
export const STATE_VERSION = 1;
const PREFIX_BYTES = 16;

interface Header {
  readonly workspace: string;
  readonly shard: number;
  readonly layout: SlotLayout;
  readonly applied: readonly string[];
  readonly watermarkMs: number;
  readonly counters: ShardCounters;
  readonly chunks: ChunkRef[];
  readonly outbox: Outbox;
  readonly seriesIds: string[];
  readonly kinds: SeriesKind[];
  readonly labels: Labels[];
  readonly pendingRows: Readonly<Record<Resolution, number>>;
}

export function encodeShardState(state: ShardState): Uint8Array {
  const header = headerBytes(state);
  const slabWords = state.seriesIds.length * slotWords(state.layout);
  const size = RESOLUTIONS.reduce(
    (total, resolution) => total + pendingBytes(state.pending[resolution]),
    PREFIX_BYTES + header.length + slabWords * 8,
  );
  const bytes = new Uint8Array(size);
  bytes.set(header, PREFIX_BYTES);
  let at = PREFIX_BYTES + header.length;
  const write = (values: Float64Array | Uint32Array): void => {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += padded(values.byteLength);
  };
  write(state.slab.subarray(0, slabWords));
  for (const resolution of RESOLUTIONS) {
    const { rows, seriesIndexes, timestampsMs, columns } = state.pending[resolution];
    write(seriesIndexes.subarray(0, rows));
    write(timestampsMs.subarray(0, rows));
    for (const column of columns) write(column.subarray(0, rows));
  }
  const prefix = new DataView(bytes.buffer);
  prefix.setUint32(0, MAGIC, true);
  prefix.setUint32(4, STATE_VERSION, true);
  prefix.setUint32(8, header.length, true);
  prefix.setUint32(12, crc32(bytes.subarray(PREFIX_BYTES)), true);
  return bytes;
}

function headerBytes(state: ShardState): Uint8Array {
  const header: Header = {
    workspace: state.workspace,
    shard: state.shard,
    layout: state.layout,
    applied: [...state.applied],
    watermarkMs: state.watermarkMs,
    counters: state.counters,
    chunks: state.chunks,
    outbox: state.outbox,
    seriesIds: state.seriesIds,
    kinds: state.kinds,
    labels: state.labels,
    pendingRows: {
      raw: state.pending.raw.rows,
      '5m': state.pending['5m'].rows,
      '1h': state.pending['1h'].rows,
    },
  };
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const bytes = new Uint8Array(padded(text.length)).fill(0x20);
  bytes.set(text);
  return bytes;
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 8) * 8;
}

function pendingBytes(buffer: RowBuffer): number {
  return padded(buffer.rows * 4) + buffer.rows * 8 * (1 + buffer.columns.length);
}

/** Throws `store/corrupt` for damaged bytes and `store/version-unknown` for those of a newer release. */
export function decodeShardState(bytes: Uint8Array): ShardState {
  const header = readHeader(bytes);
  const reader = wordReader(bytes, PREFIX_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true));
  const slab = reader.floats(header.seriesIds.length * slotWords(header.layout));
  const pending = Object.fromEntries(
    RESOLUTIONS.map((resolution) => [resolution, readPending(reader, header.pendingRows[resolution], resolution)]),
  ) as Record<Resolution, RowBuffer>;
  return {
    workspace: header.workspace,
    shard: header.shard,
    layout: header.layout,
    applied: new Set(header.applied),
    watermarkMs: header.watermarkMs,
    counters: header.counters,
    chunks: header.chunks,
    outbox: header.outbox,
    seriesIds: header.seriesIds,
    kinds: header.kinds,
    labels: header.labels,
    indexById: new Map(header.seriesIds.map((seriesId, index) => [seriesId, index])),
    slab,
    pending,
  };
}

function readHeader(bytes: Uint8Array): Header {
  const corrupt = (what: string): ServiceError => new ServiceError('store/corrupt', `shard state: ${what}`);
  if (bytes.length < PREFIX_BYTES) throw corrupt(`${bytes.length} bytes are too few`);
  const prefix = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (prefix.getUint32(0, true) !== MAGIC) throw corrupt('not a shard state');
  const version = prefix.getUint32(4, true);
  if (version > STATE_VERSION) {
    throw new ServiceError('store/version-unknown', `shard state: version ${version}, this release knows ${STATE_VERSION}`);
  }
  if (prefix.getUint32(12, true) !== crc32(bytes.subarray(PREFIX_BYTES))) throw corrupt('checksum does not match');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + PREFIX_BYTES, prefix.getUint32(8, true)).toString('utf8');
  return JSON.parse(text) as Header; // guarded by the checksum: these are bytes that encodeShardState wrote
}

interface WordReader {
  floats(count: number): Float64Array;
  indexes(count: number): Uint32Array;
}

/** Copies out of the bytes, whose own alignment is not ours to choose. */
function wordReader(bytes: Uint8Array, startByte: number): WordReader {
  let at = startByte;
  const take = (target: Float64Array | Uint32Array): void => {
    const end = at + target.byteLength;
    if (end > bytes.length) throw new ServiceError('store/corrupt', 'shard state: shorter than its header says');
    new Uint8Array(target.buffer).set(bytes.subarray(at, end));
    at += padded(target.byteLength);
  };
  return {
    floats(count) {
      const target = new Float64Array(count);
      take(target);
      return target;
    },
    indexes(count) {
      const target = new Uint32Array(count);
      take(target);
      return target;
    },
  };
}

function readPending(reader: WordReader, rows: number, resolution: Resolution): RowBuffer {
  const columnCount = RESOLUTION_COLUMNS[resolution].length;
  if (rows === 0) return createRowBuffer(columnCount);
  const seriesIndexes = reader.indexes(rows);
  const timestampsMs = reader.floats(rows);
  const columns = Array.from({ length: columnCount }, () => reader.floats(rows));
  return { rows, seriesIndexes, timestampsMs, columns };
}
