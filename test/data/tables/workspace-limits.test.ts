import { expect, test } from 'vitest';
import type { Item, NewItem } from '../../../data/contracts.ts';
import { createWorkspaceLimits, DEFAULT_WORKSPACE_LIMITS } from '../../../data/tables/workspace-limits.ts';

const WORKSPACE = 'abcdefghijkl';

/** Limits over a table of one kind of item, that counts its reads and can be made to fail. */
function createHouse() {
  const items = new Map<string, Item>();
  const state = { nowMs: 1_000_000, reads: 0, down: false };
  const errors: unknown[] = [];
  const limits = createWorkspaceLimits({
    table: {
      get: async ({ partition, sort }) => {
        state.reads++;
        if (state.down) throw new Error('down');
        return items.get(`${partition} ${sort}`);
      },
      put: async (item: NewItem) => {
        items.set(`${item.partition} ${item.sort}`, { ...item, revision: 1 });
        return { kind: 'stored', revision: 1 };
      },
    },
    nowMs: () => state.nowMs,
    defaults: DEFAULT_WORKSPACE_LIMITS,
    onError: (error) => errors.push(error),
  });
  return { limits, state, errors, items };
}

test('a workspace has the defaults, the same object every time', async () => {
  const { limits } = createHouse();
  expect(limits.of(WORKSPACE)).toBe(DEFAULT_WORKSPACE_LIMITS);
  await limits.refresh(WORKSPACE);
  expect(limits.of(WORKSPACE)).toBe(limits.of(WORKSPACE));
});

test('what the operator sets is in force within a minute, for this workspace only', async () => {
  const { limits, state } = createHouse();
  await limits.refresh(WORKSPACE);
  await limits.set(WORKSPACE, { samplesPerSecond: 50_000 });
  state.nowMs += 59_999;
  await limits.refresh(WORKSPACE);
  expect(limits.of(WORKSPACE).samplesPerSecond).toBe(10_000);
  state.nowMs += 1;
  await limits.refresh(WORKSPACE);
  expect(limits.of(WORKSPACE)).toEqual({ ...DEFAULT_WORKSPACE_LIMITS, samplesPerSecond: 50_000 });
  await limits.refresh('anotherworkspace');
  expect(limits.of('anotherworkspace')).toEqual(DEFAULT_WORKSPACE_LIMITS);
});

test('they are read once a minute, however many ask at once', async () => {
  const { limits, state } = createHouse();
  await Promise.all(Array.from({ length: 50 }, () => limits.refresh(WORKSPACE)));
  expect(state.reads).toBe(1);
});

test('where they cannot be read, what was known goes on, and it is tried again soon', async () => {
  const { limits, state, errors } = createHouse();
  await limits.set(WORKSPACE, { activeSeries: 7 });
  await limits.refresh(WORKSPACE);
  state.down = true;
  state.nowMs += 60_000;
  await limits.refresh(WORKSPACE);
  await limits.refresh(WORKSPACE);
  expect(limits.of(WORKSPACE).activeSeries).toBe(7);
  expect([errors.length, state.reads]).toEqual([1, 2]);
  state.nowMs += 5_000;
  await limits.refresh(WORKSPACE);
  expect(state.reads).toBe(3);
});

test('one wrong number does not take the others with it', async () => {
  const { limits, errors, items } = createHouse();
  const place = { partition: `${WORKSPACE}#setting`, sort: 'limits' };
  const body = { activeSeries: 9, samplesBurst: '12', samplesPerSecond: 0, logLineBytes: 1.5, colour: 3 };
  items.set(`${place.partition} ${place.sort}`, { ...place, body, revision: 1 });
  await limits.refresh(WORKSPACE);
  expect(limits.of(WORKSPACE)).toEqual({ ...DEFAULT_WORKSPACE_LIMITS, activeSeries: 9 });
  expect(errors).toHaveLength(4);
});
