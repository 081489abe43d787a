import { expect, test } from 'vitest';
import { createSeriesHead } from '../../../data/segments/series-head.ts';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { createSeriesLimit, type SeriesLimit } from '../../../functions/ingest/series-limit.ts';
import type { MetricsBatch } from '../../../functions/ingest/validate.ts';
import { RejectionTally } from '../../../functions/ingest/validate-rejections.ts';
import { SampleCollector } from '../../../functions/ingest/validate-samples.ts';
import { metricName } from '../../../models/domain/series.ts';

const WORKSPACE = 'abcdefghijkl';
const MINUTE_MS = 60_000;
const START_MS = 1_800_000_000_000;

const idOf = (name: string, workspace = WORKSPACE): string => seriesIdOf(workspace, [['__name__', name]]);

/** A batch with so many samples of each series, of values that tell whose they are. */
function batchOf(names: readonly string[], samplesEach = 1): MetricsBatch {
  const collector = new SampleCollector();
  names.forEach((name, i) => {
    collector.begin(createSeriesHead(idOf(name), [['__name__', name]], 'gauge'));
    for (let sample = 0; sample < samplesEach; sample++) collector.add(START_MS + sample, i * 10 + sample, 0);
  });
  const { series, samples } = collector.finish();
  return { series, acceptedSamples: samples, rejected: new RejectionTally(), discarded: new Map(), warnings: [] };
}

function createHouse(limit: Partial<SeriesLimit> = {}, registry: readonly string[] = []) {
  const state = { limit: { active: 1_000, newPerMinute: 1_000, ...limit }, asked: 0, noted: 0 };
  const known = new Set(registry.map((name) => idOf(name)));
  const limitSeries = createSeriesLimit({
    limitOf: () => state.limit,
    findKnown: async (_workspace, ids) => {
      state.asked += ids.length;
      return new Set(ids.filter((id) => known.has(id)));
    },
    noteNew: (_workspace, series) => {
      state.noted += series;
    },
  });
  const send = (names: readonly string[], nowMs = START_MS, workspace = WORKSPACE) =>
    limitSeries(workspace, batchOf(names), nowMs);
  return { state, send, limitSeries };
}

const namesOf = ({ series }: MetricsBatch): string[] => series.heads.map(({ labels }) => metricName(labels));
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}_${i}`);

test('at the limit everything passes, and the batch is the same object', async () => {
  const { send, limitSeries, state } = createHouse({ active: 3 });
  const batch = batchOf(['a', 'b', 'c']);
  expect(await limitSeries(WORKSPACE, batch, START_MS)).toBe(batch);
  expect(namesOf(await send(['c', 'a']))).toEqual(['c', 'a']);
  expect(state.asked).toBe(0);
});

test('what is let in as new is noted, and neither what is known nor what is refused', async () => {
  const { send, state } = createHouse({ active: 4 }, ['known_1']);
  await send(['a', 'b']);
  await send(['a', 'known_1', 'c', 'd', 'e']);
  expect(state.noted).toBe(3);
});

test('one over: the new series is refused with all its samples, the known ones keep theirs', async () => {
  const { limitSeries } = createHouse({ active: 2 });
  await limitSeries(WORKSPACE, batchOf(['a', 'b']), START_MS);
  const { series, acceptedSamples, rejected } = await limitSeries(WORKSPACE, batchOf(['b', 'new', 'a'], 2), START_MS);
  expect(series.heads.map(({ labels }) => metricName(labels))).toEqual(['b', 'a']);
  expect([...series.sampleStarts]).toEqual([0, 2, 4]);
  expect([...series.values]).toEqual([0, 1, 20, 21]);
  expect([...series.timestampsMs]).toEqual([START_MS, START_MS + 1, START_MS, START_MS + 1]);
  expect(acceptedSamples).toBe(4);
  expect(rejected.count).toBe(2);
  expect(rejected.byReason.get('series_limit')).toBe(2);
  expect(rejected.examples).toEqual([
    {
      index: 1,
      code: 'series_limit',
      detail: '"new" is new, and the limits are 2 active series and 1000 new ones a minute',
    },
  ]);
});

test('far over: what is kept in memory stays at the limit, and what is looked up is bounded', async () => {
  const { send, state } = createHouse({ active: 100, newPerMinute: 1e6 });
  for (let request = 0; request < 50; request++) await send(numbered(`flood${request}`, 100));
  expect(state.asked).toBe(200);
  expect(namesOf(await send(['flood0_7', 'another']))).toEqual(['flood0_7']);
});

test('new series are limited by the minute too, and room comes back with time', async () => {
  const { send } = createHouse({ newPerMinute: 10 });
  expect(namesOf(await send(numbered('first', 15)))).toHaveLength(10);
  expect(namesOf(await send(['later'], START_MS + MINUTE_MS / 20))).toEqual([]);
  expect(namesOf(await send(['later'], START_MS + MINUTE_MS / 10))).toEqual(['later']);
  expect(namesOf(await send(numbered('second', 15), START_MS + 2 * MINUTE_MS))).toHaveLength(10);
});

test('a series that was silent for more than an hour makes room', async () => {
  const { send } = createHouse({ active: 2 });
  await send(['a', 'b']);
  await send(['a'], START_MS + 50 * MINUTE_MS);
  expect(namesOf(await send(['c'], START_MS + 55 * MINUTE_MS))).toEqual([]);
  expect(namesOf(await send(['c', 'a'], START_MS + 71 * MINUTE_MS))).toEqual(['c', 'a']);
});

test('a process that has just started knows from the registry which series are not new', async () => {
  const old = numbered('old', 40);
  const { send, state } = createHouse({ active: 50, newPerMinute: 5 }, old);
  expect(namesOf(await send([...old, ...numbered('new', 10)]))).toEqual([...old, ...numbered('new', 5)]);
  expect(state.asked).toBe(50);
  await send(old);
  expect(state.asked).toBe(50);
});

test('a limit that is changed is in force with the next request', async () => {
  const { send, state } = createHouse({ active: 1 });
  expect(namesOf(await send(['a', 'b']))).toEqual(['a']);
  state.limit = { active: 2, newPerMinute: 1_000 };
  expect(namesOf(await send(['b', 'c']))).toEqual(['b']);
  state.limit = { active: 1, newPerMinute: 1_000 };
  expect(namesOf(await send(['a', 'b', 'c']))).toEqual(['a', 'b']);
});

test('workspaces do not take room from each other', async () => {
  const { send } = createHouse({ active: 1 });
  await send(['a']);
  expect(namesOf(await send(['b']))).toEqual([]);
  expect(namesOf(await send(['b'], START_MS, 'anotherworkspace'))).toEqual(['b']);
});

test('refusals from before are kept, and five examples of all are told', async () => {
  const { limitSeries } = createHouse({ active: 1 });
  const batch = batchOf(numbered('s', 9));
  const rejected = new RejectionTally();
  rejected.add(3, { code: 'value_invalid', detail: 'before' });
  const answer = await limitSeries(WORKSPACE, { ...batch, rejected }, START_MS);
  expect(answer.rejected.count).toBe(9);
  expect([...answer.rejected.byReason]).toEqual([
    ['value_invalid', 1],
    ['series_limit', 8],
  ]);
  expect(answer.rejected.examples.map(({ code }) => code)).toEqual(['value_invalid', ...Array(4).fill('series_limit')]);
  expect(rejected.count).toBe(1);
});
