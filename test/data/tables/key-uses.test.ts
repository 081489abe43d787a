import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createKeyUses } from '../../../data/tables/key-uses.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';

const WORKSPACE = 'abcdefghijkl';
let directory = '';
let backend: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-key-uses-'));
  backend = await openEmbedded({ directory, nowMs: () => 0 });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

/** Uses over a table that counts its writes and can be made to fail. */
function createHouse(nowMs: number) {
  const state = { nowMs, reads: 0, writes: 0, down: false };
  const errors: unknown[] = [];
  const { get, put, batchGet } = backend.table;
  const uses = createKeyUses({
    table: {
      batchGet,
      get: async (key) => {
        state.reads++;
        return get(key);
      },
      put: async (item, condition) => {
        if (state.down) throw new Error('down');
        state.writes++;
        return put(item, condition);
      },
    },
    nowMs: () => state.nowMs,
    onError: (error) => errors.push(error),
  });
  return { state, uses, errors };
}

test('A06 a use is kept to the hour, for each key', async () => {
  const { uses } = createHouse(HOUR_MS * 10 + 5);
  uses.note(WORKSPACE, 'first');
  uses.note(WORKSPACE, 'second');
  await uses.flush();
  const read = await uses.read(WORKSPACE, ['first', 'second', 'never']);
  expect([...read]).toEqual(
    expect.arrayContaining([
      ['first', HOUR_MS * 10],
      ['second', HOUR_MS * 10],
    ]),
  );
  expect(read.has('never')).toBe(false);
  expect((await uses.read('otherworkspace', ['first'])).size).toBe(0);
});

test('it is written once an hour, however many requests and processes there are', async () => {
  const { state, uses } = createHouse(HOUR_MS * 20);
  for (let request = 0; request < 100; request++) uses.note(WORKSPACE, 'busy');
  await uses.flush();
  state.nowMs += HOUR_MS - 1;
  uses.note(WORKSPACE, 'busy');
  await uses.flush();
  expect(state).toMatchObject({ reads: 1, writes: 1 });

  const other = createHouse(state.nowMs);
  other.uses.note(WORKSPACE, 'busy');
  await other.uses.flush();
  expect(other.state).toMatchObject({ reads: 1, writes: 0 });

  state.nowMs += 1;
  uses.note(WORKSPACE, 'busy');
  await uses.flush();
  expect(state.writes).toBe(2);
  expect((await uses.read(WORKSPACE, ['busy'])).get('busy')).toBe(HOUR_MS * 21);
});

test('a write that fails is told, and tried again with the next use', async () => {
  const { state, uses, errors } = createHouse(HOUR_MS * 30);
  state.down = true;
  uses.note(WORKSPACE, 'unlucky');
  await uses.flush();
  expect(errors).toHaveLength(1);
  state.down = false;
  uses.note(WORKSPACE, 'unlucky');
  await uses.flush();
  expect((await uses.read(WORKSPACE, ['unlucky'])).get('unlucky')).toBe(HOUR_MS * 30);
});
