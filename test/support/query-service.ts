import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { Objects } from '../../data/contracts.ts';
import { openEmbedded } from '../../data/embedded/embedded.ts';
import type { SeriesRef } from '../../data/history/history.ts';
import type { ShardView } from '../../data/state/shard-state.ts';
import { createKeyUses, type KeyUses } from '../../data/tables/key-uses.ts';
import { createKeys, type Keys } from '../../data/tables/keys.ts';
import { createStores, type Stores } from '../../data/tables/stores.ts';
import { createTopology } from '../../data/tables/topology.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../data/tables/workspace-limits.ts';
import { createBackend } from '../../functions/assemble.ts';
import { assembleCapacity } from '../../functions/assemble-capacity.ts';
import { httpEdge, type Scope } from '../../functions/platform/edge.ts';
import { ServiceError } from '../../functions/platform/errors.ts';
import { hashId } from '../../functions/platform/ids.ts';
import type { QueryDependencies } from '../../functions/query/dependencies.ts';
import { createQueryRoutes } from '../../functions/query/query-routes.ts';
import { EMPTY_BOOK, type PolicyBook } from '../../models/detect/policy-book.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import type { RollupColumns } from '../../models/domain/rollup.ts';
import type { SampleColumns } from '../../models/domain/series.ts';
import { NOW_MS } from './decide-samples.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | boolean>>;
  readonly text: string;
  /** The body, parsed; an empty object where there is none, or another kind of body. */
  readonly json: Record<string, unknown>;
}

export interface Ask {
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly nowMs?: number;
}

export interface QueryService {
  readonly objects: Objects;
  readonly stores: Stores;
  readonly keys: Keys;
  readonly keyUses: KeyUses;
  /** What the history answers with. */
  readonly past: {
    samples: SampleColumns;
    rollups: RollupColumns;
    readonly asked: SeriesRef[];
    shard: ShardView | undefined;
    policies: PolicyBook;
  };
  ask(pathAndQuery: string, options?: Ask): Promise<Answer>;
  close(): Promise<void>;
}

const NO_ROLLUPS: RollupColumns = {
  startsMs: new Float64Array(0),
  counts: new Float64Array(0),
  sums: new Float64Array(0),
  mins: new Float64Array(0),
  maxs: new Float64Array(0),
  lasts: new Float64Array(0),
};

/** The query room behind its real edge, on an embedded store of its own. Keys are `WORKSPACE:SCOPE`. */
export async function openQueryService(given: Partial<QueryDependencies> = {}): Promise<QueryService> {
  const directory = await mkdtemp(join(tmpdir(), 'forewarn-query-'));
  const backend = await openEmbedded({ directory, maxReceives: 5, nowMs: () => NOW_MS });
  const stores = createStores(backend.table);
  let nowMs = NOW_MS;
  const clock = { table: backend.table, nowMs: () => nowMs };
  const keys = createKeys({ ...clock, pepper: 'pepper' });
  const keyUses = createKeyUses({
    ...clock,
    onError: (error) => {
      throw error;
    },
  });
  const past: QueryService['past'] = {
    samples: { timestampsMs: new Float64Array(0), values: new Float64Array(0) },
    rollups: NO_ROLLUPS,
    asked: [],
    shard: undefined,
    policies: EMPTY_BOOK,
  };
  const routes = createQueryRoutes({
    ...stores,
    topology: createTopology(backend.table, stores.series),
    keys,
    keyUses,
    readSamples: async (ref) => {
      past.asked.push(ref);
      return past.samples;
    },
    readRollups: async (ref) => {
      past.asked.push(ref);
      return past.rollups;
    },
    readShard: async () => past.shard,
    detector: createDetector(DEFAULT_DETECTOR),
    readPolicies: async () => past.policies,
    readHealth: async () => ({ status: 'ok', version: '0.1.0', watermarkMs: NOW_MS, counts: { series: 2 } }),
    readUsage: async (workspace) => ({
      sinceMs: NOW_MS,
      accepted: { samples: 10 },
      discarded: new Map([[workspace, { count: 1, firstAtMs: NOW_MS, lastAtMs: null }]]),
      muted: new Map([['calendar', 3]]),
      limits: DEFAULT_WORKSPACE_LIMITS,
      current: { activeSeries: 7 },
    }),
    readLimits: async () => DEFAULT_WORKSPACE_LIMITS,
    ...assembleCapacity(
      { ...backend, history: { ...createBackend(backend).history, readRollups: async () => past.rollups } },
      stores,
      { shardCount: 4, timeZone: 'UTC' },
    ),
    hashId,
    cursorSecret: 'a secret of the tests',
    ...given,
  });
  const handler = httpEdge({
    room: 'query',
    routes,
    nowMs: () => nowMs,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    authenticate: async ({ headers }) => {
      const [workspace = '', scope = ''] = (headers['x-api-key'] ?? '').split(':');
      if (workspace === '') throw new ServiceError('platform/unauthorized', 'a key is needed');
      return { workspace, keyId: workspace, scopes: [scope as Scope] };
    },
  });
  return {
    objects: backend.objects,
    stores,
    keys,
    keyUses,
    past,
    async ask(pathAndQuery, options = {}) {
      nowMs = options.nowMs ?? NOW_MS;
      const { statusCode, headers = {}, body = '' } = await handler(eventOf(pathAndQuery, options), {} as Context);
      const isJson = /json/.test(String(headers['content-type'] ?? ''));
      const json = isJson && body !== '' ? (JSON.parse(body) as Record<string, unknown>) : {};
      return { status: statusCode ?? 200, headers, text: body, json };
    },
    async close() {
      await backend.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Only what the edge reads of an event. */
export function eventOf(
  pathAndQuery: string,
  { method = 'GET', key, headers = {}, body }: Ask,
): APIGatewayProxyEventV2 {
  const [rawPath = '', ...rest] = pathAndQuery.split('?');
  return {
    rawPath,
    rawQueryString: rest.join('?'),
    headers: { ...(key !== undefined && { 'x-api-key': key }), ...headers },
    requestContext: { requestId: 'request-1', http: { method } },
    isBase64Encoded: false,
    ...(body !== undefined && { body }),
  } as APIGatewayProxyEventV2;
}
