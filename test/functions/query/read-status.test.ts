import { expect, test } from 'vitest';
import { SLOT } from '../../../data/state/shard-state.ts';
import type { Discarded } from '../../../data/tables/discards.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../../data/tables/workspace-limits.ts';
import { createReadHealth, createReadUsage, type StatusSources } from '../../../functions/query/read-status.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';

/** Two series, of which one was silent for the last hour of the shard. */
const shard = (watermarkMs: number, samples: number, discarded: Record<string, Discarded> = {}) => ({
  watermarkMs,
  seriesIds: ['a', 'b'],
  words: lastSamples(watermarkMs, watermarkMs - HOUR_MS),
  counters: { samples, logRecords: 3, discarded, muted: { impact: 5 } },
});

function lastSamples(...timesMs: readonly number[]): Float64Array {
  const words = new Float64Array(timesMs.length * SLOT.words);
  timesMs.forEach((timeMs, i) => {
    words[i * SLOT.words + SLOT.lastTimestampMs] = timeMs;
  });
  return words;
}

function sources(changed: Partial<StatusSources> = {}): StatusSources {
  return {
    version: '1.2.3',
    shardCount: 3,
    listWorkspaces: () => Promise.resolve([{ workspace: 'workspace0000', createdAtMs: 1_000 }]),
    // The last shard has not seen anything yet.
    readShard: (_workspace, number) =>
      Promise.resolve(
        [
          shard(5_000, 10, { late: { count: 2, firstAtMs: 500, lastAtMs: 600 } }),
          shard(9_000, 20, {
            late: { count: 1, firstAtMs: null, lastAtMs: null },
            duplicate: { count: 4, firstAtMs: 700, lastAtMs: 800 },
          }),
        ][number],
      ),
    readDiscards: () =>
      Promise.resolve(
        new Map([
          ['label_name_empty', { count: 7, firstAtMs: 1_000, lastAtMs: 2_000 }],
          ['late', { count: 1, firstAtMs: 3_000, lastAtMs: 3_000 }],
        ]),
      ),
    readLimits: () => Promise.resolve(DEFAULT_WORKSPACE_LIMITS),
    readMinute: () =>
      Promise.resolve({ requests: 60, samples: 90_000, logRecords: 0, logBytes: 120, newSeries: 5, logStreams: 4 }),
    countKeys: () => Promise.resolve(3),
    readMailUse: () => Promise.resolve({ sentToday: 2, recipients: 1 }),
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
      countKeys: () => Promise.resolve(3),
      readMailUse: () => Promise.resolve({ sentToday: 2, recipients: 1 }),
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
    discarded: new Map([
      ['label_name_empty', { count: 7, firstAtMs: 1_000, lastAtMs: 2_000 }],
      ['late', { count: 4, firstAtMs: 500, lastAtMs: 3_000 }],
      ['duplicate', { count: 4, firstAtMs: 700, lastAtMs: 800 }],
    ]),
    muted: new Map([['impact', 10]]),
    limits: DEFAULT_WORKSPACE_LIMITS,
    current: {
      requestsPerSecond: 1,
      samplesPerSecond: 1_500,
      logRecordsPerSecond: 0,
      logBytesPerSecond: 2,
      activeSeries: 2,
      newSeriesPerMinute: 5,
      logStreams: 4,
      apiKeys: 3,
      mailRecipients: 1,
      mailsPerDay: 2,
    },
  });
});
