import { getHeapStatistics } from 'node:v8';
import type { Objects, Queue, Table } from '../data/contracts.ts';
import { createDiscards } from '../data/tables/discards.ts';
import { createIdempotency } from '../data/tables/idempotency.ts';
import { createStores } from '../data/tables/stores.ts';
import { createUsageRates } from '../data/tables/usage-rates.ts';
import { createWorkspaceLimits, type WorkspaceLimits } from '../data/tables/workspace-limits.ts';
import { type AccessSettings, assembleAccess } from './assemble-access.ts';
import { createAcceptBatch } from './ingest/accept-batch.ts';
import { admissionLimits, createAdmission } from './ingest/admission.ts';
import { createAllowances } from './ingest/allowance.ts';
import { decodeChange } from './ingest/changes-json.ts';
import { DEFAULT_INGEST_LIMITS } from './ingest/limits.ts';
import { decodeLogsJson } from './ingest/logs-json.ts';
import { decodeMetricsCsv } from './ingest/metrics-csv.ts';
import { decodeMetricsJson } from './ingest/metrics-json.ts';
import { createRateLimit, type TakeFromLimit } from './ingest/rate-limit.ts';
import { createRecentIds } from './ingest/recent-ids.ts';
import { createIngestRoutes } from './ingest/routes.ts';
import { createSeriesIdentity, identityRoom } from './ingest/series-identity.ts';
import { createSeriesLimit } from './ingest/series-limit.ts';
import { createStreamLimit } from './ingest/stream-limit.ts';

export interface IngestSettings extends AccessSettings {
  readonly shardCount: number;
  /** Of a workspace for which the operator has set no others. */
  readonly limits: WorkspaceLimits;
}

export interface IngestBackend {
  readonly objects: Pick<Objects, 'put'>;
  readonly table: Table;
  readonly queue: Pick<Queue, 'send'>;
}

/** Joins the room that takes data in with a backend, for AWS and for one machine alike. */
export function assembleIngest({ objects, table, queue }: IngestBackend, settings: IngestSettings) {
  const { nowMs, shardCount, log } = settings;
  const { changes, series } = createStores(table);
  const records = (what: string) => ({ table, nowMs, onError: (error: unknown) => log.error(what, { error }) });
  const discards = createDiscards(records('discards not written'));
  const rates = createUsageRates(records('minute of use not written'));
  const workspaceLimits = createWorkspaceLimits({ ...records('limits not read'), defaults: settings.limits });
  const allowances = createAllowances({
    refresh: workspaceLimits.refresh,
    limitsOf: workspaceLimits.of,
    common: DEFAULT_INGEST_LIMITS,
  });
  const takeFromRate = createRateLimit((workspace) => allowances.of(workspace).rates);
  const takeFromLimit: TakeFromLimit = (take) => {
    takeFromRate(take);
    rates.count(take.workspace, take.what, take.amount);
  };
  const { heap_size_limit: heapBytes } = getHeapStatistics();
  const routes = createIngestRoutes({
    identity: createSeriesIdentity(identityRoom(heapBytes)),
    decodeMetricsJson,
    decodeMetricsCsv,
    decodeLogsJson,
    decodeChange,
    acceptBatch: createAcceptBatch({
      putObject: (key, bytes, condition) => objects.put(key, bytes, condition),
      send: (messages) => queue.send(messages),
      shardCount,
    }),
    storeChange: (workspace, change) => changes.put(workspace, change, { kind: 'absent' }),
    admission: createAdmission(admissionLimits(heapBytes)),
    allowances,
    idempotency: createIdempotency({ table, nowMs }),
    takeFromLimit,
    limitSeries: createSeriesLimit({
      limitOf: (workspace) => allowances.of(workspace).series,
      findKnown: async (workspace, ids) =>
        new Set((await series.getMany(workspace, ids)).map(({ seriesId }) => seriesId)),
      noteNew: (workspace, count) => rates.count(workspace, 'newSeries', count),
    }),
    admitStreams: createStreamLimit((workspace) => allowances.of(workspace).streams, rates.noteStreams),
    recentLogEvents: createRecentIds(),
    quarantine: async (key, bytes) => {
      log.error('records put aside', { key });
      await objects.put(key, bytes, { kind: 'absent' });
    },
    countDiscarded: discards.count,
  });
  return { routes, authenticate: assembleAccess(table, settings).authenticate, nowMs, discards };
}
