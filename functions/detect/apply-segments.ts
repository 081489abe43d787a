import type { DecodedPart } from '../../data/segments/batch.ts';
import type { SegmentMessage } from '../../data/segments/message.ts';
import { decodeSegmentPart } from '../../data/segments/segment.ts';
import { forgetOldest } from '../../data/state/record-memory.ts';
import { hasGrown, isSameLayout, relayout } from '../../data/state/relayout.ts';
import {
  countDiscarded,
  createOutbox,
  createShardState,
  isApplied,
  type Outbox,
  rememberApplied,
  type ShardState,
} from '../../data/state/shard-state.ts';
import type { StateStore } from '../../data/state/state-store.ts';
import type { PolicyBook } from '../../models/detect/policy-book.ts';
import type { Labels } from '../../models/domain/series.ts';
import { ServiceError } from '../platform/errors.ts';
import { type CompactChunksDeps, compactChunks } from './compact-chunks.ts';
import { type FlushChunksDeps, flushChunks } from './flush-chunks.ts';
import { type FollowBaselinesDeps, followBaselines } from './follow-baselines.ts';
import { gatherSamples, type IndexedSamples } from './gather-samples.ts';
import { applyLogs, type LateCounts } from './log-counts.ts';
import { mergeLate } from './merge-late.ts';
import { mergeLateCounts } from './merge-late-counts.ts';
import type { LateSamples, SampleProcessor } from './sample-processor.ts';
import { createSeriesFinder, type SeriesFinder } from './series-finder.ts';
import { takeCheckpoint } from './take-checkpoint.ts';

export interface ApplySegmentsDeps extends FollowBaselinesDeps, FlushChunksDeps, CompactChunksDeps {
  /** What people have said of the series of a workspace; may be half a minute old. */
  readonly readPolicies: (workspace: string) => Promise<PolicyBook>;
  readonly states: StateStore;
  /** The bytes of one part of a segment; undefined where the segment is not there. */
  readonly readPart: (message: SegmentMessage) => Promise<Uint8Array | undefined>;
  /** Puts aside what cannot be read, for people to look at. */
  readonly quarantine: (message: SegmentMessage, bytes: Uint8Array, why: string) => Promise<void>;
  /** Hands on what the shard has decided; how many records cannot be stored, ever. Repeating it changes nothing. */
  readonly publish: (workspace: string, outbox: Outbox) => Promise<number>;
}

export interface QueuedSegment {
  readonly message: SegmentMessage;
  /** How often this message was received, this time included. */
  readonly receiveCount: number;
}

/** A write that others keep overtaking is given up after this many tries; the messages come back. */
const MAX_TRIES = 5;
/** A segment that is not there after this many receives is taken as lost, so that its shard goes on. */
const MISSING_AFTER_RECEIVES = 3;

/** What new series may weigh that wait in the outbox: all of it is written twice more as text, beside other shards'. */
const MAX_OUTBOX_BYTES = 8 * 1024 * 1024;
const LABEL_BYTES = 150;
/**
 * Samples of one step: at least so many, and of a wide shard so many of each series. The more of them share one write of
 * the state, the less of it each one costs; the fewer, the nearer together in time are the checkpoints of the shard.
 */
const STEP_SAMPLES = 32_000;
const STEP_SAMPLES_PER_SERIES = 24;

/**
 * Applies segments of one shard in order: score, learn, roll up, one conditional write of the state, then publish. Where
 * they bring more new series than should be in memory at once, they are applied in several such steps.
 *
 * Twice with the same segments changes nothing: the state remembers what it has applied, and a writer that was overtaken
 * fails on the condition and starts again from what is stored. Throws where not all could be made durable.
 */
export function createApplySegments(given: ApplySegmentsDeps) {
  const deps: Deps = { ...given, finder: createSeriesFinder(given.processor) };
  return async (workspace: string, shard: number, queued: readonly QueuedSegment[]): Promise<void> => {
    let left = await Promise.all(queued.map((entry) => fetchSegment(deps, entry)));
    let conflicts = 0;
    while (left.length > 0) {
      const applied = await applyOnce(deps, workspace, shard, left);
      if (applied !== 'conflict') {
        left = left.slice(applied);
        conflicts = 0;
      } else if (++conflicts === MAX_TRIES) throw overtaken(shard);
    }
  };
}

interface Deps extends ApplySegmentsDeps {
  readonly finder: SeriesFinder;
}

function overtaken(shard: number): ServiceError {
  return new ServiceError('store/conflict', `shard ${shard}: its state was replaced ${MAX_TRIES} times meanwhile`, {
    retryable: true,
  });
}

interface FetchedSegment {
  readonly message: SegmentMessage;
  /** Still packed; undefined where the segment is lost. */
  readonly bytes: Uint8Array | undefined;
}

async function fetchSegment(
  deps: ApplySegmentsDeps,
  { message, receiveCount }: QueuedSegment,
): Promise<FetchedSegment> {
  const bytes = await deps.readPart(message);
  if (bytes === undefined && receiveCount < MISSING_AFTER_RECEIVES) {
    throw new ServiceError('store/unavailable', `segment ${message.key} is not there`, { retryable: true });
  }
  return { message, bytes };
}

/** What came after newer data of its series. */
interface Late {
  readonly samples: LateSamples;
  readonly counts: LateCounts;
}

/** How many of the segments are applied now; fewer than there are where they are too heavy for one step. */
async function applyOnce(
  deps: Deps,
  workspace: string,
  shard: number,
  segments: readonly FetchedSegment[],
): Promise<number | 'conflict'> {
  const book = await deps.readPolicies(workspace);
  const loaded = await deps.states.load(workspace, shard);
  const state = currentLayout(
    loaded?.state ?? createShardState(workspace, shard, deps.processor.layout),
    deps.processor,
  );
  // Of a consumer that ended between saving and publishing; where it did not, saying it again changes nothing.
  await handOn(deps, state);
  if (segments.every(({ message }) => isApplied(state, message.segmentId))) return segments.length;
  // Of what is stored, before anything changes: after a crash the same chunks are written again under the same keys.
  await compactChunks(deps, state);
  await flushChunks(deps, state);
  deps.processor.usePolicies(state, book);
  await followBaselines(deps, state, book);
  const late: Late = { samples: new Map(), counts: new Map() };
  const done = await applyWhileLight(deps, state, segments, late);
  // First, as they may be the newest that the shard has seen.
  if (late.counts.size > 0) await mergeLateCounts(deps, state, late.counts);
  deps.processor.closeSilent(state);
  if (late.samples.size > 0) await mergeLate(deps, state, late.samples);
  forgetOldest(state.records);
  await takeCheckpoint(state, deps.writeCheckpoint);
  const saved = await deps.states.save({ state, etag: loaded?.etag });
  if (saved === 'conflict') return 'conflict';
  await handOn(deps, state);
  return done;
}

/**
 * Applies segments until a step is full. They are unpacked one after another, so that the labels and lines of no two of
 * them are in memory; their samples are put together by series and applied at the end.
 */
async function applyWhileLight(
  deps: Deps,
  state: ShardState,
  segments: readonly FetchedSegment[],
  late: Late,
): Promise<number> {
  const gathered: IndexedSamples[] = [];
  let done = 0;
  let heldBytes = 0;
  let weighed = 0;
  let samples = 0;
  while (done < segments.length && heldBytes < MAX_OUTBOX_BYTES && samples < samplesOfStep(state)) {
    const segment = segments[done++]!;
    if (isApplied(state, segment.message.segmentId)) continue; // earlier, or twice in this batch
    const found = await applySegment(deps, state, segment, late);
    if (found !== undefined) {
      gathered.push(found);
      samples += found.values.length;
    }
    for (; weighed < state.outbox.series.length; weighed++) heldBytes += weightOf(state.outbox.series[weighed]!.labels);
  }
  applySamples(deps.processor, state, gathered, late);
  return done;
}

function samplesOfStep({ seriesIds }: ShardState): number {
  return Math.max(STEP_SAMPLES, STEP_SAMPLES_PER_SERIES * seriesIds.length);
}

function applySamples(
  processor: SampleProcessor,
  state: ShardState,
  parts: readonly IndexedSamples[],
  late: Late,
): void {
  const { starts, ...columns } = gatherSamples(parts, state.seriesIds.length);
  const run = { ...columns, start: 0, end: 0 };
  for (let index = 0; index + 1 < starts.length; index++) {
    run.start = starts[index]!;
    run.end = starts[index + 1]!;
    if (run.start < run.end) processor.applyRun(state, index, run, late.samples);
  }
}

/** What labels take as objects, estimated. */
function weightOf(labels: Labels): number {
  let sizeBytes = labels.length * LABEL_BYTES;
  for (const [name, value] of labels) sizeBytes += name.length + value.length;
  return sizeBytes;
}

/**
 * Publishes what waits in the outbox, so that what is saved next holds only what is decided from here on, and the count
 * of what could not be published.
 */
async function handOn(deps: ApplySegmentsDeps, state: ShardState): Promise<void> {
  const { series, anomalies, withdrawn } = state.outbox;
  if (series.length + anomalies.length + withdrawn.length === 0) return;
  const refused = await deps.publish(state.workspace, state.outbox);
  if (refused > 0) countDiscarded(state, 'record_refused', null, refused);
  state.outbox = createOutbox();
}

function currentLayout(state: ShardState, processor: SampleProcessor): ShardState {
  if (isSameLayout(state.layout, processor.layout)) return state;
  const moved = relayout(state, processor.layout);
  if (hasGrown(state.layout, processor.layout)) return moved;
  for (let index = 0; index < moved.seriesIds.length; index++) processor.startDetector(moved, index);
  return moved;
}

/** Applies what is no sample, and finds the series of the samples; undefined where there is nothing to be read. */
async function applySegment(
  { finder, ...deps }: Deps,
  state: ShardState,
  segment: FetchedSegment,
  late: Late,
): Promise<IndexedSamples | undefined> {
  const { message } = segment;
  const part = await openSegment(deps, segment);
  rememberApplied(state, message.segmentId);
  state.counters.segments++;
  if (typeof part === 'string') {
    countDiscarded(state, part, hourOf(message), message.samples + message.logRecords);
    return undefined;
  }
  const indexes = finder.indexesOf(state, part);
  for (const batch of part.logs) applyLogs(state, batch, deps.processor, late.counts);
  const { sampleStarts, timestampsMs, values, stale } = part;
  return { indexes, sampleStarts, timestampsMs, values, stale };
}

/** Of the newest item of a segment, from `seg/{workspace}/{YYYY-MM-DDTHH}/{segment}`: all that is known of one that is lost. */
function hourOf({ key }: SegmentMessage): number | null {
  const hourMs = Date.parse(`${key.split('/')[2]}:00:00Z`);
  return Number.isNaN(hourMs) ? null : hourMs;
}

/** The part, or why there is none. */
async function openSegment(
  deps: ApplySegmentsDeps,
  { message, bytes }: FetchedSegment,
): Promise<DecodedPart | 'segment_missing' | 'segment_corrupt'> {
  if (bytes === undefined) return 'segment_missing';
  try {
    const part = decodeSegmentPart(bytes);
    if (part.workspace === message.workspace && part.shard === message.shard) return part;
    await deps.quarantine(message, bytes, 'the part belongs to another workspace or shard');
  } catch (error) {
    // What a newer release wrote is sound: its messages come back until that release reads them.
    if (!(error instanceof ServiceError) || error.code === 'store/version-unknown') throw error;
    await deps.quarantine(message, bytes, error.message);
  }
  return 'segment_corrupt';
}
