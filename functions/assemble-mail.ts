import type { Table } from '../data/contracts.ts';
import { createDiscards } from '../data/tables/discards.ts';
import { readMailUse } from '../data/tables/mail-use.ts';
import { createStores } from '../data/tables/stores.ts';
import {
  createWorkspaceLimits,
  DEFAULT_WORKSPACE_LIMITS,
  type WorkspaceLimits,
} from '../data/tables/workspace-limits.ts';
import { HOUR_MS } from '../models/domain/rollup.ts';
import { type Backend, forEachWorkspace } from './assemble.ts';
import type { Channel } from './channel/channel.ts';
import { createDeliverPending } from './notify/deliver-pending.ts';
import { hashId } from './platform/ids.ts';
import { createReadActivity } from './report/activity.ts';
import { createBuildDigest } from './report/build-digest.ts';
import { type ChartFiles, createRenderPng } from './report/chart-png.ts';
import { createPublishDigest } from './report/publish-digest.ts';

/*
 * Joins the rooms that write to people with a backend, as assemble.ts does with the others.
 */

export interface ReportSettings {
  readonly shardCount: number;
  readonly timeZone: string;
  readonly mailFrom: string;
  readonly mailTo: readonly string[];
  readonly publicUrl: string | null;
  readonly chartFiles: ChartFiles;
}

export function assembleReport({ objects, table, history }: Backend, settings: ReportSettings) {
  const stores = createStores(table);
  const buildDigest = createBuildDigest(
    {
      listSeries: stores.series.list,
      listLimits: stores.limits.list,
      listForecasts: stores.forecasts.list,
      listPredictions: stores.predictions.listByIndex,
      listIssues: stores.issues.list,
      listIssuesByStatus: stores.issues.listByIndex,
      listAnomalies: stores.anomalies.list,
      getChanges: stores.changes.getMany,
      listDeliveries: stores.deliveries.listByIndex,
      getSeries: async (workspace, seriesId) => (await stores.series.get(workspace, seriesId))?.record,
      getForecast: async (workspace, seriesId) => (await stores.forecasts.get(workspace, seriesId))?.record,
      readHours: (workspace, series, fromMs, toMs) =>
        history.readRollups({ workspace, shard: series.shard, seriesId: series.seriesId }, HOUR_MS, fromMs, toMs),
      readActivity: createReadActivity({
        shardCount: settings.shardCount,
        readShardRollups: history.readShardRollups,
      }),
    },
    settings.timeZone,
  );
  const publishDigest = createPublishDigest({
    buildDigest,
    renderPng: createRenderPng(settings.chartFiles),
    hashId,
    putMessage: (key, mime) => objects.put(key, mime),
    getDelivery: stores.deliveries.get,
    addDelivery: (workspace, delivery) => stores.deliveries.put(workspace, delivery, { kind: 'absent' }),
    timeZone: settings.timeZone,
    from: settings.mailFrom,
    recipients: settings.mailTo,
    publicUrl: settings.publicUrl,
    mostRecipients: async (workspace) => (await readLimits(table, workspace)).mailRecipients,
    countLeftOut: async (workspace, recipients, nowMs) => {
      const discards = createDiscards({ table, nowMs: () => nowMs, onError: rethrow });
      discards.count(workspace, 'mail_recipients', recipients);
      await discards.flush();
    },
  });
  return {
    run: forEachWorkspace(table, async (workspace, nowMs) => {
      await publishDigest(workspace, nowMs);
    }),
  };
}

export function assembleNotify({ objects, table }: Backend, channel: Channel, from: string) {
  const { deliveries } = createStores(table);
  const deliverPending = createDeliverPending({
    listPending: (workspace, options) => deliveries.listByIndex(workspace, 'pending', options),
    readMessage: async (key) => (await objects.get(key))?.bytes,
    saveDelivery: (workspace, delivery) => deliveries.put(workspace, delivery),
    send: channel.send,
    from,
    leftToday: async (workspace, nowMs) => {
      const [{ mailsPerDay }, { sentToday }] = await Promise.all([
        readLimits(table, workspace),
        readMailUse(deliveries, workspace, nowMs),
      ]);
      return mailsPerDay - sentToday;
    },
  });
  return {
    run: forEachWorkspace(table, async (workspace, nowMs) => {
      await deliverPending(workspace, nowMs);
    }),
  };
}

/** Anew for each run, which is rare. What is no limit is told by the rooms that have a log, and the default stands. */
function readLimits(table: Table, workspace: string): Promise<WorkspaceLimits> {
  const onError = (error: unknown): void => {
    if (!(error instanceof RangeError)) throw error;
  };
  return createWorkspaceLimits({ table, nowMs: () => 0, defaults: DEFAULT_WORKSPACE_LIMITS, onError }).read(workspace);
}

function rethrow(error: unknown): void {
  throw error;
}
