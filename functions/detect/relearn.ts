import type { ReadRows, Row } from '../../data/history/history.ts';
import { labelsAt } from '../../data/state/label-table.ts';
import { isSameLayout } from '../../data/state/relayout.ts';
import { appendRow } from '../../data/state/row-buffer.ts';
import {
  addSeries,
  BUCKET,
  type CheckpointRef,
  createShardState,
  type MemoryLayout,
  memoryWords,
  type ShardState,
  SLOT,
} from '../../data/state/shard-state.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { addRawRow, type SampleProcessor } from './sample-processor.ts';

export interface RelearnDeps {
  readonly processor: SampleProcessor;
  readonly readRows: ReadRows;
  /** The state that was kept under this sequence; undefined where it is not there any more. */
  readonly readCheckpoint: (
    workspace: string,
    shard: number,
    checkpoint: CheckpointRef,
  ) => Promise<ShardState | undefined>;
}

/** A series with fewer samples than this may be learned anew from its beginning where no checkpoint is early enough. */
const REPLAYABLE_SAMPLES = 20_000;

export type LoadBase = (index: number, beforeMs: number) => Promise<Base | undefined>;

/** A series as it was at some time, to learn on from. */
export interface Base {
  readonly words: Float64Array;
  readonly memory: Float64Array;
}

/** Reads each checkpoint at most once for all series of a batch. */
export function createBaseLoader(deps: RelearnDeps, state: ShardState): LoadBase {
  const read = new Map<number, Promise<ShardState | undefined>>();
  return async (index, beforeMs) => {
    for (const checkpoint of state.checkpoints.toReversed()) {
      const kept = read.get(checkpoint.sequence) ?? deps.readCheckpoint(state.workspace, state.shard, checkpoint);
      read.set(checkpoint.sequence, kept);
      const base = seriesOf(await kept, state.layout, index);
      if (base === undefined) continue;
      const lastMs = base.words[SLOT.lastTimestampMs]!;
      const merge = state.lateMerges.get(index);
      const isOutdated = merge !== undefined && checkpoint.sequence <= merge.sequence && lastMs >= merge.sinceMs;
      if (lastMs < beforeMs && !isOutdated) return base;
    }
    return undefined;
  };
}

/** A series of an earlier state; undefined where that is gone, was made by another detector, or does not know it yet. */
export function seriesOf(checkpoint: ShardState | undefined, layout: MemoryLayout, index: number): Base | undefined {
  if (checkpoint === undefined || !isSameLayout(checkpoint.layout, layout)) return undefined;
  if (index >= checkpoint.seriesIds.length) return undefined;
  const words = memoryWords(layout);
  return {
    words: checkpoint.words.slice(index * SLOT.words, (index + 1) * SLOT.words),
    memory: checkpoint.memory.slice(index * words, (index + 1) * words),
  };
}

export interface Relearned {
  readonly index: number;
  /** What was learned from here on may have been wrong. */
  readonly sinceMs: number;
  /** New ones, ascending in time. Those of a time that the series has a sample of already take its place. */
  readonly samples: readonly RelearnedSample[];
  readonly loadBase: LoadBase;
  /** Anomalies that are none any more: refuted, or true in their time and so left as they are. */
  readonly refuted: 'withdraw' | 'keep';
}

interface RelearnedSample {
  readonly timestampMs: number;
  readonly value: number;
}

/**
 * Takes a series back to a state before a time and lets it learn on from there, as if all had been known in order.
 *
 * False where it cannot be taken back so far: then nothing has changed.
 */
export async function relearn(
  deps: RelearnDeps,
  state: ShardState,
  { index, sinceMs, samples, loadBase, refuted }: Relearned,
): Promise<boolean> {
  const base = await loadBase(index, sinceMs);
  const fromMs = base === undefined ? 0 : base.words[SLOT.lastTimestampMs]! + 1;
  const toMs = state.words[index * SLOT.words + SLOT.lastTimestampMs]! + 1;
  const found = await deps.readRows(state, { resolution: 'raw', seriesIndex: index, fromMs, toMs });
  const seen = found.get(index) ?? [];
  if (base === undefined && seen.length > REPLAYABLE_SAMPLES) return false;
  const bench = learnAnew(deps.processor, state, index, base, mergeSamples(seen, samples));
  install(state, index, bench, sinceMs);
  if (refuted === 'withdraw') withdrawRefuted(state, index, bench, fromMs);
  republish(state, index, bench);
  for (const { timestampMs, value } of samples) addRawRow(state, index, timestampMs, value);
  if (samples.length > 0) noteFirst(state, index, samples[0]!.timestampMs);
  noteRelearned(state, index, sinceMs);
  return true;
}

/** Of equal times the last one stands, as it does for readers. */
function mergeSamples(seen: readonly Row[], late: readonly RelearnedSample[]): RelearnedSample[] {
  const all = [...seen.map(({ timestampMs, values }) => ({ timestampMs, value: values[0]! })), ...late];
  all.sort((a, b) => a.timestampMs - b.timestampMs);
  return all.filter((sample, i) => sample.timestampMs !== all[i + 1]?.timestampMs);
}

/** A shard of this one series, which goes through its samples in order. */
function learnAnew(
  processor: SampleProcessor,
  state: ShardState,
  index: number,
  base: Base | undefined,
  samples: readonly RelearnedSample[],
): ShardState {
  const bench = createShardState(state.workspace, state.shard, state.layout);
  const seriesId = state.seriesIds[index]!;
  const kind = state.kinds[index]!;
  const labels = labelsAt(state.labels, index);
  addSeries(bench, seriesId, kind, labels);
  if (base === undefined) processor.startDetector(bench, 0);
  else {
    bench.words.set(base.words);
    bench.memory.set(base.memory);
  }
  processor.usePolicies(bench, processor.policiesOf(state));
  const columns = {
    timestampsMs: Float64Array.from(samples, ({ timestampMs }) => timestampMs),
    values: Float64Array.from(samples, ({ value }) => value),
    stale: new Uint8Array(samples.length),
  };
  const range = { start: 0, end: samples.length };
  if (samples.length > 0) {
    processor.applySamples(bench, { seriesId, kind, labels: () => labels, ...columns, ...range }, new Map());
  }
  processor.sweepSeries(bench, 0, state.sweptAtMs);
  return bench;
}

const KEPT_SLOTS = [SLOT.staleAtMs, SLOT.firstTimestampMs, SLOT.logBucketStartMs, SLOT.logBucketCount] as const;

/** What the bench has learned takes the place of what the series knew; its finished buckets replace those written. */
function install(state: ShardState, index: number, bench: ShardState, sinceMs: number): void {
  const { words } = state;
  const at = index * SLOT.words;
  replaceRows(state, index, bench, { resolution: '5m', stepMs: FIVE_MINUTES_MS, slot: SLOT.fiveMinuteBucket }, sinceMs);
  replaceRows(state, index, bench, { resolution: '1h', stepMs: HOUR_MS, slot: SLOT.hourBucket }, sinceMs);
  // Stale markers and log records that are still being counted are not among the samples that are learned anew.
  const kept = KEPT_SLOTS.map((slot) => words[at + slot]!);
  const newestMs = Math.max(words[at + SLOT.lastTimestampMs]!, bench.words[SLOT.lastTimestampMs]!);
  words.set(bench.words.subarray(0, SLOT.words), at);
  for (const [i, slot] of KEPT_SLOTS.entries()) words[at + slot] = kept[i]!;
  words[at + SLOT.lastTimestampMs] = newestMs;
  state.watermarkMs = Math.max(state.watermarkMs, newestMs);
  state.memory.set(bench.memory.subarray(0, memoryWords(state.layout)), index * memoryWords(state.layout));
}

interface RollupPlace {
  readonly resolution: '5m' | '1h';
  readonly stepMs: number;
  /** Of the bucket in progress, in the words of a series. */
  readonly slot: number;
}

/** Before the words of the series change: they say which bucket is in progress and has no row yet. */
function replaceRows(
  state: ShardState,
  index: number,
  bench: ShardState,
  { resolution, stepMs, slot }: RollupPlace,
  sinceMs: number,
): void {
  const openStartMs = state.words[index * SLOT.words + slot + BUCKET.startMs]!;
  const from = bench.pending[resolution];
  const to = state.pending[resolution];
  for (let row = 0; row < from.rows; row++) {
    const startMs = from.timestampsMs[row]!;
    if (startMs + stepMs <= sinceMs && startMs !== openStartMs) continue;
    const place = appendRow(to, index, startMs);
    for (const [column, values] of from.columns.entries()) to.columns[column]![place] = values[row]!;
  }
}

/** Takes back what people were told of and is not found any more. */
function withdrawRefuted(state: ShardState, index: number, bench: ShardState, fromMs: number): void {
  const found = new Set(bench.published.map(({ anomalyId }) => anomalyId));
  const isGone = ({ seriesIndex, startedAtMs, anomalyId }: ShardState['published'][number]): boolean =>
    seriesIndex === index && startedAtMs >= fromMs && !found.has(anomalyId);
  for (const published of state.published.filter(isGone)) {
    state.outbox.withdrawn.push(published.anomalyId);
    state.outbox.anomalies = state.outbox.anomalies.filter(({ anomalyId }) => anomalyId !== published.anomalyId);
  }
  state.published = state.published.filter((published) => !isGone(published));
}

/** Tells of the anomalies as they are now. */
function republish(state: ShardState, index: number, bench: ShardState): void {
  const found = new Set(bench.published.map(({ anomalyId }) => anomalyId));
  const known = new Set(state.published.map(({ anomalyId }) => anomalyId));
  for (const { startedAtMs, anomalyId } of bench.published) {
    if (!known.has(anomalyId)) state.published.push({ seriesIndex: index, startedAtMs, anomalyId });
  }
  state.outbox.withdrawn = state.outbox.withdrawn.filter((anomalyId) => !found.has(anomalyId));
  state.outbox.anomalies.push(...bench.outbox.anomalies);
}

/** Checkpoints that have seen later samples do not know of this: they are of no use for this series any more. */
function noteRelearned(state: ShardState, index: number, sinceMs: number): void {
  const newest = state.checkpoints.at(-1);
  if (newest === undefined) return;
  const earliestMs = Math.min(sinceMs, state.lateMerges.get(index)?.sinceMs ?? sinceMs);
  state.lateMerges.set(index, { sinceMs: earliestMs, sequence: newest.sequence });
}

/** A series that began earlier than it seemed to: its record tells so, whatever the order in which samples came. */
export function noteFirst(state: ShardState, index: number, timestampMs: number): void {
  const at = index * SLOT.words + SLOT.firstTimestampMs;
  if (timestampMs >= state.words[at]!) return;
  state.words[at] = timestampMs;
  state.outbox.series.push({
    seriesId: state.seriesIds[index]!,
    labels: labelsAt(state.labels, index),
    kind: state.kinds[index]!,
    shard: state.shard,
    firstSampleMs: timestampMs,
  });
}
