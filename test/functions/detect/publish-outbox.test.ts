import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createOutbox } from '../../../data/state/shard-state.ts';
import { createStores, type Stores } from '../../../data/tables/stores.ts';
import { createPublishOutbox, type RefusedRecord } from '../../../functions/detect/publish-outbox.ts';
import type { Series } from '../../../models/domain/series.ts';
import { sampleAnomaly } from '../../support/decide-samples.ts';

const WORKSPACE = 'abcdefghijkl';
let directory = '';
let backend: EmbeddedBackend;
let stores: Stores;
const aside: RefusedRecord[] = [];
let publish: ReturnType<typeof createPublishOutbox>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-outbox-'));
  backend = await openEmbedded({ directory, nowMs: () => 0 });
  stores = createStores(backend.table);
  publish = createPublishOutbox({
    stores,
    putAside: async (_workspace, refused) => {
      aside.push(refused);
    },
  });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

const series = (seriesId: string, value = 'v'): Series => ({
  seriesId,
  labels: [['__name__', value]],
  kind: 'gauge',
  shard: 0,
  firstSampleMs: 1,
});

test('the newest word on each is stored, and what was withdrawn is gone', async () => {
  const first = sampleAnomaly({ anomalyId: 'first' });
  await publish(WORKSPACE, { ...createOutbox(), anomalies: [first, sampleAnomaly({ anomalyId: 'second' })] });
  const closed = { ...first, status: 'closed' as const, endedAtMs: 2 };
  const outbox = { series: [series('a')], anomalies: [first, closed], withdrawn: ['second'] };

  expect(await publish(WORKSPACE, outbox)).toBe(0);

  expect((await stores.anomalies.get(WORKSPACE, 'first'))?.record).toEqual(closed);
  expect(await stores.anomalies.get(WORKSPACE, 'second')).toBeUndefined();
  expect((await stores.series.get(WORKSPACE, 'a'))?.record).toEqual(series('a'));
  expect(aside).toEqual([]);
});

test('records that the table cannot hold are put aside and counted, and blind nobody', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `series-${i}`);
  const tooLarge = series('too-large', 'x'.repeat(500_000));
  const notANumber = { ...sampleAnomaly({ anomalyId: 'not-a-number' }), actual: Number.NaN };
  const outbox = {
    series: [...names.slice(0, 9).map((name) => series(name)), tooLarge, ...names.slice(9).map((name) => series(name))],
    anomalies: [notANumber, sampleAnomaly({ anomalyId: 'sound' })],
    withdrawn: ['first'],
  };

  expect(await publish(WORKSPACE, outbox)).toBe(2);

  expect(await stores.series.getMany(WORKSPACE, names)).toHaveLength(20);
  expect(await stores.anomalies.get(WORKSPACE, 'sound')).toBeDefined();
  expect(await stores.anomalies.get(WORKSPACE, 'first')).toBeUndefined();
  expect(aside.map(({ kind, id, why }) => [kind, id, why])).toEqual([
    ['series', 'too-large', expect.stringContaining('400000 bytes')],
    ['anomaly', 'not-a-number', expect.stringContaining('finite')],
  ]);
});
