import { expect, test } from 'vitest';
import { BackfillError } from '../../../local/backfill/backfill-error.ts';
import type { Portion } from '../../../local/backfill/portion.ts';
import type { PrometheusApi, PrometheusSeries, RangeQuery } from '../../../local/backfill/prometheus-api.ts';
import { createPrometheusSource } from '../../../local/backfill/prometheus-source.ts';
import { collect } from '../../support/collect.ts';

const START_MS = 1_800_000_000_000;
const STEP_MS = 60_000;

interface FakeOptions {
  readonly series: readonly Readonly<Record<string, string>>[];
  readonly maxSamples?: number;
  readonly value?: (second: number) => string;
}

/** Answers every step with a sample of each series, and refuses what is more than it likes. */
function fakeApi({ series, maxSamples = Number.POSITIVE_INFINITY, value = String }: FakeOptions) {
  const queries: RangeQuery[] = [];
  const api: PrometheusApi = {
    async queryRange(query) {
      queries.push(query);
      const times: number[] = [];
      for (let ms = query.startMs; ms <= query.endMs; ms += query.stepMs) times.push(ms / 1_000);
      if (times.length * series.length > maxSamples) return undefined;
      return series.map(
        (metric): PrometheusSeries => ({ metric, values: times.map((second) => [second, value(second)]) }),
      );
    },
    types: async () =>
      new Map([
        ['hits', 'counter'],
        ['temperature', 'gauge'],
        ['latency', 'histogram'],
      ]),
  };
  return { api, queries };
}

const source = (api: PrometheusApi, steps: number, matches = ['up']) =>
  createPrometheusSource({ api, matches, fromMs: START_MS, toMs: START_MS + steps * STEP_MS, stepMs: STEP_MS });

interface Item {
  readonly name: string;
  readonly type?: string;
  readonly labels: object;
  readonly samples: readonly (readonly [number, number])[];
}
const itemsOf = ({ body }: Portion): Item[] => (JSON.parse(body.toString()) as { metrics: Item[] }).metrics;

test('every sample comes once and in order, window by window, and the windows grow', async () => {
  const { api, queries } = fakeApi({ series: [{ __name__: 'up', job: 'a' }] });
  const portions = await collect(source(api, 3_000).portions(0));

  const times = portions.flatMap(itemsOf).flatMap(({ samples }) => samples.map(([timestampMs]) => timestampMs));
  expect(times).toEqual(Array.from({ length: 3_001 }, (_, i) => START_MS + i * STEP_MS));
  expect(queries.map(({ startMs, endMs }) => (endMs - startMs) / STEP_MS + 1)).toEqual([20, 80, 320, 1_280, 1_301]);
  expect(portions.map(({ ratio }) => ratio).toSorted((a, b) => a - b)).toEqual(portions.map(({ ratio }) => ratio));
  expect(portions.at(-1)).toMatchObject({ ratio: 1, position: START_MS + 3_001 * STEP_MS });
});

test('what is too much for one request is split, and counts as done with the last part only', async () => {
  const series = Array.from({ length: 1_500 }, (_, i) => ({ __name__: 'up', instance: String(i) }));
  const portions = await collect(source(fakeApi({ series }).api, 19).portions(0));

  expect(portions.map(({ samples }) => samples)).toEqual([10_000, 10_000, 10_000]);
  expect(portions.map(({ position }) => position)).toEqual([undefined, undefined, START_MS + 20 * STEP_MS]);
});

test('a position is gone on from', async () => {
  const { api, queries } = fakeApi({ series: [{ __name__: 'up' }] });
  await collect(source(api, 100).portions(START_MS + 90 * STEP_MS));

  expect(queries).toMatchObject([{ startMs: START_MS + 90 * STEP_MS, endMs: START_MS + 100 * STEP_MS }]);
});

test('a window that the server refuses is made smaller', async () => {
  const series = Array.from({ length: 10 }, (_, i) => ({ __name__: 'up', instance: String(i) }));
  const { api } = fakeApi({ series, maxSamples: 60 });
  const portions = await collect(source(api, 40).portions(0));

  expect(portions.reduce((sum, { samples }) => sum + samples, 0)).toBe(410);
});

test('fails when not even one point is answered', async () => {
  const { api } = fakeApi({ series: [{ __name__: 'a' }, { __name__: 'b' }], maxSamples: 1 });

  await expect(collect(source(api, 40).portions(0))).rejects.toThrow(BackfillError);
});

test('what is no finite number is left out and counted', async () => {
  const { api } = fakeApi({ series: [{ __name__: 'up' }], value: (second) => (second % 120 === 0 ? 'NaN' : '+Inf') });
  const past = source(api, 9);
  const portions = await collect(past.portions(0));

  expect(portions.map(({ samples }) => samples)).toEqual([0]);
  expect(past.skipped()).toBe(10);
});

test('a metric is of the type that the server tells; else the name decides', async () => {
  const names = ['hits', 'temperature', 'latency_bucket', 'latency_count', 'other', 'hits_total'];
  const { api } = fakeApi({ series: names.map((name) => ({ __name__: name, job: 'a' })) });
  const [portion] = await collect(source(api, 1).portions(0));

  expect(portion && itemsOf(portion).map(({ name, type }) => [name, type])).toEqual([
    ['hits', 'counter'],
    ['temperature', 'gauge'],
    ['latency_bucket', 'counter'],
    ['latency_count', 'counter'],
    ['other', undefined],
    ['hits_total', 'counter'],
  ]);
  expect(portion && itemsOf(portion)[0]?.labels).toEqual({ job: 'a' });
});

test('each selector is asked for', async () => {
  const { api, queries } = fakeApi({ series: [{ __name__: 'up' }] });
  await collect(source(api, 1, ['up', 'down']).portions(0));

  expect(queries.map(({ query }) => query)).toEqual(['up', 'down']);
});
