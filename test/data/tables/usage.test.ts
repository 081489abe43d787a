import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Table } from '../../../data/contracts.ts';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createDiscards } from '../../../data/tables/discards.ts';
import { createUsageRates } from '../../../data/tables/usage-rates.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_800_000_000_000;
let directory = '';
let backend: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-usage-'));
  backend = await openEmbedded({ directory, nowMs: () => 0 });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

function createHouse() {
  const state = { nowMs: START_MS, down: false };
  const errors: unknown[] = [];
  const table: Pick<Table, 'get' | 'put'> = {
    get: (key) => (state.down ? Promise.reject(new Error('down')) : backend.table.get(key)),
    put: backend.table.put,
  };
  const shared = { table, nowMs: () => state.nowMs, onError: (error: unknown) => errors.push(error) };
  return { state, errors, discards: createDiscards(shared), rates: createUsageRates(shared) };
}

describe('discards', () => {
  test('are counted by reason, with the first and the last time', async () => {
    const { discards, state } = createHouse();
    discards.count('workspace0001', 'late', 3);
    state.nowMs += 5_000;
    discards.count('workspace0001', 'late', 4);
    discards.count('workspace0001', 'value_invalid', 1);
    await discards.flush();
    expect([...(await discards.read('workspace0001'))]).toEqual([
      ['late', { count: 7, firstAtMs: START_MS, lastAtMs: START_MS + 5_000 }],
      ['value_invalid', { count: 1, firstAtMs: START_MS + 5_000, lastAtMs: START_MS + 5_000 }],
    ]);
    expect((await discards.read('workspace0002')).size).toBe(0);
  });

  test('of two processes add up, and go on from a count that had no times yet', async () => {
    await backend.table.put({ partition: 'workspace0003#usage', sort: 'discarded', body: { late: 10 } });
    const houses = [createHouse(), createHouse()];
    for (const { discards } of houses) for (let i = 0; i < 20; i++) discards.count('workspace0003', 'late', 1);
    await Promise.all(houses.map(({ discards }) => discards.flush()));
    expect((await houses[0]!.discards.read('workspace0003')).get('late')).toEqual({
      count: 50,
      firstAtMs: START_MS,
      lastAtMs: START_MS,
    });
  });

  test('are kept while they cannot be written', async () => {
    const { discards, state, errors } = createHouse();
    state.down = true;
    discards.count('workspace0004', 'late', 1);
    await discards.flush();
    expect(errors).toHaveLength(1);
    state.down = false;
    state.nowMs += 1_000;
    discards.count('workspace0004', 'late', 1);
    await discards.flush();
    expect((await discards.read('workspace0004')).get('late')).toEqual({
      count: 2,
      firstAtMs: START_MS,
      lastAtMs: START_MS + 1_000,
    });
  });
});

const NOTHING = { requests: 0, samples: 0, logRecords: 0, logBytes: 0, newSeries: 0, logStreams: 0 };

describe('rates', () => {
  test('are those of the last full minute', async () => {
    const { rates, state } = createHouse();
    for (let request = 0; request < 30; request++) {
      rates.count('workspace0005', 'requests', 1);
      rates.count('workspace0005', 'samples', 100);
    }
    await rates.flush();
    expect(await rates.read('workspace0005')).toEqual(NOTHING);
    state.nowMs += MINUTE_MS;
    rates.count('workspace0005', 'logRecords', 1);
    await rates.flush();
    expect(await rates.read('workspace0005')).toEqual({ ...NOTHING, requests: 30, samples: 3_000 });
  });

  test('of a workspace that has fallen silent are nothing', async () => {
    const { rates, state } = createHouse();
    rates.count('workspace0006', 'samples', 5);
    state.nowMs += MINUTE_MS;
    rates.count('workspace0006', 'samples', 5);
    await rates.flush();
    expect((await rates.read('workspace0006')).samples).toBe(5);
    state.nowMs += 3 * MINUTE_MS;
    expect((await rates.read('workspace0006')).samples).toBe(0);
  });

  test('of two processes add up', async () => {
    const houses = [createHouse(), createHouse()];
    for (const { rates } of houses) rates.count('workspace0007', 'samples', 5);
    for (const { rates, state } of houses) {
      state.nowMs += MINUTE_MS;
      rates.count('workspace0007', 'samples', 1);
    }
    await Promise.all(houses.map(({ rates }) => rates.flush()));
    expect((await houses[0]!.rates.read('workspace0007')).samples).toBe(10);
  });

  test('of a minute that an earlier release wrote lack nothing', async () => {
    const { rates, state } = createHouse();
    const body = { startMs: state.nowMs, requests: 1, samples: 2, logRecords: 3 };
    await backend.table.put({ partition: 'workspace0008#usage', sort: 'minute', body });
    expect(await rates.read('workspace0008')).toEqual({ ...NOTHING, requests: 1, samples: 2, logRecords: 3 });
  });

  test('tell how many streams were in use within the hour, as the process knew that knew the most', async () => {
    const houses = [createHouse(), createHouse()];
    const workspace = 'workspace0009';
    for (const [i, { rates }] of houses.entries()) rates.noteStreams(workspace, 7 - i);
    for (const { rates, state } of houses) {
      state.nowMs += MINUTE_MS;
      rates.count(workspace, 'samples', 1);
      await rates.flush();
    }
    const [{ rates, state }] = houses as [ReturnType<typeof createHouse>];
    expect((await rates.read(workspace)).logStreams).toBe(7);

    // Minutes without logs keep it; after an hour it is nothing.
    state.nowMs += 58 * MINUTE_MS;
    rates.count(workspace, 'samples', 1);
    await rates.flush();
    expect((await rates.read(workspace)).logStreams).toBe(7);
    state.nowMs += 2 * MINUTE_MS;
    expect((await rates.read(workspace)).logStreams).toBe(0);
  });
});
