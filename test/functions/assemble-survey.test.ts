import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../data/embedded/embedded.ts';
import { formatSegmentMessage } from '../../data/segments/message.ts';
import { encodeSegment } from '../../data/segments/segment.ts';
import { seriesIdOf } from '../../data/segments/series-id.ts';
import { SLOT } from '../../data/state/shard-state.ts';
import { createStores } from '../../data/tables/stores.ts';
import { createWorkspaces } from '../../data/tables/workspaces.ts';
import { assembleDetect, createBackend } from '../../functions/assemble.ts';
import { assembleSurvey } from '../../functions/assemble-survey.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';
import { changedFrom, generateSeries, MONDAY_MS, type TimedValue, WELL_BEHAVED } from '../support/generated-series.ts';
import { columnsOf } from '../support/series-columns.ts';

const WORKSPACE = 'surveyworkspace0';
const HOSTS = ['a', 'b', 'c', 'd', 'e'];
const DAYS = 4;
const END_MS = MONDAY_MS + DAYS * DAY_MS;
const SHAPE = WELL_BEHAVED['normal noise on a daily and weekly wave']!;
let directory = '';
let embedded: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-assemble-'));
  embedded = await openEmbedded({ directory, nowMs: () => END_MS });
});

afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

const onHost = (host: string): Labels => [
  ['__name__', 'requests'],
  ['instance', host],
  ['service', 'shop'],
];

/** One segment through a detect room that has just been started. */
async function detect(nowMs: number, series: Readonly<Record<string, readonly TimedValue[]>>): Promise<void> {
  const batches = Object.entries(series).map(([host, points]) => ({
    seriesId: seriesIdOf(WORKSPACE, onHost(host)),
    labels: onHost(host),
    kind: 'gauge' as const,
    timestampsMs: Float64Array.from(points, ({ timestampMs }) => timestampMs),
    values: Float64Array.from(points, ({ value }) => value),
    stale: new Uint8Array(points.length),
  }));
  const segment = encodeSegment(WORKSPACE, 1, { series: columnsOf(batches), logs: [] });
  await embedded.objects.put(segment.key, segment.bytes);
  const message = formatSegmentMessage(WORKSPACE, segment, segment.parts[0]!);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => expect.unreachable() };
  const { handleGroup } = assembleDetect(createBackend(embedded), { timeZone: 'UTC', nowMs: () => nowMs, log });
  const messages = [{ messageId: segment.segmentId, body: message.body, receiveCount: 1 }];
  expect(await handleGroup(`${WORKSPACE}.0`, messages)).toEqual({ done: 1 });
}

test('the shapes that the survey makes of five hosts are what a sixth is judged by', async () => {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => expect.unreachable() };
  await createWorkspaces(embedded.table).add({ workspace: WORKSPACE, title: WORKSPACE, createdAtMs: MONDAY_MS });
  const hosts = HOSTS.map((host, seed) => {
    return [host, generateSeries({ shape: SHAPE, seed, stepMs: FIVE_MINUTES_MS, days: DAYS })] as const;
  });
  await detect(END_MS, Object.fromEntries(hosts));
  const nowMs = END_MS + 120_000;
  const survey = { shardCount: 1, timeZone: 'UTC', nowMs: () => nowMs, log };

  await assembleSurvey(createBackend(embedded), survey).run(nowMs);
  const bornMs = END_MS + 8 * HOUR_MS;
  const newcomer = generateSeries({ shape: SHAPE, seed: 9, stepMs: 60_000, days: 0.1, startMs: bornMs });
  const spiked = changedFrom(newcomer, bornMs + HOUR_MS, (value) => 5 * value);
  await detect(bornMs + 3 * HOUR_MS, { new: spiked });

  const view = await createBackend(embedded).history.readShard(WORKSPACE, 0);
  const index = view!.indexById.get(seriesIdOf(WORKSPACE, onHost('new')))!;
  const { items } = await createStores(embedded.table).anomalies.list(WORKSPACE, { limit: 10 });
  expect(view!.words[index * SLOT.words + SLOT.peers]).toBe(HOSTS.length);
  expect(items).toMatchObject([{ startedAtMs: bornMs + HOUR_MS, model: { peers: HOSTS.length } }]);
});
