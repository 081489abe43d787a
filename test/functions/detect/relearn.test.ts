import { expect, test } from 'vitest';
import { FIVE_MINUTES_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { openShardRoom } from '../../support/shard-room.ts';

const MINUTE_MS = 60_000;

/** Buckets of five minutes of a series whose samples come one by one, in this order. */
async function bucketsOf(kind: 'gauge' | 'counter', samples: readonly (readonly [minute: number, value: number])[]) {
  const room = openShardRoom();
  for (const [minute, value] of samples) {
    await room.send([{ name: 'jobs', kind, points: [[10 * HOUR_MS + minute * MINUTE_MS, value]] }]);
  }
  const { workspace, shard, seriesIds } = room.state();
  const ref = { workspace, shard, seriesId: seriesIds[0]! };
  return room.history.readRollups(ref, FIVE_MINUTES_MS, 0, 100 * HOUR_MS);
}

test.each([
  { kind: 'counter' as const, what: 'a restart, which says no rate', value: 0 },
  { kind: 'gauge' as const, what: 'a value that is no number', value: Number.NaN },
])('a late sample keeps the bucket that was in progress behind $what', async ({ kind, value }) => {
  const before = [
    [0, 700],
    [10, 710],
    [20, 720],
  ] as const;

  const expected = await bucketsOf(kind, [...before, [30, 730], [40, value], [50, 10]]);
  const found = await bucketsOf(kind, [...before, [40, value], [30, 730], [50, 10]]);

  expect([...expected.counts].every((count) => count === 1)).toBe(true);
  expect(expected.counts.length).toBeGreaterThanOrEqual(4);
  expect(found).toEqual(expected);
});
