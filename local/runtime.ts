import { resolve } from 'node:path';
import { openEmbedded } from '../data/embedded/embedded.ts';
import { DEFAULT_WORKSPACE_LIMITS, type WorkspaceLimits } from '../data/tables/workspace-limits.ts';
import { assembleQuery, createBackend } from '../functions/assemble.ts';
import { assembleIngest } from '../functions/assemble-ingest.ts';
import { systemNowMs } from '../functions/platform/clock.ts';
import { httpEdge } from '../functions/platform/edge.ts';
import type { LocalEnv } from '../functions/platform/env-local.ts';
import { createLog } from '../functions/platform/log.ts';
import { createRouter } from '../functions/platform/router.ts';
import { VERSION } from '../functions/platform/version.ts';
import { type Analytics, startAnalytics } from './analytics.ts';
import type { AnalyticsData, AnalyticsRoom } from './analytics-protocol.ts';
import { connectAws, findAwsPlaces, type LocalClient } from './aws-backend.ts';
import { type Credentials, ensureCredentials, readPepper } from './credentials.ts';
import { type Handler, type HttpBridgeOptions, startHttpBridge } from './http-bridge.ts';

/** One machine is one user's own: its limits keep a mistake from filling the disk, and nothing more. */
const LOCAL_LIMITS: WorkspaceLimits = {
  ...DEFAULT_WORKSPACE_LIMITS,
  requestsPerSecond: 2_000,
  requestsBurst: 10_000,
  samplesPerSecond: 1_000_000,
  samplesBurst: 10_000_000,
  logRecordsPerSecond: 200_000,
  logRecordsBurst: 2_000_000,
  logBytesPerSecond: 80_000_000,
  logBytesBurst: 800_000_000,
  activeSeries: 200_000,
  newSeriesPerMinute: 200_000,
};

export interface Runtime {
  readonly baseUrl: string;
  readonly dataDirectory: string;
  readonly outboxDirectory: string;
  readonly credentials: Credentials;
  readonly client: LocalClient;
  readonly analytics: Analytics;
  /** Stops taking requests, finishes what is in hand, and closes the store. */
  close(): Promise<void>;
}

export interface RuntimeOptions {
  readonly env: LocalEnv;
  readonly onProgress: (room: AnalyticsRoom, ratio: number) => void;
  /** The analytics thread has died: nothing is detected any more. */
  readonly onCrash: (error: Error) => void;
}

/** The whole street in one process: the handlers of the deployment behind an HTTP bridge, a poller and a scheduler. */
export async function startRuntime({ env, onProgress, onCrash }: RuntimeOptions): Promise<Runtime> {
  const dataDirectory = resolve(env.dataDirectory);
  const outboxDirectory = resolve(dataDirectory, 'outbox');
  const store = await openStore(env, dataDirectory);
  const { client } = store;
  const pepper = await readPepper(dataDirectory);
  const { credentials } = await ensureCredentials({
    directory: dataDirectory,
    table: client.table,
    pepper,
    nowMs: systemNowMs,
  });
  const bridge = await startHttpBridge({
    port: env.port,
    host: '127.0.0.1',
    ...createRoute(env, client, pepper),
    log: createLog({ room: 'local', level: env.logLevel, nowMs: systemNowMs }),
  });
  const baseUrl = `http://127.0.0.1:${bridge.port}`;
  const settings = { ...env, outboxDirectory, publicUrl: env.port === 0 ? baseUrl : env.publicUrl };
  const analytics = await startAnalytics({ settings, backend: store.forAnalytics() }, onProgress, onCrash);
  return {
    baseUrl,
    dataDirectory,
    outboxDirectory,
    credentials,
    client,
    analytics,
    async close() {
      await bridge.close();
      await analytics.stop();
      await store.close();
    },
  };
}

interface Store {
  readonly client: LocalClient;
  readonly forAnalytics: () => AnalyticsData['backend'];
  readonly close: () => Promise<void>;
}

async function openStore(env: LocalEnv, directory: string): Promise<Store> {
  if (env.backend === 'aws') {
    const places = await findAwsPlaces(env);
    return {
      client: connectAws(places),
      forAnalytics: () => ({ kind: 'aws', places }),
      close: () => Promise.resolve(),
    };
  }
  const embedded = await openEmbedded({ directory, nowMs: systemNowMs });
  return {
    client: embedded,
    forAnalytics: () => ({ kind: 'embedded', port: embedded.connectPort() }),
    close: embedded.close,
  };
}

/** The same split as in the deployed API: what is sent goes to ingest, the rest to query. */
function createRoute(
  env: LocalEnv,
  client: LocalClient,
  pepper: string,
): Pick<HttpBridgeOptions, 'route' | 'ingestFormOf'> {
  const backend = createBackend(client);
  const access = { pepper, nowMs: systemNowMs, shardCount: env.shardCount, limits: LOCAL_LIMITS };
  const log = (room: string) => createLog({ room, level: env.logLevel, nowMs: systemNowMs });
  const ingestLog = log('ingest');
  const queryLog = log('query');
  const ingest = assembleIngest(client, { ...access, log: ingestLog });
  const query = assembleQuery(backend, {
    ...access,
    version: VERSION,
    timeZone: env.timeZone,
    cursorSecret: pepper,
    log: queryLog,
    queueDepth: client.queue.depth,
  });
  const ingestHandler = httpEdge({ room: 'ingest', log: ingestLog, ...ingest });
  const queryHandler = httpEdge({ room: 'query', log: queryLog, ...query });
  const ingestRoutes = createRouter(ingest.routes);
  const queryRoutes = createRouter(query.routes);
  /** A path that both know, as /v1/changes, goes to the one that has the method. */
  const isIngest = (method: string, path: string): boolean => {
    const { kind } = ingestRoutes(method, path);
    return kind === 'found' || (kind === 'wrong-method' && queryRoutes(method, path).kind === 'unknown-path');
  };
  const handler: Handler = (event, context) =>
    isIngest(event.requestContext.http.method, event.rawPath)
      ? ingestHandler(event, context)
      : queryHandler(event, context);
  return {
    route: () => handler,
    ingestFormOf: (path) => {
      const match = ingestRoutes('POST', path);
      return match.kind === 'unknown-path' ? undefined : match.route.errors;
    },
  };
}
