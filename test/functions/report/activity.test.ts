import { expect, test } from 'vitest';
import { createReadActivity } from '../../../functions/report/activity.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS, sampleHours } from '../../support/report-samples.ts';
import { DISK } from '../../support/report-workspace.ts';

test('adds up what arrived in every shard', async () => {
  const readActivity = createReadActivity({
    shardCount: 2,
    readShardRollups: async (_workspace, shard, _step, fromMs, toMs) =>
      new Map([[`series-${shard}`, sampleHours(DISK, fromMs, toMs - shard * HOUR_MS)]]),
  });

  const activity = await readActivity('w', NOW_MS - 3 * HOUR_MS, NOW_MS);

  expect(activity.samples).toBe(5 * 12);
  expect(activity.newestMs).toBe(NOW_MS - HOUR_MS);
  expect([...activity.lastSeenMs]).toEqual([
    ['series-0', NOW_MS - HOUR_MS],
    ['series-1', NOW_MS - 2 * HOUR_MS],
  ]);
  expect(activity.hoursMs.size).toBe(3);
});

test('finds nothing where nothing arrived', async () => {
  const readActivity = createReadActivity({ shardCount: 4, readShardRollups: async () => new Map() });

  expect(await readActivity('w', 0, NOW_MS)).toMatchObject({ samples: 0, newestMs: null });
});
