import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Baseline } from '../../models/domain/baseline.ts';
import type { Labels, Series, SeriesKind } from '../../models/domain/series.ts';
import { addLabels, createLabelTable, type LabelTable } from './label-table.ts';
import type { RecordMemory } from './record-memory.ts';
import { createRowBuffer, enlarged, type RowBuffer } from './row-buffer.ts';

/** Resolutions in which a shard's history is kept, and the value columns of each. */
export const RESOLUTIONS = ['raw', '5m', '1h'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
export const RESOLUTION_COLUMNS: Readonly<Record<Resolution, readonly string[]>> = {
  raw: ['value'],
  '5m': ['count', 'sum', 'min', 'max', 'last'],
  '1h': ['count', 'sum', 'min', 'max', 'last'],
};

/** One finished Parquet object of the shard's history. What is not listed here does not exist for readers. */
export interface ChunkRef {
  readonly resolution: Resolution;
  readonly key: string;
  /** Of the rows' times, both included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
  readonly sizeBytes: number;
  /** How often its rows have been merged; left out for never. */
  readonly level?: number;
}

/** Places in a series' own words; these are what readers need, and the same whatever the detector. */
export const SLOT = {
  lastTimestampMs: 0,
  firstTimestampMs: 1,
  /** Time of the stale marker that ended the series; 0 while it runs. */
  staleAtMs: 2,
  /** Bucket of a series that counts log records: its start and its count so far; start 0 = none. */
  logBucketStartMs: 3,
  logBucketCount: 4,
  fiveMinuteBucket: 5,
  hourBucket: 11,
  /** Points that the detector has learned, and how many it needs before it scores; 0 once it does. */
  learnedPoints: 17,
  neededPoints: 18,
  /** So many peers whose shape judged the newest sample, since the series is new; 0 where the detector did. */
  peers: 19,
  words: 20,
} as const;

/** Order of the words of one bucket in progress; count 0 = no bucket. */
export const BUCKET = { startMs: 0, count: 1, sum: 2, min: 3, max: 4, last: 5 } as const;

/** How a series' words of memory are divided. Saved with the state: another detector or version means another layout. */
export interface MemoryLayout {
  readonly detector: string;
  readonly detectorVersion: number;
  readonly counterWords: number;
  readonly detectorWords: number;
  readonly trackerWords: number;
}

export function memoryWords(layout: MemoryLayout): number {
  return layout.counterWords + layout.detectorWords + layout.trackerWords;
}

/** What the shard has decided and not yet handed on. Leaves with the next write of the state. */
export interface Outbox {
  series: Series[];
  anomalies: Anomaly[];
  /** Ids of anomalies that late data have shown not to be any. */
  withdrawn: string[];
}

export function createOutbox(): Outbox {
  return { series: [], anomalies: [], withdrawn: [] };
}

/** An earlier state of the shard, kept as an object of its own: late samples are learned from there on anew. */
export interface CheckpointRef {
  readonly sequence: number;
  readonly watermarkMs: number;
}

/** Since when a series differs from what the checkpoints up to `sequence` know of it. */
export interface LateMerge {
  readonly sinceMs: number;
  readonly sequence: number;
}

/** A recent anomaly that people have been told of. */
export interface PublishedAnomaly {
  readonly seriesIndex: number;
  readonly startedAtMs: number;
  readonly anomalyId: string;
}

/** Items left out for one reason, and between which of their own times; null where these are not known. */
export interface DiscardedItems {
  count: number;
  firstAtMs: number | null;
  lastAtMs: number | null;
}

/** How far a shard has followed people's word on a new normal, or their taking it back. */
export interface FollowedBaseline {
  readonly baseline: Pick<Baseline, 'baselineId' | 'seriesId' | 'selector' | 'fromMs'>;
  readonly undo: boolean;
  /** Series before this one have followed; the others do so with the next batches. */
  nextIndex: number;
  /** Of the objects that keep its series as they were before. */
  readonly backups: string[];
}

export interface ShardCounters {
  samples: number;
  logRecords: number;
  segments: number;
  /** Items that were accepted at ingest and then left out, by reason. */
  discarded: Record<string, DiscardedItems>;
  /** Points that were anomalous and that people did not want to hear of, by the gate that held them back. */
  muted?: Record<string, number>;
}

/** What readers see of a shard: its series, where their past lies, and what of it is not in a chunk yet. */
export interface ShardView {
  readonly workspace: string;
  readonly shard: number;
  watermarkMs: number;
  counters: ShardCounters;
  chunks: ChunkRef[];
  /** Series in order of appearance; their index is the row of words and memory, and the integer in the chunks. */
  seriesIds: string[];
  indexById: Map<string, number>;
  /** SLOT.words for each series. */
  words: Float64Array;
  pending: Record<Resolution, RowBuffer>;
}

/** Everything that a shard knows: one object, replaced with one conditional put. */
export interface ShardState extends ShardView {
  readonly layout: MemoryLayout;
  /** Segments that have been applied, oldest first, at most APPLIED_SEGMENTS: the first half of their ids. */
  applied: Set<string>;
  /** Time of the shard, when it was last looked for series that have fallen silent. */
  sweptAtMs: number;
  outbox: Outbox;
  /** Oldest first. */
  checkpoints: CheckpointRef[];
  /** By series index; only of series that have had late samples since the oldest checkpoint. */
  lateMerges: Map<number, LateMerge>;
  published: PublishedAnomaly[];
  /** Keys of chunks whose rows are in others since the state before this one: nobody needs them any more. */
  retired: string[];
  baselines: FollowedBaseline[];
  /** Of series that count log records: which ones were counted. */
  records: RecordMemory;
  kinds: SeriesKind[];
  labels: LabelTable;
  /** memoryWords(layout) words for each series: counter, detector, tracker. */
  memory: Float64Array;
}

/**
 * Bound of the applied set. Older repeats are still harmless for samples, which are recognised by their time; at a
 * thousand segments a minute it reaches back over the queue's own five minutes of deduplication.
 */
export const APPLIED_SEGMENTS = 8_192;

/** Of the 64 hexadecimal digits of a segment's id: 128 bits name it as surely, at half the size. */
const APPLIED_DIGITS = 32;

export function createShardState(workspace: string, shard: number, layout: MemoryLayout): ShardState {
  return {
    workspace,
    shard,
    layout,
    applied: new Set(),
    watermarkMs: 0,
    sweptAtMs: 0,
    counters: { samples: 0, logRecords: 0, segments: 0, discarded: {} },
    chunks: [],
    outbox: createOutbox(),
    checkpoints: [],
    lateMerges: new Map(),
    published: [],
    retired: [],
    baselines: [],
    records: new Map(),
    seriesIds: [],
    kinds: [],
    labels: createLabelTable(),
    indexById: new Map(),
    words: new Float64Array(0),
    memory: new Float64Array(0),
    pending: noPendingRows(),
  };
}

export function noPendingRows(): ShardView['pending'] {
  return {
    raw: createRowBuffer(RESOLUTION_COLUMNS.raw.length),
    '5m': createRowBuffer(RESOLUTION_COLUMNS['5m'].length),
    '1h': createRowBuffer(RESOLUTION_COLUMNS['1h'].length),
  };
}

/** Gives a new series its row; its words are zero. */
export function addSeries(state: ShardState, seriesId: string, kind: SeriesKind, labels: Labels): number {
  const index = state.seriesIds.length;
  state.seriesIds.push(seriesId);
  state.kinds.push(kind);
  addLabels(state.labels, labels);
  state.indexById.set(seriesId, index);
  state.words = withRoom(state.words, (index + 1) * SLOT.words);
  state.memory = withRoom(state.memory, (index + 1) * memoryWords(state.layout));
  return index;
}

/** Half as much again where it grows: the memory of many series is large, and twice that would be mostly empty. */
function withRoom(values: Float64Array, length: number): Float64Array {
  return length <= values.length ? values : enlarged(values, Math.max(length, Math.ceil(values.length * 1.5)));
}

/** Notes what people were told of; one entry for each anomaly, and only of the time that late samples can change. */
export function rememberPublished(state: ShardState, published: PublishedAnomaly): void {
  const isKnown = state.published.some(({ anomalyId }) => anomalyId === published.anomalyId);
  if (!isKnown) state.published.push(published);
}

/** Counts items by reason; of those without a time only how many. */
export function countDiscarded(state: ShardState, reason: string, timestampMs: number | null, count = 1): void {
  const { discarded } = state.counters;
  const known = discarded[reason];
  if (known === undefined) {
    discarded[reason] = { count, firstAtMs: timestampMs, lastAtMs: timestampMs };
    return;
  }
  known.count += count;
  if (timestampMs === null) return;
  known.firstAtMs = Math.min(known.firstAtMs ?? timestampMs, timestampMs);
  known.lastAtMs = Math.max(known.lastAtMs ?? timestampMs, timestampMs);
}

export function countMuted(state: ShardState, gate: string): void {
  state.counters.muted ??= {};
  state.counters.muted[gate] = (state.counters.muted[gate] ?? 0) + 1;
}

export function isApplied(state: ShardState, segmentId: string): boolean {
  return state.applied.has(segmentId.slice(0, APPLIED_DIGITS));
}

export function rememberApplied(state: ShardState, segmentId: string): void {
  state.applied.add(segmentId.slice(0, APPLIED_DIGITS));
  if (state.applied.size <= APPLIED_SEGMENTS) return;
  for (const oldest of state.applied) {
    state.applied.delete(oldest);
    return;
  }
}

/** Checkpoints take turns in a few places, so that none has to be deleted; its sequence says which one is there. */
export const CHECKPOINTS = 6;

export function checkpointKey(workspace: string, shard: number, sequence: number): string {
  return `checkpoint/${workspace}/${shard}/${sequence % CHECKPOINTS}`;
}

/** Series as they were before a new normal was accepted, to take it back. */
export function backupKey(workspace: string, shard: number, baselineId: string, fromIndex: number): string {
  return `checkpoint/${workspace}/${shard}/${baselineId}-${fromIndex}`;
}

export function stateKey(workspace: string, shard: number): string {
  return `state/${workspace}/${shard}`;
}
