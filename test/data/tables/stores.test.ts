import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createStores } from '../../../data/tables/stores.ts';
import { anomalyRecord } from '../../../functions/detect/anomaly-record.ts';
import { PLAIN_POLICY } from '../../../models/detect/policy.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';

const WORKSPACE = 'abcdefghijkl';
const START_MS = Date.UTC(2026, 10, 21);

let directory: string;
let backend: EmbeddedBackend;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-stores-'));
  backend = await openEmbedded({ directory, nowMs: () => START_MS });
});

afterAll(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

function anomaly(startedHour: number, lastHour: number, open: boolean) {
  const subject = {
    workspace: WORKSPACE,
    detector: { name: 'test', version: 1 },
    seriesId: '0'.repeat(32),
    labels: [['__name__', 'cpu']] as const,
    policy: PLAIN_POLICY,
  };
  const lastAtMs = START_MS + lastHour * HOUR_MS;
  const episode = {
    type: 'spike' as const,
    open,
    startedAtMs: START_MS + startedHour * HOUR_MS,
    lastAtMs,
    endedAtMs: open ? null : lastAtMs + 60_000,
    points: 3,
    initialScore: 1.5,
    score: 2,
    peakAtMs: lastAtMs,
    actual: 90,
    expected: 40,
    lower: 30,
    upper: 50,
  };
  return anomalyRecord(subject, episode, {
    samples: 5_000,
    trainedToMs: lastAtMs,
    attribution: [],
    past: [],
    peers: 0,
  });
}

describe('anomalies', () => {
  const [first, second, third] = [anomaly(1, 9, true), anomaly(2, 3, true), anomaly(3, 4, false)];

  it('have the same id however often they are told, and are listed by when they began', async () => {
    const { anomalies } = createStores(backend.table);
    await anomalies.putMany(WORKSPACE, [third, first, second, anomaly(1, 9, true)]);

    const { items } = await anomalies.list(WORKSPACE, { limit: 10 });

    expect(items).toEqual([first, second, third]);
    expect(first.anomalyId).toMatch(/^2026-11-21T01:00:00\.000Z_[0-9a-f]{16}$/);
  });

  it('are listed by status, those that moved last at the end', async () => {
    const { anomalies } = createStores(backend.table);
    await anomalies.putMany(WORKSPACE, [first, second, third]);

    const open = await anomalies.listByIndex(WORKSPACE, 'open', { limit: 10 });
    const closed = await anomalies.listByIndex(WORKSPACE, 'closed', { limit: 10 });

    expect(open.items).toEqual([second, first]);
    expect(closed.items).toEqual([third]);
  });
});
