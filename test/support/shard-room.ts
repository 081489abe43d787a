import type { Objects } from '../../data/contracts.ts';
import { createArchive } from '../../data/history/archive.ts';
import { createHistory, type History } from '../../data/history/history.ts';
import type { LogBatch } from '../../data/segments/batch.ts';
import { formatSegmentMessage, parseSegmentMessage } from '../../data/segments/message.ts';
import { encodeSegment } from '../../data/segments/segment.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { createCheckpointStore } from '../../data/state/checkpoint-store.ts';
import { decodeShardState } from '../../data/state/codec.ts';
import type { ShardState } from '../../data/state/shard-state.ts';
import { createStateStore } from '../../data/state/state-store.ts';
import {
  type ApplySegmentsDeps,
  createApplySegments,
  type QueuedSegment,
} from '../../functions/detect/apply-segments.ts';
import { createSampleProcessor, type SampleProcessor } from '../../functions/detect/sample-processor.ts';
import { type Detector, SCORED } from '../../models/detect/detector.ts';
import { EMPTY_BOOK } from '../../models/detect/policy-book.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Labels, Series, SeriesKind } from '../../models/domain/series.ts';
import { createMemoryObjects, type MemoryObjects } from './memory-objects.ts';
import { columnsOf } from './series-columns.ts';

export const WORKSPACE = 'abcdefghijkl';
export const SHARD = 0;

/** Remembers how many it has seen and their sum; whatever is above 100 is an anomaly. */
export const OVER_HUNDRED: Detector = {
  name: 'over-hundred',
  version: 1,
  stateFloats: 2,
  weekKnownMs: 0,
  init: () => undefined,
  score(_state, _timestampMs, value, out) {
    out.kind = SCORED;
    out.score = value > 100 ? 2 : 0.1;
    out.lower = 0;
    out.expected = 50;
    out.upper = 100;
  },
  learn(state, _timestampMs, value) {
    state[0]! += 1;
    state[1]! += value;
  },
};

export interface Sent {
  readonly name: string;
  readonly kind?: SeriesKind;
  readonly points: readonly (readonly [timestampMs: number, value: number])[];
  /** Times at which the series ends. */
  readonly staleAt?: readonly number[];
}

export function labelsFor(name: string): Labels {
  return [['__name__', name]];
}

export function idOf(name: string): string {
  return seriesIdOf(WORKSPACE, labelsFor(name));
}

/** One shard of one workspace: what was sent to it, its state, and what it has published. */
export interface ShardRoom {
  readonly objects: MemoryObjects;
  readonly history: History;
  readonly published: { readonly series: Map<string, Series>; readonly anomalies: Map<string, Anomaly> };
  /** Stores a segment as ingest does, and says of it what the queue would. */
  segment(series: readonly Sent[], logs?: readonly LogBatch[]): Promise<QueuedSegment>;
  /** A consumer with an empty memory, as after a restart; its dependencies can be replaced. */
  consumer(replaced?: Partial<ApplySegmentsDeps>): (...segments: readonly QueuedSegment[]) => Promise<void>;
  /** Sends and applies in one go, by a consumer that stays. */
  send(series: readonly Sent[], logs?: readonly LogBatch[]): Promise<void>;
  state(): ShardState;
  stateBytes(): Uint8Array;
  samplesOf(name: string): Promise<(readonly [timestampMs: number, value: number])[]>;
}

export function openShardRoom(detector: Detector = OVER_HUNDRED, given = createMemoryObjects()): ShardRoom {
  const objects = given;
  const published = { series: new Map<string, Series>(), anomalies: new Map<string, Anomaly>() };
  const processor = createSampleProcessor(detector);
  const stateBytes = (): Uint8Array => {
    const bytes = objects.bytesOf(`state/${WORKSPACE}/${SHARD}`);
    if (bytes === undefined) throw new Error('the shard has no state yet');
    return bytes;
  };
  const history = createHistory(objects);
  const room: Omit<ShardRoom, 'send'> = {
    objects,
    history,
    published,
    async segment(series, logs = []) {
      const columns = columnsOf(series.map(toSeriesBatch));
      const segment = encodeSegment(WORKSPACE, 1, { series: columns, logs });
      await objects.put(segment.key, segment.bytes);
      const message = parseSegmentMessage(formatSegmentMessage(WORKSPACE, segment, segment.parts[0]!).body);
      return { message, receiveCount: 1 };
    },
    consumer(replaced = {}) {
      const apply = createApplySegments({ ...plainDeps(objects, processor, published), ...replaced });
      return (...segments) => apply(WORKSPACE, SHARD, segments);
    },
    state: () => decodeShardState(stateBytes()),
    stateBytes,
    async samplesOf(name) {
      const ref = { workspace: WORKSPACE, shard: SHARD, seriesId: idOf(name) };
      const { timestampsMs, values } = await history.readSamples(ref, 0, Number.MAX_SAFE_INTEGER);
      return Array.from(timestampsMs, (timestampMs, i) => [timestampMs, values[i]!] as const);
    },
  };
  const apply = room.consumer();
  return { ...room, send: async (series, logs) => apply(await room.segment(series, logs)) };
}

function toSeriesBatch({ name, kind = 'gauge', points, staleAt = [] }: Sent) {
  const rows = [...points, ...staleAt.map((timestampMs) => [timestampMs, Number.NaN] as const)];
  rows.sort(([a], [b]) => a - b);
  return {
    seriesId: idOf(name),
    labels: labelsFor(name),
    kind,
    timestampsMs: Float64Array.from(rows, ([timestampMs]) => timestampMs),
    values: Float64Array.from(rows, ([, value]) => value),
    stale: Uint8Array.from(rows, ([timestampMs]) => (staleAt.includes(timestampMs) ? 1 : 0)),
  };
}

/** As the composition root joins them. */
export function plainDeps(
  objects: Objects,
  processor: SampleProcessor,
  published: ShardRoom['published'],
): ApplySegmentsDeps {
  const checkpoints = createCheckpointStore(objects);
  return {
    states: createStateStore(objects),
    processor,
    writeCheckpoint: checkpoints.write,
    readCheckpoint: checkpoints.read,
    readBackup: checkpoints.readBackup,
    readPolicies: async () => EMPTY_BOOK,
    ...createArchive(objects),
    readPart: async ({ key, offset, length }) => (await objects.getRange(key, offset, offset + length))?.bytes,
    quarantine: async ({ segmentId }, bytes) => {
      await objects.put(`quarantine/${segmentId}`, bytes);
    },
    publish: async (_workspace, { series, anomalies, withdrawn }) => {
      for (const one of series) published.series.set(one.seriesId, one);
      for (const one of anomalies) published.anomalies.set(one.anomalyId, one);
      for (const anomalyId of withdrawn) published.anomalies.delete(anomalyId);
      return 0;
    },
  };
}
