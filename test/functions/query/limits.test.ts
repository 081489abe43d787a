import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createStores } from '../../../data/tables/stores.ts';
import {
  createWorkspaceLimits,
  DEFAULT_WORKSPACE_LIMITS,
  type LimitsOfWorkspaces,
} from '../../../data/tables/workspace-limits.ts';
import { assembleQuery, createBackend } from '../../../functions/assemble.ts';
import { httpEdge, type Route } from '../../../functions/platform/edge.ts';
import { createQueryGate } from '../../../functions/query/query-gate.ts';
import { DAY_MS, FIVE_MINUTES_MS } from '../../../models/domain/rollup.ts';
import { DISK_LABELS, NOW_MS } from '../../support/decide-samples.ts';
import { QUERY_LIMITS } from '../../support/limit-kinds.ts';
import { eventOf } from '../../support/query-service.ts';
import { textResponse } from '../../support/text-response.ts';

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const clock = { nowMs: NOW_MS };
const nowMs = (): number => clock.nowMs;

let directory = '';
let backend: EmbeddedBackend;
let limits: LimitsOfWorkspaces;
let askAll: (
  workspace: string,
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; text: string }>;
let made = 0;

/** Answers of the size, and after the time, that the path says; what is asked of it can be kept waiting. */
const waiting: (() => void)[] = [];
const TEST_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/test/size/{bytes}',
    scope: 'read',
    errors: 'problem',
    handle: async ({ params }) => textResponse(200, 'x'.repeat(Number(params.bytes))),
  },
  {
    method: 'GET',
    path: '/test/wait',
    scope: 'read',
    errors: 'problem',
    handle: () => new Promise((resolve) => waiting.push(() => resolve(textResponse(200, 'done')))),
  },
];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-query-limits-'));
  backend = await openEmbedded({ directory, nowMs });
  const defaults = DEFAULT_WORKSPACE_LIMITS;
  limits = createWorkspaceLimits({ table: backend.table, nowMs, defaults, onError: () => {} });
  const query = assembleQuery(createBackend(backend), {
    pepper: 'pepper',
    nowMs,
    shardCount: 4,
    limits: defaults,
    log: SILENT,
    version: '0',
    timeZone: 'UTC',
    cursorSecret: 'secret',
  });
  const gate = createQueryGate(limits.read);
  const handler = httpEdge({
    ...query,
    room: 'query',
    routes: [...query.routes, ...TEST_ROUTES.map((route) => gate.limit(route))],
    authenticate: async ({ headers }) => ({
      workspace: headers['x-api-key'] ?? '',
      keyId: 'key',
      scopes: ['read', 'admin'],
    }),
    log: SILENT,
  });
  askAll = async (workspace, method, path, body) => {
    const options = { method, key: workspace, headers: { 'content-type': 'application/json' } };
    const event = eventOf(path, { ...options, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const { statusCode = 0, body: text = '' } = await handler(event, {} as Context);
    return { status: statusCode, text };
  };
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

const ask = async (...asked: Parameters<typeof askAll>): Promise<number> => (await askAll(...asked)).status;

async function newWorkspace(): Promise<string> {
  const workspace = `queryworkspace${made++}`;
  const { series } = createStores(backend.table);
  for (const seriesId of ['s', 't']) {
    await series.put(workspace, { seriesId, labels: DISK_LABELS, kind: 'gauge', shard: 1, firstSampleMs: 0 });
  }
  return workspace;
}

async function changeLimit(workspace: string, limit: (typeof QUERY_LIMITS)[number], value: number): Promise<void> {
  await limits.set(workspace, { [limit]: value });
  clock.nowMs += 60_000;
}

const samplesPath = (step: string, rangeMs: number): string => {
  const at = (ms: number): string => new Date(ms).toISOString();
  return `/v1/series/s/samples?step=${step}&from=${at(NOW_MS - rangeMs)}&to=${at(NOW_MS)}`;
};

interface Row {
  readonly row: string;
  readonly limit: (typeof QUERY_LIMITS)[number];
  readonly path: (amount: number) => string;
  readonly lower: number;
  readonly farOver: number;
}

const ROWS: readonly Row[] = [
  {
    row: 'M21',
    limit: 'queryPoints',
    path: (amount) => samplesPath('5m', amount * FIVE_MINUTES_MS),
    lower: 12,
    farOver: 1_000_000,
  },
  {
    row: 'M21',
    limit: 'queryRangeDays',
    path: (amount) => samplesPath('raw', amount * DAY_MS),
    lower: 2,
    farOver: 3_650,
  },
  { row: 'M22', limit: 'pageItems', path: (amount) => `/v1/series?limit=${amount}`, lower: 5, farOver: 1_000_000_000 },
  { row: 'M22', limit: 'responseBytes', path: (amount) => `/test/size/${amount}`, lower: 100, farOver: 50_000_000 },
];

describe.each(ROWS)('$row the limit $limit', ({ limit, path, lower, farOver }) => {
  const most = DEFAULT_WORKSPACE_LIMITS[limit];

  it('lets in what is at it, and refuses one over and what is far over', async () => {
    const workspace = await newWorkspace();
    const answers = [];
    for (const amount of [most, most + 1, farOver]) answers.push(await ask(workspace, 'GET', path(amount)));
    expect(answers).toEqual([200, 400, 400]);
  });

  it('is another one a minute after it was set, for this workspace only', async () => {
    const [changed, other] = [await newWorkspace(), await newWorkspace()];
    expect(await ask(changed, 'GET', path(lower + 1))).toBe(200);
    await changeLimit(changed, limit, lower);

    expect(await ask(changed, 'GET', path(lower))).toBe(200);
    expect(await ask(changed, 'GET', path(lower + 1))).toBe(400);
    expect(await ask(other, 'GET', path(lower + 1))).toBe(200);
  });
});

it('a list has as many items as the workspace may ask for, where it asks for no number', async () => {
  const workspace = await newWorkspace();
  const items = async (): Promise<number> => {
    const { text } = await askAll(workspace, 'GET', '/v1/series');
    return (JSON.parse(text) as { items: unknown[] }).items.length;
  };
  expect(await items()).toBe(2);
  await changeLimit(workspace, 'pageItems', 1);
  expect(await items()).toBe(1);
});

it.each(['pageItems', 'responseBytes'] as const)(
  '%s cannot be raised beyond what the platform takes',
  async (limit) => {
    const workspace = await newWorkspace();
    const { path } = ROWS.find((row) => row.limit === limit)!;
    await changeLimit(workspace, limit, DEFAULT_WORKSPACE_LIMITS[limit] * 10);
    expect(await ask(workspace, 'GET', path(DEFAULT_WORKSPACE_LIMITS[limit] + 1))).toBe(400);
  },
);

describe('M23 the limit concurrentQueries', () => {
  /** Asks so many at once; the answers of those that need not wait, then lets the others go. */
  async function askAtOnce(workspace: string, count: number): Promise<{ refused: number; answered: number }> {
    const asked = Array.from({ length: count }, () => ask(workspace, 'GET', '/test/wait'));
    const most = Math.min(count, (await limits.read(workspace)).concurrentQueries);
    while (waiting.length < most) await new Promise((resolve) => setImmediate(resolve));
    for (const go of waiting.splice(0)) go();
    const statuses = await Promise.all(asked);
    return {
      refused: statuses.filter((status) => status === 429).length,
      answered: statuses.filter((status) => status === 200).length,
    };
  }

  it('lets in so many at once, refuses one over and all that is far over, and is free again after that', async () => {
    const workspace = await newWorkspace();
    expect(await askAtOnce(workspace, 10)).toEqual({ refused: 0, answered: 10 });
    expect(await askAtOnce(workspace, 11)).toEqual({ refused: 1, answered: 10 });
    expect(await askAtOnce(workspace, 300)).toEqual({ refused: 290, answered: 10 });
    expect(await askAtOnce(workspace, 10)).toEqual({ refused: 0, answered: 10 });
  });

  it('is another one a minute after it was set, and others are not held up', async () => {
    const [changed, other] = [await newWorkspace(), await newWorkspace()];
    await askAtOnce(changed, 1);
    await changeLimit(changed, 'concurrentQueries', 2);
    expect(await askAtOnce(changed, 3)).toEqual({ refused: 1, answered: 2 });

    const held = [ask(changed, 'GET', '/test/wait'), ask(changed, 'GET', '/test/wait')];
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await ask(other, 'GET', '/v1/series')).toBe(200);
    for (const go of waiting.splice(0)) go();
    expect(await Promise.all(held)).toEqual([200, 200]);
  });
});

describe('M24 the limit apiKeys', () => {
  const make = (workspace: string) => ask(workspace, 'POST', '/v1/keys', { title: 'one', scopes: ['read'] });

  it('lets in all up to it, refuses one over and those far over, and is another one a minute after it was set', async () => {
    const [workspace, other] = [await newWorkspace(), await newWorkspace()];
    for (let key = 0; key < 50; key++) expect(await make(workspace)).toBe(201);
    for (let key = 0; key < 5; key++) expect(await make(workspace)).toBe(409);

    await changeLimit(workspace, 'apiKeys', 51);
    expect([await make(workspace), await make(workspace)]).toEqual([201, 409]);
    await changeLimit(other, 'apiKeys', 1);
    expect([await make(other), await make(other)]).toEqual([201, 409]);
  });
});

it('every limit of asking is among these', () => {
  // How long a question may take is tested with the gate, whose clock can be turned there.
  const others = ['concurrentQueries', 'apiKeys', 'queryMs'] as const;
  expect(new Set([...ROWS.map(({ limit }) => limit), ...others])).toEqual(new Set(QUERY_LIMITS));
});
