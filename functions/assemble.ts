import type { Objects, Queue, Table } from '../data/contracts.ts';
import { createCapacityBoard } from '../data/forecasts/capacity-board.ts';
import { createForecastArchive } from '../data/forecasts/forecast-archive.ts';
import { createOlderDaysStore } from '../data/forecasts/older-days.ts';
import { createArchive } from '../data/history/archive.ts';
import { createHistory, type History } from '../data/history/history.ts';

import { createNeuralStore } from '../data/neural/model-store.ts';
import { createCheckpointStore } from '../data/state/checkpoint-store.ts';
import { createStateStore } from '../data/state/state-store.ts';
import { createDiscards } from '../data/tables/discards.ts';
import { readMailUse } from '../data/tables/mail-use.ts';
import { everyRecord, type Records } from '../data/tables/records.ts';
import { createStores } from '../data/tables/stores.ts';
import { createTopology } from '../data/tables/topology.ts';
import { createUsageRates } from '../data/tables/usage-rates.ts';
import { createWorkspaceLimits, type WorkspaceLimits } from '../data/tables/workspace-limits.ts';
import { createWorkspaces } from '../data/tables/workspaces.ts';
import { createDetector, DEFAULT_DETECTOR } from '../models/detect/registry.ts';
import { HOUR_MS } from '../models/domain/rollup.ts';
import { type AccessSettings, assembleAccess } from './assemble-access.ts';
import { assembleCapacity } from './assemble-capacity.ts';
import { assemblePolicies } from './assemble-policies.ts';
import { createDecide } from './decide/decide.ts';
import { createApplySegments } from './detect/apply-segments.ts';
import { createHandleGroup } from './detect/handle-group.ts';
import { createPublishOutbox } from './detect/publish-outbox.ts';
import { createSampleProcessor } from './detect/sample-processor.ts';
import { createForecastShard } from './forecast/forecast-shard.ts';
import { forecastInThread, type OpenForecasting } from './forecast/forecasting.ts';
import { hashId, timeId } from './platform/ids.ts';
import type { Log } from './platform/log.ts';
import { createPutAside } from './put-aside.ts';
import { createQueryRoutes } from './query/query-routes.ts';
import { createReadHealth, createReadUsage } from './query/read-status.ts';

/**
 * Joins the use cases of each room with a backend. The same joints serve AWS (`compose.ts`) and one machine (`local/`):
 * what differs between them is passed in.
 */
export interface Backend {
  readonly objects: Objects;
  readonly table: Table;
  /** Reads the objects; one for all rooms of a thread, so that they share what it keeps. */
  readonly history: History;
}

export function createBackend({ objects, table }: Pick<Backend, 'objects' | 'table'>): Backend {
  return { objects, table, history: createHistory(objects) };
}

export interface DetectSettings {
  readonly timeZone: string;
  readonly nowMs: () => number;
  readonly log: Log;
}

export function assembleDetect({ objects, table }: Backend, { timeZone, nowMs, log }: DetectSettings) {
  const stores = createStores(table);
  const checkpoints = createCheckpointStore(objects);
  const applySegments = createApplySegments({
    states: createStateStore(objects),
    processor: createSampleProcessor(createDetector(DEFAULT_DETECTOR, { timeZone })),
    readPart: async ({ key, offset, length }) => (await objects.getRange(key, offset, offset + length))?.bytes,
    writeCheckpoint: checkpoints.write,
    readCheckpoint: checkpoints.read,
    readBackup: checkpoints.readBackup,
    readPolicies: assemblePolicies(stores, { timeZone, nowMs, log }, objects),
    ...createArchive(objects),
    quarantine: async (message, bytes, why) => {
      log.error('segment part put aside', { segmentId: message.segmentId, shard: message.shard, why });
      await objects.put(`quarantine/${message.workspace}/${message.segmentId}.${message.shard}`, bytes);
    },
    publish: createPublishOutbox({ stores, putAside: createPutAside(objects, log) }),
  });
  const handleGroup = createHandleGroup({
    applySegments,
    quarantineMessage: async (group, { messageId, body }, why) => {
      log.error('message put aside', { group, messageId, why });
      await objects.put(`quarantine/messages/${messageId}`, Buffer.from(body));
    },
  });
  return { handleGroup };
}

export interface ForecastSettings {
  readonly shardCount: number;
  readonly timeZone: string;
  readonly log: Log;
  /** Called now and then with the share of the work that is done. */
  readonly onProgress?: (ratio: number) => void;
  /** What computes; in this thread where it is left out. */
  readonly openForecasting?: OpenForecasting;
  /** Hours of so many series are in memory at once; of a whole shard where it is left out. */
  readonly seriesAtOnce?: number;
}

export function assembleForecast({ objects, table, history }: Backend, settings: ForecastSettings) {
  const { shardCount, timeZone, log, onProgress, openForecasting = forecastInThread } = settings;
  const { seriesAtOnce = Number.POSITIVE_INFINITY } = settings;
  const stores = createStores(table);
  const models = createNeuralStore(objects, (error) => log.warn('neural model passed over', { error }));
  const forecastShard = createForecastShard({
    readHours: (workspace, shard, fromMs, toMs, series) =>
      history.readShardRollups(workspace, shard, HOUR_MS, fromMs, toMs, series),
    countSeries: async (workspace, shard) => (await history.readShard(workspace, shard))?.seriesIds.length ?? 0,
    getSeries: (workspace, ids) => stores.series.getMany(workspace, ids),
    listLimits: (workspace) => everyItem(stores.limits, workspace),
    listCalendars: (workspace) => everyItem(stores.calendars, workspace),
    readSeriesHours: (workspace, { shard, seriesId }, fromMs, toMs) =>
      history.readRollups({ workspace, shard, seriesId }, HOUR_MS, fromMs, toMs),
    putForecasts: (workspace, forecasts) => stores.forecasts.putMany(workspace, forecasts),
    putAside: createPutAside(objects, log),
    archive: createForecastArchive(objects),
    writeCapacity: createCapacityBoard(objects).write,
    olderDays: createOlderDaysStore(objects),
    seriesAtOnce,
    shardCount,
    timeZone,
  });
  const shards = Array.from({ length: shardCount }, (_, shard) => shard);
  return {
    run: forEachWorkspace(table, async (workspace, nowMs) => {
      const forecasting = openForecasting({ timeZone, neural: await models.newest(workspace) });
      const onError = (error: unknown): void => log.error('refused forecasts not counted', { error });
      const discards = createDiscards({ table, nowMs: () => nowMs, onError });
      const work = async (shard: number): Promise<void> => {
        const { refused } = await forecastShard({
          workspace,
          shard,
          nowMs,
          forecasting,
          onProgress: (ratio) => onProgress?.((shard + ratio) / shardCount),
        });
        if (refused > 0) discards.count(workspace, 'forecast_refused', refused);
      };
      try {
        await forEachOf(shards, 'shards', async (shard) => {
          await work(shard);
          onProgress?.((shard + 1) / shardCount);
        });
      } finally {
        await Promise.all([forecasting.end(), discards.flush()]);
      }
    }),
  };
}

export function assembleDecide({ table, history }: Backend) {
  const stores = createStores(table);
  const decide = createDecide({ ...stores, readRollups: history.readRollups, hashId, timeId });
  return {
    run: forEachWorkspace(table, async (workspace, nowMs) => {
      await decide.run(workspace, nowMs);
    }),
  };
}

/** After the 20 s that a question may take at most, and before the 25 s of the function end. */
const DEADLINE_MS = 22_000;

export interface QuerySettings extends AccessSettings {
  readonly timeZone: string;
  readonly version: string;
  readonly shardCount: number;
  readonly limits: WorkspaceLimits;
  readonly cursorSecret: string | (() => Promise<string>);
  readonly queueDepth?: Queue['depth'];
}

export function assembleQuery(backend: Backend, settings: QuerySettings) {
  const { history } = backend;
  const stores = createStores(backend.table);
  const workspaces = createWorkspaces(backend.table);
  const onError = (error: unknown): void => settings.log.error('limits not read', { error });
  const records = { table: backend.table, nowMs: settings.nowMs, onError };
  const { keys, keyUses, authenticate } = assembleAccess(backend.table, settings);
  const limits = createWorkspaceLimits({ ...records, defaults: settings.limits });
  const sources = {
    version: settings.version,
    shardCount: settings.shardCount,
    listWorkspaces: workspaces.list,
    readShard: history.readShard,
    readDiscards: createDiscards(records).read,
    readMinute: createUsageRates(records).read,
    countKeys: async (workspace: string) => {
      const live = (await keys.list(workspace)).filter(
        ({ expiresAtMs }) => (expiresAtMs ?? Infinity) > settings.nowMs(),
      );
      return live.length;
    },
    readMailUse: (workspace: string) => readMailUse(stores.deliveries, workspace, settings.nowMs()),
    readLimits: limits.read,
    nowMs: settings.nowMs,
    ...(settings.queueDepth && { queueDepth: settings.queueDepth }),
  };
  const routes = createQueryRoutes({
    ...stores,
    readSamples: history.readSamples,
    readRollups: history.readRollups,
    readShard: history.readShard,
    detector: createDetector(DEFAULT_DETECTOR, settings),
    readPolicies: assemblePolicies(stores, settings, backend.objects),
    readHealth: createReadHealth(sources),
    readUsage: createReadUsage(sources),
    readLimits: limits.read,
    topology: createTopology(backend.table, stores.series),
    keys,
    keyUses,
    ...assembleCapacity(backend, stores, settings),
    hashId,
    cursorSecret: settings.cursorSecret,
  });
  return { routes, authenticate, nowMs: settings.nowMs, deadlineMs: DEADLINE_MS };
}

export function forEachWorkspace(table: Table, work: (workspace: string, nowMs: number) => Promise<void>) {
  const workspaces = createWorkspaces(table);
  return async (nowMs: number): Promise<void> =>
    forEachOf(await workspaces.list(), 'workspaces', ({ workspace }) => work(workspace, nowMs));
}

/** One after another; the failure of one does not stop the others, and is thrown at the end. */
async function forEachOf<T>(items: readonly T[], what: string, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} ${what} failed`);
}

async function everyItem<T>(records: Records<T>, workspace: string): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of everyRecord(records, workspace)) items.push(item);
  return items;
}
