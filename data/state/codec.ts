import type { SeriesKind } from '../../models/domain/series.ts';
import { corruptState, type FrameLengths, openFrame, openFront, PREFIX_BYTES, sealFrame } from './frame.ts';
import { type LabelTable, labelBytes } from './label-table.ts';
import { type PackedRows, packRows, type RowCounts, readRows, unpackRows } from './pending-rows.ts';
import { type RecordMemoryLengths, readRecordSections, recordSections } from './record-memory.ts';
import { createSectionReader, createSectionWriter, padded, type SectionReader } from './sections.ts';
import {
  type CheckpointRef,
  type ChunkRef,
  createOutbox,
  type DiscardedItems,
  type FollowedBaseline,
  type LateMerge,
  type MemoryLayout,
  memoryWords,
  type Outbox,
  type PublishedAnomaly,
  type ShardCounters,
  type ShardState,
  type ShardView,
  SLOT,
} from './shard-state.ts';

/*
 * Sections in their order, each padded to a multiple of eight bytes (see data/formats.md):
 *   front  header (JSON) · series ids · words · rows that wait: for each resolution series indexes, times, columns
 *   rest   kinds · ends of labels · labels · applied segments · outbox (JSON) · memory ·
 *          records, in six sections
 */
const ID_BYTES = 16;
const FIRST_SERIES_WORDS = 17;
const KINDS: readonly SeriesKind[] = ['gauge', 'counter'];

interface Header {
  readonly workspace: string;
  readonly shard: number;
  readonly layout: MemoryLayout;
  readonly watermarkMs: number;
  readonly sweptAtMs: number;
  readonly counters: StoredCounters;
  readonly chunks: ChunkRef[];
  /** How many there are of each, which is where sections begin. */
  readonly series: number;
  /** Words of each series; left out by version 1, which had 17. */
  readonly seriesWords?: number;
  readonly pendingRows: RowCounts;
  /** What they take where they are compressed, which versions 1 and 2 never did. */
  readonly compressedRowBytes?: number;
  readonly labelBytes: number;
  readonly applied: number;
  readonly outboxBytes: number;
  /** Left out by states that are older than these. */
  readonly checkpoints?: CheckpointRef[];
  readonly lateMerges?: [seriesIndex: number, LateMerge][];
  readonly published?: PublishedAnomaly[];
  readonly retired?: string[];
  readonly baselines?: FollowedBaseline[];
  readonly records?: RecordMemoryLengths;
}

/** Version 1 noted no times of what was left out. */
interface StoredCounters extends Omit<ShardCounters, 'discarded'> {
  readonly discarded: Readonly<Record<string, DiscardedItems | number>>;
}

/** `room` gives the bytes to write to, which need not be zero. */
export function encodeShardState(state: ShardState, room = newBytes): Uint8Array {
  const series = state.seriesIds.length;
  const { labels } = state;
  const outbox = jsonBytes(state.outbox);
  const records = recordSections(state.records);
  const pending = packRows(state.pending);
  const header = spaced(jsonBytes(headerOf(state, outbox.length, records.lengths, pending)));
  const words = state.words.subarray(0, series * SLOT.words);
  const memory = state.memory.subarray(0, series * memoryWords(state.layout));
  const frontBytes = PREFIX_BYTES + header.length + series * ID_BYTES + words.byteLength + padded(pending.bytes.length);
  const restBytes =
    padded(series) +
    padded(series * 4) +
    padded(labelBytes(labels)) +
    state.applied.size * ID_BYTES +
    padded(outbox.length) +
    memory.byteLength +
    records.sections.reduce((sum, section) => sum + padded(section.byteLength), 0);

  const bytes = room(frontBytes + restBytes);
  const { write, writeHex } = createSectionWriter(bytes, PREFIX_BYTES);
  write(header);
  writeHex(state.seriesIds, ID_BYTES);
  write(words);
  write(pending.bytes);
  write(Uint8Array.from(state.kinds, (kind) => KINDS.indexOf(kind)));
  write(labels.ends.subarray(0, series));
  write(labels.bytes.subarray(0, labelBytes(labels)));
  writeHex(state.applied, ID_BYTES);
  write(outbox);
  write(memory);
  for (const section of records.sections) write(section);
  sealFrame(bytes, { frontBytes, headerBytes: header.length });
  return bytes;
}

function newBytes(sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes);
}

function headerOf(state: ShardState, outboxBytes: number, records: RecordMemoryLengths, rows: PackedRows): Header {
  const { workspace, shard, layout, watermarkMs, sweptAtMs, counters, chunks, pending } = state;
  return {
    workspace,
    shard,
    layout,
    watermarkMs,
    sweptAtMs,
    counters,
    chunks,
    series: state.seriesIds.length,
    seriesWords: SLOT.words,
    pendingRows: { raw: pending.raw.rows, '5m': pending['5m'].rows, '1h': pending['1h'].rows },
    ...(rows.isCompressed && { compressedRowBytes: rows.bytes.length }),
    labelBytes: labelBytes(state.labels),
    applied: state.applied.size,
    outboxBytes,
    checkpoints: state.checkpoints,
    lateMerges: [...state.lateMerges],
    published: state.published,
    ...(state.retired.length > 0 && { retired: state.retired }),
    ...(state.baselines.length > 0 && { baselines: state.baselines }),
    records,
  };
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** Padded with what JSON passes over. */
function spaced(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(padded(text.length)).fill(0x20);
  bytes.set(text);
  return bytes;
}

/** Throws `store/corrupt` for damaged bytes and `store/version-unknown` for those of a newer release. */
export function decodeShardState(bytes: Uint8Array): ShardState {
  const lengths = openFrame(bytes);
  const header = readHeader(bytes, lengths);
  const reader = createSectionReader(bytes, lengths.frontBytes);
  const kinds = [...reader.bytes(header.series)].map(kindOf);
  const labels: LabelTable = {
    count: header.series,
    ends: reader.indexes(header.series),
    bytes: reader.bytes(header.labelBytes),
  };
  const applied = new Set(reader.hex(header.applied, ID_BYTES));
  const outbox = { ...createOutbox(), ...readJson<Partial<Outbox>>(reader.bytes(header.outboxBytes)) };
  const memory = reader.floats(header.series * memoryWords(header.layout));
  const records = readRecordSections(reader, header.records ?? NO_RECORDS);
  const { layout, sweptAtMs } = header;
  return {
    ...readView(bytes, lengths, header),
    layout,
    applied,
    sweptAtMs,
    outbox,
    checkpoints: header.checkpoints ?? [],
    lateMerges: new Map(header.lateMerges),
    published: header.published ?? [],
    retired: header.retired ?? [],
    baselines: header.baselines ?? [],
    records,
    kinds,
    labels,
    memory,
  };
}

const NO_RECORDS: RecordMemoryLengths = { series: 0, buckets: 0, records: 0 };

function kindOf(code: number): SeriesKind {
  const kind = KINDS[code];
  if (kind === undefined) throw corruptState(`no kind of series has the number ${code}`);
  return kind;
}

/** What readers see, from the first `frontLength` bytes; throws as decodeShardState does. */
export function decodeShardView(bytes: Uint8Array): ShardView {
  const lengths = openFront(bytes);
  return readView(bytes, lengths, readHeader(bytes, lengths));
}

function readHeader(bytes: Uint8Array, { headerBytes }: FrameLengths): Header {
  return readJson<Header>(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
}

/** Guarded by the checksums: these are bytes that encodeShardState wrote. */
function readJson<T>(bytes: Uint8Array): T {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as T;
}

function readView(bytes: Uint8Array, { headerBytes, frontBytes }: FrameLengths, header: Header): ShardView {
  const reader = createSectionReader(bytes.subarray(0, frontBytes), PREFIX_BYTES + headerBytes);
  const seriesIds = reader.hex(header.series, ID_BYTES);
  const words = readWords(reader, header.series, header.seriesWords ?? FIRST_SERIES_WORDS);
  const { pendingRows, compressedRowBytes } = header;
  return {
    workspace: header.workspace,
    shard: header.shard,
    watermarkMs: header.watermarkMs,
    counters: countersOf(header.counters),
    chunks: header.chunks,
    seriesIds,
    indexById: new Map(seriesIds.map((seriesId, index) => [seriesId, index])),
    words,
    pending:
      compressedRowBytes === undefined
        ? readRows(reader, pendingRows)
        : unpackRows(reader.bytes(compressedRowBytes), pendingRows),
  };
}

/** Words that an older version did not have yet are zero. */
function readWords(reader: SectionReader, series: number, wordsEach: number): Float64Array {
  const found = reader.floats(series * wordsEach);
  if (wordsEach === SLOT.words) return found;
  if (!(wordsEach > 0 && wordsEach < SLOT.words)) throw corruptState(`${wordsEach} words for each series`);
  const words = new Float64Array(series * SLOT.words);
  for (let index = 0; index < series; index++) {
    words.set(found.subarray(index * wordsEach, (index + 1) * wordsEach), index * SLOT.words);
  }
  return words;
}

function countersOf({ discarded, ...counters }: StoredCounters): ShardCounters {
  const items = Object.entries(discarded).map(([reason, stored]): [string, DiscardedItems] => [
    reason,
    typeof stored === 'number' ? { count: stored, firstAtMs: null, lastAtMs: null } : stored,
  ]);
  return { ...counters, discarded: Object.fromEntries(items) };
}
