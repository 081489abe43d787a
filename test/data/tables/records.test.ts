import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createStores } from '../../../data/tables/stores.ts';
import type { Series } from '../../../models/domain/series.ts';

const WORKSPACE = 'abcdefghijklmnopqrstuvwxyz012345';
let directory = '';
let backend: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-records-'));
  backend = await openEmbedded({ directory, nowMs: () => 1_000_000 });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

const named = (seriesId: string, name: string): Series => ({
  seriesId,
  labels: [['__name__', name]],
  kind: 'gauge',
  shard: 0,
  firstSampleMs: 1,
});

test.each([
  ['a short name', 'cpu'],
  ['a name with the marks of our keys', 'cpu#series#x'],
  ['a name of the greatest length', 'n'.repeat(2048)],
  ['a long name cut between the halves of a character', `${'n'.repeat(63)}${'😀'.repeat(400)}`],
])('series are kept and found by %s', async (_, name) => {
  const { series } = createStores(backend.table);
  await series.putMany(WORKSPACE, [named('0'.repeat(32), name), named('1'.repeat(32), `${name}y`.slice(-2048))]);

  const found = await series.listByIndex(WORKSPACE, name, { limit: 10 });

  expect(found.items).toContainEqual(named('0'.repeat(32), name));
});

test('long names that begin alike are kept apart', async () => {
  const { series } = createStores(backend.table);
  const [one, other] = [named('2'.repeat(32), `${'a'.repeat(2000)}1`), named('3'.repeat(32), `${'a'.repeat(2000)}2`)];
  await series.putMany(WORKSPACE, [one, other]);

  expect((await series.listByIndex(WORKSPACE, `${'a'.repeat(2000)}1`, { limit: 10 })).items).toEqual([one]);
});
