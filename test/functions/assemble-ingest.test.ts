import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { createKeys } from '../../data/tables/keys.ts';
import { createStores } from '../../data/tables/stores.ts';
import { createUsageRates } from '../../data/tables/usage-rates.ts';
import {
  createWorkspaceLimits,
  DEFAULT_WORKSPACE_LIMITS,
  type LimitOverrides,
} from '../../data/tables/workspace-limits.ts';
import { assembleIngest } from '../../functions/assemble-ingest.ts';
import { type HttpHandler, httpEdge } from '../../functions/platform/edge.ts';
import { eventOf } from '../support/query-service.ts';

const START_MS = Date.UTC(2026, 10, 1);
const PEPPER = 'pepper';
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const DEFAULTS = {
  ...DEFAULT_WORKSPACE_LIMITS,
  requestsPerSecond: 10,
  requestsBurst: 50,
  samplesPerSecond: 100,
  samplesBurst: 500,
  activeSeries: 20,
};

let directory = '';
let embedded: EmbeddedBackend;
let handler: HttpHandler;
let room: ReturnType<typeof assembleIngest>;
let nowMs = START_MS;
let houses = 0;
/** Fresh ones for each test. */
let noisy = '';
let quiet = '';
const keyTexts = new Map<string, string>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-assemble-'));
  embedded = await openEmbedded({ directory, nowMs: () => nowMs });
  room = assembleIngest(embedded, {
    pepper: PEPPER,
    nowMs: () => nowMs,
    shardCount: 4,
    limits: DEFAULTS,
    log: SILENT,
  });
  handler = httpEdge({ ...room, room: 'ingest', log: SILENT });
});

beforeEach(async () => {
  nowMs = START_MS;
  houses++;
  noisy = `noisyworkspace${houses}`;
  quiet = `quietworkspace${houses}`;
  const keys = createKeys({ table: embedded.table, pepper: PEPPER, nowMs: () => nowMs });
  for (const workspace of [noisy, quiet]) {
    const { text } = await keys.create({ workspace, env: 'test', title: 'test', scopes: ['ingest'] });
    keyTexts.set(workspace, text);
  }
});

afterAll(async () => {
  await room.discards.flush();
  await embedded.close();
  await rm(directory, { recursive: true });
});

async function send(workspace: string, items: readonly object[]) {
  const event = eventOf('/v1/ingest/metrics', {
    method: 'POST',
    key: keyTexts.get(workspace) ?? '',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(items),
  });
  const { statusCode, body = '', headers = {} } = await handler(event, {} as Context);
  return { status: statusCode, json: JSON.parse(body) as Record<string, unknown>, headers };
}

let sent = 0;
/** So many samples of one series, never the same. */
const samplesOf = (name: string, count: number) => [
  { name, samples: Array.from({ length: count }, () => [START_MS - 86_400_000 + sent++, 1]) },
];
const seriesOf = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}_${i}`, timestamp: START_MS - sent++, value: 1 }));

const setLimits = (workspace: string, overrides: LimitOverrides) =>
  createWorkspaceLimits({
    table: embedded.table,
    nowMs: () => nowMs,
    defaults: DEFAULTS,
    onError: () => {},
  }).set(workspace, overrides);

describe('A08 a workspace far over its limits', () => {
  it('is refused with 429, while every request of another is answered as ever', async () => {
    const noise = Array.from({ length: 100 }, () => send(noisy, samplesOf('noise', 100)));
    const calm = Array.from({ length: 5 }, () => send(quiet, samplesOf('calm', 100)));
    const [loud, still] = await Promise.all([Promise.all(noise), Promise.all(calm)]);

    const refused = loud.filter(({ status }) => status === 429);
    expect(loud.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(refused).toHaveLength(95);
    for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(still.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await room.discards.flush();
    const { count, firstAtMs } = (await room.discards.read(noisy)).get('rate_limited') ?? {};
    // Beyond the fiftieth, requests are refused before anybody knows how many samples they have.
    expect([count, firstAtMs]).toEqual([45 * 100 + 50, START_MS]);
    expect((await room.discards.read(quiet)).size).toBe(0);
  });

  it('keeps its known series when it sends too many new ones, and others may have as many as ever', async () => {
    expect(await send(noisy, seriesOf('known', 20))).toMatchObject({ status: 200, json: { accepted: 20 } });

    const more = await send(noisy, [...seriesOf('new', 30), ...seriesOf('known', 20)]);
    expect(more).toMatchObject({ status: 200, json: { accepted: 20, rejected: 30 } });
    expect((more.json.errors as object[])[0]).toMatchObject({ index: 0, code: 'series_limit' });
    expect(await send(quiet, seriesOf('any', 20))).toMatchObject({ json: { accepted: 20, rejected: 0 } });
    expect((await send(noisy, seriesOf('newer', 1))).status).toBe(400);
    await room.discards.flush();
    expect((await room.discards.read(noisy)).get('series_limit')?.count).toBe(31);
  });
});

describe('the limits of a workspace', () => {
  it('can be raised and lowered, and hold within a minute', async () => {
    await send(noisy, seriesOf('first', 1));
    await setLimits(noisy, { samplesBurst: 700, activeSeries: 25, labelsPerSeries: 2 });
    expect((await send(noisy, seriesOf('early', 24))).json).toMatchObject({ accepted: 19, rejected: 5 });

    nowMs += 60_000;
    expect((await send(noisy, seriesOf('late', 24))).json).toMatchObject({ accepted: 5, rejected: 19 });
    const labelled = { name: 'first_0', labels: { a: 'b', c: 'd' }, timestamp: START_MS, value: 1 };
    expect((await send(noisy, [labelled])).json).toMatchObject({ errors: [{ code: 'labels_too_many' }] });
    expect((await send(noisy, samplesOf('first_0', 600))).json).toMatchObject({ accepted: 600 });
    expect((await send(quiet, samplesOf('any', 690))).json).toMatchObject({ accepted: 690 });
    expect((await send(quiet, samplesOf('any', 1))).status).toBe(429);
  });

  it('are counted against by the minute', async () => {
    await send(noisy, samplesOf('a', 30));
    await send(noisy, samplesOf('a', 30));
    nowMs += 60_000;
    await send(noisy, samplesOf('a', 1));

    const rates = createUsageRates({ table: embedded.table, nowMs: () => nowMs, onError: () => {} });
    await expect.poll(() => rates.read(noisy)).toMatchObject({ requests: 2, samples: 60, logRecords: 0, newSeries: 1 });
  });

  it('tell how many streams of logs are in use, and how many bytes their lines had', async () => {
    const logs = (name: string) => ({ line: 'ü23', labels: { app: name }, timestamp: START_MS - sent++ });
    const push = async (items: readonly object[]) => {
      const options = {
        method: 'POST',
        key: keyTexts.get(noisy) ?? '',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(items),
      };
      return (await handler(eventOf('/v1/ingest/logs', options), {} as Context)).statusCode;
    };
    expect(await push([logs('a'), logs('b'), logs('a')])).toBe(200);
    nowMs += 60_000;
    expect(await push([logs('a')])).toBe(200);

    const rates = createUsageRates({ table: embedded.table, nowMs: () => nowMs, onError: () => {} });
    await expect.poll(() => rates.read(noisy)).toMatchObject({ logRecords: 3, logBytes: 12, logStreams: 2 });
  });

  it('are not in the way of a process that has just started', async () => {
    const known = Array.from({ length: 30 }, (_, i) => [['__name__', `known_${i}`]] as const);
    await createStores(embedded.table).series.putMany(
      noisy,
      known.map((labels) => ({
        seriesId: seriesIdOf(noisy, labels),
        labels,
        kind: 'gauge',
        shard: 0,
        firstSampleMs: START_MS,
      })),
    );

    expect((await send(noisy, seriesOf('known', 30))).json).toMatchObject({ accepted: 30, rejected: 0 });
    expect((await send(noisy, seriesOf('new', 1))).status).toBe(400);
  });
});
