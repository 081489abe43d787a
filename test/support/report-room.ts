import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import type { Objects } from '../../data/contracts.ts';
import { openEmbedded } from '../../data/embedded/embedded.ts';
import { createStores, type Stores } from '../../data/tables/stores.ts';
import { hashId } from '../../functions/platform/ids.ts';
import { createBuildDigest } from '../../functions/report/build-digest.ts';
import { type ChartFiles, createRenderPng } from '../../functions/report/chart-png.ts';
import { createPublishDigest, type PublishDigest } from '../../functions/report/publish-digest.ts';
import { type Resource, sampleSources } from './report-samples.ts';

const require = createRequire(import.meta.url);
export const CHART_FILES: ChartFiles = {
  wasmPath: require.resolve('@resvg/resvg-wasm/index_bg.wasm'),
  fontPath: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
};

/** The report room over real stores in a directory of its own. */
export interface ReportRoom {
  readonly stores: Stores;
  readonly objects: Objects;
  /** How many recipients were left out of each digest that was too large. */
  readonly leftOut: readonly number[];
  publisher(settings?: {
    resources?: readonly Resource[];
    timeZone?: string;
    recipients?: readonly string[];
    mostRecipients?: number;
  }): PublishDigest;
  /** The message of a delivery as a mail program reads it. */
  readMail(messageKey: string): Promise<Email>;
  close(): Promise<void>;
}

export async function openReportRoom(): Promise<ReportRoom> {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-report-'));
  const backend = await openEmbedded({ directory, nowMs: () => 0 });
  const { objects } = backend;
  const stores = createStores(backend.table);
  const leftOut: number[] = [];
  return {
    stores,
    objects,
    leftOut,
    publisher: ({
      resources = [],
      timeZone = 'Europe/Berlin',
      recipients = ['ops@example.org'],
      mostRecipients = 50,
    } = {}) =>
      createPublishDigest({
        buildDigest: createBuildDigest(sampleSources(stores, resources), timeZone),
        renderPng: createRenderPng(CHART_FILES),
        hashId,
        timeZone,
        from: 'Forewarn <forewarn@example.org>',
        recipients,
        publicUrl: 'https://forewarn.example.org',
        mostRecipients: async () => mostRecipients,
        countLeftOut: async (_workspace, count) => {
          leftOut.push(count);
        },
        putMessage: (key, mime) => objects.put(key, mime),
        getDelivery: (workspace, deliveryId) => stores.deliveries.get(workspace, deliveryId),
        addDelivery: (workspace, delivery) => stores.deliveries.put(workspace, delivery, { kind: 'absent' }),
      }),
    async readMail(messageKey) {
      const message = await objects.get(messageKey);
      if (!message) throw new Error(`no message under ${messageKey}`);
      return PostalMime.parse(message.bytes);
    },
    async close() {
      await backend.close();
      await rm(directory, { recursive: true });
    },
  };
}
