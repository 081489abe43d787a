import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../../data/embedded/embedded.ts';
import { parseSegmentMessage } from '../../../data/segments/message.ts';
import { decodeSegmentPart } from '../../../data/segments/segment.ts';
import { createIdempotency } from '../../../data/tables/idempotency.ts';
import { createKeys } from '../../../data/tables/keys.ts';
import { createStores } from '../../../data/tables/stores.ts';
import { createAcceptBatch } from '../../../functions/ingest/accept-batch.ts';
import { admissionLimits, createAdmission } from '../../../functions/ingest/admission.ts';
import type { Allowance } from '../../../functions/ingest/allowance.ts';
import { decodeChange } from '../../../functions/ingest/changes-json.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import { decodeLogsJson } from '../../../functions/ingest/logs-json.ts';
import { decodeMetricsCsv } from '../../../functions/ingest/metrics-csv.ts';
import { decodeMetricsJson } from '../../../functions/ingest/metrics-json.ts';
import { createRateLimit, type RateLimits } from '../../../functions/ingest/rate-limit.ts';
import { createRecentIds } from '../../../functions/ingest/recent-ids.ts';
import { createIngestRoutes } from '../../../functions/ingest/routes.ts';
import { createSeriesIdentity } from '../../../functions/ingest/series-identity.ts';
import { createSeriesLimit, type SeriesLimit } from '../../../functions/ingest/series-limit.ts';
import { createStreamLimit, type StreamLimit } from '../../../functions/ingest/stream-limit.ts';
import { createAuthenticate } from '../../../functions/platform/auth.ts';
import { httpEdge } from '../../../functions/platform/edge.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { createLog } from '../../../functions/platform/log.ts';
import { startHttpBridge } from '../../../local/http-bridge.ts';
import { type RawRequest, sendHttp } from '../../support/send-http.ts';
import { NOW_MS } from './write-request.ts';

export const WORKSPACE = 'abcdefghijkl';
const PEPPER = 'pepper';
const SHARD_COUNT = 4;

/** Nobody meets these by accident. */
const WIDE: RateLimits = {
  requests: { perSecond: 1e9, burst: 1e9 },
  samples: { perSecond: 1e9, burst: 1e9 },
  logRecords: { perSecond: 1e9, burst: 1e9 },
  logBytes: { perSecond: 1e9, burst: 1e9 },
};

const WIDE_SERIES = { active: 1e9, newPerMinute: 1e9 };

/** Ingest as it runs, from the socket to the embedded store, with switches for what may fail. */
export async function openIngestStreet(
  rateLimits: RateLimits = WIDE,
  streams: StreamLimit = { maxStreams: 5_000 },
  series: SeriesLimit = WIDE_SERIES,
) {
  const allowance: Allowance = { request: DEFAULT_INGEST_LIMITS, rates: rateLimits, series, streams };
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-ingest-'));
  const switches = { nowMs: NOW_MS, objectsDown: false, queueDown: false, quarantineDown: false, tableDown: false };
  const nowMs = (): number => switches.nowMs;
  const backend = await openEmbedded({ directory, nowMs });
  const { objects, queue } = backend;
  const unlessDown = (down: boolean): void => {
    if (down) throw new ServiceError('store/unavailable', 'inner words', { retryable: true });
  };
  let keyReads = 0;
  const table: typeof backend.table = {
    ...backend.table,
    get: async (key) => {
      if (key.partition.startsWith('key#')) keyReads++;
      unlessDown(switches.tableDown);
      return backend.table.get(key);
    },
  };
  const stores = createStores(table);
  const keys = createKeys({ table, pepper: PEPPER, nowMs });
  const discarded = new Map<string, number>();
  const lines: string[] = [];
  const log = createLog({ room: 'ingest', level: 'debug', nowMs, write: (line) => lines.push(line) });
  const routes = createIngestRoutes({
    identity: createSeriesIdentity(),
    decodeMetricsJson,
    decodeMetricsCsv,
    decodeLogsJson,
    decodeChange,
    acceptBatch: createAcceptBatch({
      putObject: async (key, bytes, condition) => {
        unlessDown(switches.objectsDown);
        return objects.put(key, bytes, condition);
      },
      send: async (messages) => {
        unlessDown(switches.queueDown);
        await queue.send(messages);
      },
      shardCount: SHARD_COUNT,
    }),
    storeChange: (workspace, change) => {
      unlessDown(switches.objectsDown || switches.queueDown);
      return stores.changes.put(workspace, change, { kind: 'absent' });
    },
    admission: createAdmission(admissionLimits(4 * 1024 * 1024 * 1024)),
    allowances: { refresh: async () => {}, of: () => allowance },
    idempotency: createIdempotency({ table, nowMs }),
    takeFromLimit: createRateLimit(() => allowance.rates),
    limitSeries: createSeriesLimit({
      limitOf: () => allowance.series,
      findKnown: async () => new Set<string>(),
      noteNew: () => {},
    }),
    admitStreams: createStreamLimit(
      () => allowance.streams,
      () => {},
    ),
    recentLogEvents: createRecentIds(),
    quarantine: async (key, bytes) => {
      unlessDown(switches.quarantineDown);
      await objects.put(key, bytes, { kind: 'absent' });
    },
    countDiscarded: (workspace, reason, count) => {
      const name = `${workspace} ${reason}`;
      discarded.set(name, (discarded.get(name) ?? 0) + count);
    },
  });
  const handler = httpEdge({
    room: 'ingest',
    nowMs,
    log,
    authenticate: createAuthenticate({ findKey: keys.find, pepper: PEPPER, nowMs }),
    routes,
  });
  const forms = new Map(routes.map(({ path, errors }) => [path, errors]));
  const bridge = await startHttpBridge({
    port: 0,
    host: '127.0.0.1',
    route: () => handler,
    ingestFormOf: (path) => forms.get(path),
    log,
  });

  return {
    port: bridge.port,
    switches,
    keys,
    lines,
    discarded,
    keyReads: () => keyReads,
    send: (request: RawRequest) => sendHttp(bridge.port, request),
    segments: async () => (await objects.list('seg/')).entries.map(({ key }) => key),
    /** What was put aside: the lines of all its objects. */
    putAside: async () => {
      const { entries } = await objects.list('quarantine/');
      const texts = await Promise.all(
        entries.map(async ({ key }) => Buffer.from((await objects.get(key))?.bytes ?? []).toString()),
      );
      return texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
    },
    changes: async () => (await stores.changes.list(WORKSPACE, { limit: 1_000 })).items,
    /** Takes everything off the queue and reads what it points at: what the next room would see. */
    drain: async () => {
      const parts = [];
      for (;;) {
        const messages = await queue.receive({ maxMessages: 10, visibilityMs: 60_000, waitMs: 0 });
        if (messages.length === 0) return parts;
        for (const { body } of messages) {
          const { key, offset, length, workspace, shard } = parseSegmentMessage(body);
          const object = await objects.getRange(key, offset, offset + length);
          if (object === undefined) throw new Error(`${key} is missing`);
          parts.push(decodeSegmentPart(object.bytes, { workspace, shard }));
        }
        await queue.delete(messages.map(({ receipt }) => receipt));
      }
    },
    close: async () => {
      await bridge.close();
      await backend.close();
      await rm(directory, { recursive: true });
    },
  };
}

export type IngestStreet = Awaited<ReturnType<typeof openIngestStreet>>;
