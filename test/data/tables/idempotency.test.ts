import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { type Attempt, type Beginning, createIdempotency } from '../../../data/tables/idempotency.ts';

const DAY_MS = 86_400_000;
const START_MS = 1_800_000_000_000;
const ANSWER = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"accepted":1}' };
let directory = '';
let backend: EmbeddedBackend;
let nowMs = START_MS;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-idempotency-'));
  backend = await openEmbedded({ directory, nowMs: () => nowMs });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

/** A process of its own each time. */
const house = () => createIdempotency({ table: backend.table, nowMs: () => nowMs });

function begun(beginning: Beginning): Attempt {
  if (beginning.kind !== 'begun') throw new Error(`expected to begin, got ${beginning.kind}`);
  return beginning.attempt;
}

test('of many who come at once one begins', async () => {
  const beginnings = await Promise.all(Array.from({ length: 20 }, () => house().begin('workspace0001', 'k', 'c')));
  expect(beginnings.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
  expect(beginnings.filter(({ kind }) => kind === 'in-flight')).toHaveLength(19);
});

test('the answer is given to the same content, in every process', async () => {
  const own = begun(await house().begin('workspace0002', 'k', 'c'));
  await own.finish(ANSWER);
  expect(await house().begin('workspace0002', 'k', 'c')).toEqual({ kind: 'done', answer: ANSWER });
  expect(await house().begin('workspace0002', 'k', 'other')).toEqual({ kind: 'other-content' });
  expect(await house().begin('workspace0003', 'k', 'other')).toMatchObject({ kind: 'begun' });
});

test('a process that ends without a word holds the key for 15 seconds, and the time of its try stays', async () => {
  nowMs = START_MS;
  begun(await house().begin('workspace0004', 'k', 'c'));
  nowMs += 14_999;
  expect(await house().begin('workspace0004', 'k', 'c')).toEqual({ kind: 'in-flight' });
  nowMs += 1;
  expect(begun(await house().begin('workspace0004', 'k', 'c')).receivedAtMs).toBe(START_MS);
  expect(await house().begin('workspace0004', 'k', 'c')).toEqual({ kind: 'in-flight' });
  nowMs = START_MS;
});

test('one that was overtaken does not write over the answer of the other', async () => {
  const slow = begun(await house().begin('workspace0005', 'k', 'c'));
  nowMs += 20_000;
  const fast = begun(await house().begin('workspace0005', 'k', 'c'));
  await fast.finish(ANSWER);
  await slow.finish({ ...ANSWER, body: '{}' });
  expect(await house().begin('workspace0005', 'k', 'c')).toEqual({ kind: 'done', answer: ANSWER });
  nowMs = START_MS;
});

test('released, the next may try at once; forgotten, with any content', async () => {
  const first = begun(await house().begin('workspace0006', 'k', 'c'));
  await first.release();
  nowMs += 1_000;
  const second = begun(await house().begin('workspace0006', 'k', 'c'));
  expect(second.receivedAtMs).toBe(START_MS);
  await second.forget();
  expect(begun(await house().begin('workspace0006', 'k', 'other')).receivedAtMs).toBe(START_MS + 1_000);
  nowMs = START_MS;
});

test('however many come, more expired ones go than new ones come', async () => {
  const partition = 'workspace0008#idempotency';
  const first = house();
  await Promise.all(Array.from({ length: 400 }, (_, i) => first.begin('workspace0008', `old${i}`, 'c')));
  nowMs += DAY_MS + 1;
  const second = house();
  for (let i = 0; i < 200; i++) await second.begin('workspace0008', `new${i}`, 'c');

  const kept = (await backend.table.query({ partition, limit: 1_000 })).items;
  expect(kept).toHaveLength(200);
  nowMs = START_MS;
});

test('M27 what is a day old is removed as others come', async () => {
  for (let i = 0; i < 30; i++) await begun(await house().begin('workspace0007', `k${i}`, 'c')).finish(ANSWER);
  const count = async () =>
    (await backend.table.query({ partition: 'workspace0007#idempotency', limit: 100 })).items.length;
  expect(await count()).toBe(30);
  nowMs += DAY_MS + 1;
  await house().begin('workspace0007', 'new', 'c');
  expect(await count()).toBe(1);
  nowMs = START_MS;
});
