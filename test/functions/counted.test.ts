import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../data/tables/workspace-limits.ts';
import { assembleDetect, assembleQuery, createBackend } from '../../functions/assemble.ts';
import { assembleIngest } from '../../functions/assemble-ingest.ts';
import { httpEdge, type Route } from '../../functions/platform/edge.ts';
import { eventOf } from '../support/query-service.ts';
import { type Item, SPEAKERS, type Speaker } from './ingest/contract-speakers.ts';
import { NOW_MS } from './ingest/write-request.ts';

/*
 * From the request of each protocol to what the workspace is told of it: whatever is left out, on the way in or later, is
 * counted by its reason, and what was accepted and left out together is what was sent.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const SETTINGS = {
  pepper: 'pepper',
  nowMs: () => NOW_MS,
  shardCount: 2,
  limits: { ...DEFAULT_WORKSPACE_LIMITS, requestsBurst: 1_000 },
  log: SILENT,
  timeZone: 'UTC',
};

let directory = '';
let backend: EmbeddedBackend;
let ingest: ReturnType<typeof assembleIngest>;
let detect: ReturnType<typeof assembleDetect>;
let ask: (workspace: string) => Promise<string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-counted-'));
  backend = await openEmbedded({ directory, nowMs: () => NOW_MS });
  ingest = assembleIngest(backend, SETTINGS);
  detect = assembleDetect(createBackend(backend), SETTINGS);
  ask = async (workspace) => {
    // A process of its own for each question: nothing that another one remembers.
    const query = assembleQuery(createBackend(backend), { ...SETTINGS, version: '0', cursorSecret: 'secret' });
    const authenticate = async () => ({ workspace, keyId: 'key', scopes: ['read' as const] });
    const handler = httpEdge({ ...query, room: 'query', authenticate, log: SILENT });
    return (await handler(eventOf('/v1/usage', {}), {} as Context)).body ?? '';
  };
});

afterAll(async () => {
  await ingest.discards.flush();
  await backend.close();
  await rm(directory, { recursive: true });
});

async function send({ path, headers, write }: Speaker, workspace: string, items: readonly Item[] | string) {
  const route = ingest.routes.find((one: Route) => one.method === 'POST' && one.path === path);
  if (route === undefined) throw new Error(`no route ${path}`);
  const body = typeof items === 'string' ? Buffer.from(items) : write(items);
  const request = { method: 'POST', path, headers, body, nowMs: NOW_MS, workspace };
  const rest = { params: {}, query: new URLSearchParams(), requestId: 'request', keyId: 'key' };
  return route.handle({ ...request, ...rest }).then(
    ({ status }) => status,
    () => 'refused',
  );
}

/** Works through the queue, and asks for the usage. */
async function usageOf(workspace: string) {
  await ingest.discards.flush();
  for (;;) {
    const messages = await backend.queue.receive({ maxMessages: 10, visibilityMs: 60_000, waitMs: 0 });
    if (messages.length === 0) break;
    for (const [group, some] of Map.groupBy(messages, (message) => message.group)) {
      const { done, failure } = await detect.handleGroup(group, some);
      if (done < some.length) throw failure;
    }
    await backend.queue.delete(messages.map(({ receipt }) => receipt));
  }
  const { accepted, discarded } = JSON.parse(await ask(workspace)) as {
    accepted: Record<string, number>;
    discarded: Record<string, { count: number; first_at: string | null; last_at: string | null }>;
  };
  const counts = Object.fromEntries(Object.entries(discarded).map(([reason, { count }]) => [reason, count]));
  return { accepted: accepted.samples! + accepted.log_records!, discarded: counts, times: discarded };
}

let made = 0;

describe.each(SPEAKERS)('$name', (speaker) => {
  const isLogs = speaker.name.toLowerCase().includes('logs') || speaker.family === 'loki';
  /** CloudWatch brings five statistics of a metric. */
  const each = speaker.name === 'Firehose with metrics as JSON' ? 5 : 1;
  const workspace = `counted${String(made++).padStart(8, '0')}`;
  const item = (name: string, atMs = NOW_MS): Item => ({ name, atMs });

  test('R12 V01 V04 M19 what is found out after the answer changes no answer, and is counted', async () => {
    const stored = await send(speaker, workspace, [item('a'), item('b')]);
    const again = await send(speaker, workspace, [item('a'), item('c')]);
    const late = await send(speaker, workspace, [item('b', NOW_MS - 3 * HOUR_MS), item('d')]);

    expect([again, late]).toEqual([stored, stored]);
    const usage = await usageOf(workspace);
    const lateReason = isLogs ? 'late' : 'too_late';
    expect(usage.discarded).toEqual({ duplicate: each, [lateReason]: each });
    expect(usage.accepted).toBe(isLogs ? 4 : 4 * each);
  });

  test('V01 what is refused is counted, item by item, or as a whole, with the time', async () => {
    const own = `${workspace}x`;
    await send(speaker, own, [item('a', NOW_MS + HOUR_MS), item('b'), item('c', NOW_MS + HOUR_MS)]);
    await send(speaker, own, 'no message of any protocol');

    const { accepted, discarded, times } = await usageOf(own);

    expect(discarded).toEqual({ timestamp_too_far_ahead: 2, request_invalid: 1 });
    expect(accepted).toBe(each);
    for (const { first_at, last_at } of Object.values(times)) {
      expect([first_at, last_at]).toEqual([new Date(NOW_MS).toISOString(), new Date(NOW_MS).toISOString()]);
    }
  });
});
