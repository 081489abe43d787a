import type { OutgoingMessage, Table } from '../../../data/contracts.ts';
import { createArchive } from '../../../data/history/archive.ts';
import { decodeShardState } from '../../../data/state/codec.ts';
import { stateKey } from '../../../data/state/shard-state.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../../data/tables/workspace-limits.ts';
import { assembleIngest } from '../../../functions/assemble-ingest.ts';
import { createApplySegments } from '../../../functions/detect/apply-segments.ts';
import { createHandleGroup } from '../../../functions/detect/handle-group.ts';
import { createSampleProcessor } from '../../../functions/detect/sample-processor.ts';
import type { HttpResponse } from '../../../functions/platform/edge.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../../models/detect/registry.ts';
import type { Anomaly } from '../../../models/domain/anomaly.ts';
import type { Series } from '../../../models/domain/series.ts';
import type { Random } from '../../../models/numeric/random.ts';
import { canonicalBytes } from '../../support/canonical-state.ts';
import type { CarriedRequest } from '../../support/carriers.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { plainDeps } from '../../support/shard-room.ts';

const WORKSPACE = 'abcdefghijkl';
const SHARD_COUNT = 2;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const WIDE = 1e9;
const LIMITS = {
  ...DEFAULT_WORKSPACE_LIMITS,
  requestsPerSecond: WIDE,
  requestsBurst: WIDE,
  samplesPerSecond: WIDE,
  samplesBurst: WIDE,
  logRecordsPerSecond: WIDE,
  logRecordsBurst: WIDE,
};

/**
 * The routes of ingest as they are joined in service, in two processes that share nothing but the store, and behind them the
 * detect room; from empty objects on.
 */
export function openCarriersStreet(table: Table, nowMs: number) {
  const objects = createMemoryObjects();
  const queued: OutgoingMessage[] = [];
  const processes = [1, 2].map(() =>
    assembleIngest(
      { objects, table, queue: { send: async (messages) => void queued.push(...messages) } },
      { pepper: 'pepper', nowMs: () => nowMs, shardCount: SHARD_COUNT, limits: LIMITS, log: SILENT },
    ),
  );
  const told = { series: new Map<string, Series>(), anomalies: new Map<string, Anomaly>() };
  const processor = createSampleProcessor(createDetector(DEFAULT_DETECTOR, { timeZone: 'Europe/Vienna' }));
  const handleGroup = createHandleGroup({
    applySegments: createApplySegments(plainDeps(objects, processor, told)),
    quarantineMessage: (_group, { body }, why) => Promise.reject(new Error(`${why}: ${body}`)),
  });

  async function ask({ path, headers, body }: CarriedRequest, process: 0 | 1): Promise<HttpResponse> {
    const route = processes[process]!.routes.find((one) => one.method === 'POST' && one.path === path);
    if (route === undefined) throw new Error(`no route ${path}`);
    const request = { method: 'POST', path, headers, body, nowMs, workspace: WORKSPACE };
    const rest = { params: {}, query: new URLSearchParams(), requestId: 'request', keyId: 'key' };
    return route.handle({ ...request, ...rest });
  }

  return {
    ask,
    /** Answers with the status. */
    send: async (request: CarriedRequest): Promise<number> => (await ask(request, 0)).status,
    /** What was counted, all shards together. */
    counted() {
      const counted = { samples: 0, logRecords: 0, duplicates: 0 };
      for (let shard = 0; shard < SHARD_COUNT; shard++) {
        const bytes = objects.bytesOf(stateKey(WORKSPACE, shard));
        if (bytes === undefined) continue;
        const { samples, logRecords, discarded } = decodeShardState(bytes).counters;
        counted.samples += samples;
        counted.logRecords += logRecords;
        counted.duplicates += discarded.duplicate?.count ?? 0;
      }
      return counted;
    },
    /** What waits in the queue, received in batches of any size. */
    async work(random: Random): Promise<void> {
      for (const [group, messages] of Map.groupBy(queued.splice(0), (message) => message.group)) {
        for (let from = 0; from < messages.length; ) {
          const to = from + 1 + random.below(10);
          const received = messages
            .slice(from, to)
            .map(({ body }, i) => ({ messageId: `${i}`, body, receiveCount: 1 }));
          const { done, failure } = await handleGroup(group, received);
          if (done < received.length) throw failure;
          from = to;
        }
      }
    },
    /** What the shards have learned, byte for byte, and what people were told. */
    async outcome() {
      const shards = Array.from({ length: SHARD_COUNT }, async (_, shard) => {
        const bytes = objects.bytesOf(stateKey(WORKSPACE, shard));
        if (bytes === undefined) return undefined;
        return Buffer.from(await canonicalBytes(decodeShardState(bytes), createArchive(objects).readRows)).toString(
          'base64',
        );
      });
      return {
        shards: await Promise.all(shards),
        series: [...told.series.values()].sort((a, b) => (a.seriesId < b.seriesId ? -1 : 1)),
        anomalies: [...told.anomalies.values()].sort((a, b) => (a.anomalyId < b.anomalyId ? -1 : 1)),
      };
    },
  };
}
