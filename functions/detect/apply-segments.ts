import type { EncodedChunk } from '../../data/history/chunk.ts';
import type { DecodedPart } from '../../data/segments/batch.ts';
import type { SegmentMessage } from '../../data/segments/message.ts';
import { decodeSegmentPart } from '../../data/segments/segment.ts';
import { isSameLayout, relayout } from '../../data/state/relayout.ts';
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
import { ServiceError } from '../platform/errors.ts';
import { flushChunks } from './flush-chunks.ts';
import { applyLogs } from './log-counts.ts';
import { type MergeLateDeps, mergeLate } from './merge-late.ts';
import type { LateSamples, SampleProcessor } from './sample-processor.ts';
import { takeCheckpoint } from './take-checkpoint.ts';

export interface ApplySegmentsDeps extends MergeLateDeps {
  readonly states: StateStore;
  /** The bytes of one part of a segment; undefined where the segment is not there. */
  readonly readPart: (message: SegmentMessage) => Promise<Uint8Array | undefined>;
  readonly writeChunk: (chunk: EncodedChunk) => Promise<void>;
  readonly writeCheckpoint: (key: string, bytes: Uint8Array) => Promise<void>;
  /** Puts aside what cannot be read, for people to look at. */
  readonly quarantine: (message: SegmentMessage, bytes: Uint8Array, why: string) => Promise<void>;
  /** Hands on what the shard has decided. Repeating it changes nothing. */
  readonly publish: (workspace: string, outbox: Outbox) => Promise<void>;
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

/**
 * Applies segments of one shard in order: score, learn, roll up, one conditional write of the state, then publish.
 *
 * Twice with the same segments changes nothing: the state remembers what it has applied, and a writer that was overtaken
 * fails on the condition and starts again from what is stored. Throws where nothing could be made durable.
 */
export function createApplySegments(deps: ApplySegmentsDeps) {
  return async (workspace: string, shard: number, queued: readonly QueuedSegment[]): Promise<void> => {
    const segments = await Promise.all(queued.map((entry) => readSegment(deps, entry)));
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      if (await applyOnce(deps, workspace, shard, segments)) return;
    }
    throw new ServiceError('store/conflict', `shard ${shard}: its state was replaced ${MAX_TRIES} times meanwhile`, {
      retryable: true,
    });
  };
}

interface ReadSegment {
  readonly segmentId: string;
  /** Undefined where the segment is missing or unreadable; the word says which. */
  readonly part: DecodedPart | undefined;
  readonly lost: 'segment_missing' | 'segment_corrupt' | undefined;
  readonly items: number;
}

async function readSegment(deps: ApplySegmentsDeps, { message, receiveCount }: QueuedSegment): Promise<ReadSegment> {
  const base = { segmentId: message.segmentId, items: message.samples + message.logRecords };
  const bytes = await deps.readPart(message);
  if (bytes === undefined) {
    if (receiveCount >= MISSING_AFTER_RECEIVES) return { ...base, part: undefined, lost: 'segment_missing' };
    throw new ServiceError('store/unavailable', `segment ${message.key} is not there`, { retryable: true });
  }
  try {
    const part = decodeSegmentPart(bytes);
    if (part.workspace === message.workspace && part.shard === message.shard) {
      return { ...base, part, lost: undefined };
    }
    await deps.quarantine(message, bytes, 'the part belongs to another workspace or shard');
  } catch (error) {
    // What a newer release wrote is sound: its messages come back until that release reads them.
    if (!(error instanceof ServiceError) || error.code === 'store/version-unknown') throw error;
    await deps.quarantine(message, bytes, error.message);
  }
  return { ...base, part: undefined, lost: 'segment_corrupt' };
}

/** False where somebody else replaced the state meanwhile. */
async function applyOnce(
  deps: ApplySegmentsDeps,
  workspace: string,
  shard: number,
  segments: readonly ReadSegment[],
): Promise<boolean> {
  const loaded = await deps.states.load(workspace, shard);
  const state = currentLayout(
    loaded?.state ?? createShardState(workspace, shard, deps.processor.layout),
    deps.processor,
  );
  // Of a consumer that ended between saving and publishing; where it did not, saying it again changes nothing.
  await handOn(deps, state);
  const fresh = segments.filter((segment) => !isApplied(state, segment.segmentId));
  if (fresh.length === 0) return true;
  const late: LateSamples = new Map();
  for (const segment of fresh) applySegment(state, segment, deps.processor, late);
  deps.processor.closeSilent(state);
  if (late.size > 0) await mergeLate(deps, state, late);
  await flushChunks(state, deps.writeChunk);
  await takeCheckpoint(state, deps.writeCheckpoint);
  const saved = await deps.states.save({ state, etag: loaded?.etag });
  if (saved === 'conflict') return false;
  await handOn(deps, state);
  return true;
}

/** Publishes what waits in the outbox, so that what is saved next holds only what is decided from here on. */
async function handOn(deps: ApplySegmentsDeps, state: ShardState): Promise<void> {
  const { series, anomalies, withdrawn } = state.outbox;
  if (series.length + anomalies.length + withdrawn.length === 0) return;
  await deps.publish(state.workspace, state.outbox);
  state.outbox = createOutbox();
}

function currentLayout(state: ShardState, processor: SampleProcessor): ShardState {
  if (isSameLayout(state.layout, processor.layout)) return state;
  const moved = relayout(state, processor.layout);
  for (let index = 0; index < moved.seriesIds.length; index++) processor.startDetector(moved, index);
  return moved;
}

function applySegment(state: ShardState, segment: ReadSegment, processor: SampleProcessor, late: LateSamples): void {
  if (isApplied(state, segment.segmentId)) return; // twice in one batch
  rememberApplied(state, segment.segmentId);
  state.counters.segments++;
  const { part } = segment;
  if (part === undefined) {
    if (segment.lost !== undefined) countDiscarded(state, segment.lost, segment.items);
    return;
  }
  const { timestampsMs, values, stale, sampleStarts } = part;
  for (let i = 0; i < part.seriesCount; i++) {
    const samples = {
      seriesId: part.seriesIdAt(i),
      kind: part.kindAt(i),
      labels: () => part.labelsAt(i),
      timestampsMs,
      values,
      stale,
      start: sampleStarts[i]!,
      end: sampleStarts[i + 1]!,
    };
    processor.applySamples(state, samples, late);
  }
  for (const batch of part.logs) applyLogs(state, batch, processor);
}
