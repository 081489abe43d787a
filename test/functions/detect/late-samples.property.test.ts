import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { formatSegmentMessage } from '../../../data/segments/message.ts';
import { encodeSegment } from '../../../data/segments/segment.ts';
import { decodeShardState } from '../../../data/state/codec.ts';
import { memoryWords, SLOT, stateKey } from '../../../data/state/shard-state.ts';
import { createStores } from '../../../data/tables/stores.ts';
import { assembleDetect, createBackend } from '../../../functions/assemble.ts';
import { createSeriesIdentity } from '../../../functions/ingest/series-identity.ts';
import { createLog } from '../../../functions/platform/log.ts';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';
import { columnsOf } from '../../support/series-columns.ts';

const START_MS = Date.UTC(2026, 2, 28, 20);
const MINUTE_MS = 60_000;
const MINUTES = 2_160;
const SERIES = ['temperature', 'jobs_total', 'queue_depth'] as const;

interface Sample {
  readonly series: number;
  readonly timestampMs: number;
  readonly value: number;
}

let directory: string;
let embedded: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-late-'));
  embedded = await openEmbedded({ directory, nowMs: () => 0 });
});

afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

/** A day and a half of three series: a wave with two spikes, a counter that is reset, a queue that is empty at times. */
function makeSamples(random: Random): Sample[] {
  const samples: Sample[] = [];
  let jobs = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    const timestampMs = START_MS + minute * MINUTE_MS;
    const spike = (minute >= 1_700 && minute < 1_706) || (minute >= 2_090 && minute < 2_095) ? 40 : 0;
    const wave = 20 + Math.sin(minute / 90);
    samples.push({ series: 0, timestampMs, value: wave + spike + 0.5 * random.normal() });
    jobs = minute === 500 ? 0 : jobs + random.below(20);
    samples.push({ series: 1, timestampMs, value: jobs });
    samples.push({ series: 2, timestampMs, value: Math.max(0, random.below(9) - 4) });
  }
  return samples;
}

/** The same samples in another order: each is held back by less than the lateness window, and some come twice. */
function disordered(samples: readonly Sample[], random: Random): Sample[] {
  const held = samples.map((sample) => {
    const isLate = random.uniform() < 0.08;
    return { sample, atMs: sample.timestampMs + (isLate ? random.below(110 * MINUTE_MS) : 0) };
  });
  const repeated = held
    .filter(() => random.uniform() < 0.05)
    .map(({ sample, atMs }) => ({ sample, atMs: atMs + random.below(60 * MINUTE_MS) }));
  return [...held, ...repeated].sort((a, b) => a.atMs - b.atMs).map(({ sample }) => sample);
}

/** Cut into requests of any size, sent to the queue and received in batches of any size. */
async function applyAll(workspace: string, samples: readonly Sample[], random: Random): Promise<void> {
  const log = createLog({ room: 'detect', level: 'error', nowMs: () => 0 });
  const { handleGroup } = assembleDetect(createBackend(embedded), { timeZone: 'Europe/Vienna', nowMs: () => 0, log });
  const identity = createSeriesIdentity();
  let messages: Parameters<typeof handleGroup>[1][number][] = [];
  for (let from = 0; from < samples.length; ) {
    const to = Math.min(samples.length, from + 1 + random.below(random.uniform() < 0.2 ? 600 : 60));
    const batch = requestOf(workspace, samples.slice(from, to), identity);
    const segment = encodeSegment(workspace, 1, batch);
    await embedded.objects.put(segment.key, segment.bytes);
    const { body } = formatSegmentMessage(workspace, segment, segment.parts[0]!);
    messages.push({ messageId: String(from), body, receiveCount: 1 });
    from = to;
    if (random.uniform() < 0.4 || from === samples.length) {
      await handleGroup(`${workspace}.0`, messages);
      messages = [];
    }
  }
}

function requestOf(workspace: string, samples: readonly Sample[], identity: ReturnType<typeof createSeriesIdentity>) {
  const series = SERIES.flatMap((name, number) => {
    const byTime = new Map<number, number>();
    for (const sample of samples) {
      if (sample.series === number && !byTime.has(sample.timestampMs)) byTime.set(sample.timestampMs, sample.value);
    }
    const own = [...byTime].sort(([a], [b]) => a - b);
    if (own.length === 0) return [];
    const { seriesId, labels, kind } = identity.make(workspace, name, [['__name__', name]]);
    return [
      {
        seriesId,
        labels,
        kind,
        timestampsMs: Float64Array.from(own, ([timestampMs]) => timestampMs),
        values: Float64Array.from(own, ([, value]) => value),
        stale: new Uint8Array(own.length),
      },
    ];
  });
  return { series: columnsOf(series), logs: [] };
}

/** Everything that a shard has learned and that people can read of it, by the name of the series. */
async function readEverything(workspace: string) {
  const stored = await embedded.objects.get(stateKey(workspace, 0));
  const state = decodeShardState(stored!.bytes);
  const { history } = createBackend(embedded);
  const words = memoryWords(state.layout);
  const identity = createSeriesIdentity();
  const learned: Record<string, unknown> = {};
  for (const name of SERIES) {
    const { seriesId } = identity.make(workspace, name, [['__name__', name]]);
    const index = state.indexById.get(seriesId)!;
    const ref = { workspace, shard: 0, seriesId };
    learned[name] = {
      words: state.words.slice(index * SLOT.words, (index + 1) * SLOT.words),
      memory: Buffer.from(state.memory.slice(index * words, (index + 1) * words).buffer).toString('hex'),
      samples: await history.readSamples(ref, 0, Number.MAX_SAFE_INTEGER),
      fiveMinutes: await history.readRollups(ref, FIVE_MINUTES_MS, 0, Number.MAX_SAFE_INTEGER),
      hours: await history.readRollups(ref, HOUR_MS, 0, Number.MAX_SAFE_INTEGER),
    };
  }
  const { items } = await createStores(embedded.table).anomalies.list(workspace, { limit: 1_000 });
  const anomalies = items
    // Names that are made of the workspace's.
    .map(({ anomalyId: _id, seriesId: _series, similarPast = [], ...rest }) => ({
      ...rest,
      similarPast: similarPast.map(({ anomalyId: _past, ...past }) => past),
    }))
    .sort((a, b) => a.startedAtMs - b.startedAtMs || JSON.stringify(a.labels).localeCompare(JSON.stringify(b.labels)));
  return { learned, anomalies, samples: state.counters.samples };
}

test.each([1, 2, 3, 4, 5, 6])('order inside the window, cuts and repeats leave no trace (seed %d)', async (seed) => {
  const random = createRandom(seed);
  const samples = makeSamples(random);
  const [inOrder, mixed] = [`inorder${seed}`.padEnd(16, '0'), `mixed${seed}`.padEnd(16, '0')];

  await applyAll(inOrder, samples, createRandom(seed + 100));
  await applyAll(mixed, disordered(samples, random), random);

  const [expected, actual] = [await readEverything(inOrder), await readEverything(mixed)];
  expect(expected.anomalies.length).toBeGreaterThan(0);
  expect(actual).toEqual(expected);
});
