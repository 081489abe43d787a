import { setImmediate } from 'node:timers/promises';
import { DEFAULT_WORKSPACE_LIMITS } from '../data/tables/workspace-limits.ts';
import { assembleIngest, type IngestBackend } from '../functions/assemble-ingest.ts';
import { httpEdge } from '../functions/platform/edge.ts';
import type { Log } from '../functions/platform/log.ts';
import { toEvent } from './http-event.ts';
import { LOCAL_CONTEXT } from './poller.ts';
import { warmUpRequest } from './warm-up-request.ts';

/** As much as it takes until hardly anything is compiled any more: series that are new, and then known. */
const SERIES = 1_000;
const WORKSPACES = 12;
const TIMES = 2;

export interface WarmUpOptions {
  readonly shardCount: number;
  readonly nowMs: () => number;
  readonly log: Log;
}

/**
 * Takes in requests that are made up, in an ingest of its own that stores nothing, so that the code is compiled by the time
 * the first real request comes. Without it the first 20,000 series that a fresh process sees take twice as long, and they
 * all come at once: whoever was sending before a restart goes on after it. Others have their turn after each request.
 *
 * Returns how many requests were answered as they should be: all of them.
 */
export async function warmUpIngest({ shardCount, nowMs, log }: WarmUpOptions): Promise<number> {
  const settings = { shardCount, nowMs, log, pepper: '', limits: DEFAULT_WORKSPACE_LIMITS };
  const ingest = assembleIngest(NOWHERE, settings);
  let workspace = '';
  const authenticate = () => Promise.resolve({ workspace, keyId: 'warm-up', scopes: ['ingest'] as const });
  const handler = httpEdge({ room: 'ingest', ...ingest, log, nowMs, authenticate });
  const head = { rawPath: '/api/v1/write', rawQuery: '', headers: { 'content-encoding': 'snappy' }, cookies: [] };
  const origin = { method: 'POST', sourceIp: '127.0.0.1', requestId: 'warm-up', nowMs: nowMs() };
  const event = toEvent(head, Buffer.from(warmUpRequest(SERIES, origin.nowMs)), origin);
  let stored = 0;
  for (let i = 0; i < WORKSPACES * TIMES; i++) {
    // The same labels are another series in another workspace.
    workspace = `warmup${`${Math.floor(i / TIMES)}`.padStart(6, '0')}`;
    const { statusCode } = await handler(event, LOCAL_CONTEXT);
    if (statusCode === 204) stored++;
    await setImmediate();
  }
  return stored;
}

/** Takes everything and keeps nothing. */
const NOWHERE: IngestBackend = {
  objects: { put: () => Promise.resolve({ kind: 'stored', etag: '1' }) },
  queue: { send: () => Promise.resolve() },
  table: {
    get: () => Promise.resolve(undefined),
    batchGet: () => Promise.resolve([]),
    put: () => Promise.resolve({ kind: 'stored', revision: 1 }),
    update: () => Promise.resolve({ kind: 'stored', revision: 1 }),
    query: () => Promise.resolve({ items: [] }),
    batchPut: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  },
};
