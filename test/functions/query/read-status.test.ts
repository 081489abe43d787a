import { expect, test } from 'vitest';
import { createReadHealth, createReadUsage, type StatusSources } from '../../../functions/query/read-status.ts';

const shard = (watermarkMs: number, samples: number, discarded: Record<string, number> = {}) => ({
  watermarkMs,
  seriesIds: ['a', 'b'],
  counters: { samples, logRecords: 3, discarded },
});

function sources(changed: Partial<StatusSources> = {}): StatusSources {
  return {
    version: '1.2.3',
    shardCount: 3,
    listWorkspaces: () => Promise.resolve([{ workspace: 'workspace0000', createdAtMs: 1_000 }]),
    // The last shard has not seen anything yet.
    readShard: (_workspace, number) =>
      Promise.resolve([shard(5_000, 10, { late: 2 }), shard(9_000, 20, { late: 1, duplicate: 4 })][number]),
    readDiscards: () => Promise.resolve({ label_name_empty: 7, late: 1 }),
    queueDepth: () => Promise.resolve({ waiting: 4, inFlight: 1, dead: 0 }),
    nowMs: () => 0,
    ...changed,
  };
}

test('health tells the newest data of all shards, and how much is known and waits', async () => {
  expect(await createReadHealth(sources())()).toEqual({
    status: 'ok',
    version: '1.2.3',
    watermarkMs: 9_000,
    counts: { series: 4, queue_waiting: 4, queue_in_flight: 1, queue_dead: 0 },
  });
});

test('health has no watermark before the first data, and is degraded when messages were given up', async () => {
  const readHealth = createReadHealth(
    sources({
      readShard: () => Promise.resolve(undefined),
      queueDepth: () => Promise.resolve({ waiting: 0, inFlight: 0, dead: 2 }),
    }),
  );

  expect(await readHealth()).toMatchObject({ status: 'degraded', watermarkMs: null });
});

test('health is worked out once for all who ask within two seconds, and again after a failure', async () => {
  let nowMs = 0;
  let reads = 0;
  const readHealth = createReadHealth(
    sources({
      nowMs: () => nowMs,
      listWorkspaces: () => {
        reads++;
        return reads === 1 ? Promise.reject(new Error('down')) : Promise.resolve([]);
      },
    }),
  );

  await expect(readHealth()).rejects.toThrow('down');
  await Promise.all([readHealth(), readHealth()]);
  nowMs = 1_999;
  await readHealth();
  expect(reads).toBe(2);
  nowMs = 2_000;
  await readHealth();
  expect(reads).toBe(3);
});

test('usage joins what ingest refused with what the shards left out', async () => {
  expect(await createReadUsage(sources())('workspace0000')).toEqual({
    sinceMs: 1_000,
    accepted: { samples: 30, log_records: 6 },
    discarded: { label_name_empty: 7, late: 4, duplicate: 4 },
  });
});
