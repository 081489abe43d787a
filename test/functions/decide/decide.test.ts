import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createStores, type Stores } from '../../../data/tables/stores.ts';
import { createDecide } from '../../../functions/decide/decide.ts';
import type { DecideDependencies } from '../../../functions/decide/dependencies.ts';
import { hashId, timeId } from '../../../functions/platform/ids.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import {
  DISK_LABELS,
  DISK_LIMIT,
  hourlyRollups,
  NOW_MS,
  sampleAnomaly,
  sampleChange,
  sampleForecast,
  sampleTimeToLimit,
} from '../../support/decide-samples.ts';

const WORKSPACE = 'aaaaaaaaaaaa';

let directory: string;
let backend: EmbeddedBackend;
let stores: Stores;
/** What the history holds: GB by day since the claim. */
let valueAt: (day: number) => number;
/** The series sends nothing after it. */
let lastDataMs: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-decide-'));
  backend = await openEmbedded({ directory, maxReceives: 5, nowMs: () => NOW_MS });
  stores = createStores(backend.table);
  valueAt = () => 80e9;
  lastDataMs = Number.MAX_SAFE_INTEGER;
  await stores.limits.put(WORKSPACE, DISK_LIMIT);
  await stores.series.put(WORKSPACE, {
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 2,
    firstSampleMs: NOW_MS - 60 * DAY_MS,
  });
  await stores.forecasts.put(WORKSPACE, sampleForecast());
});

afterEach(async () => {
  await backend.close();
  await rm(directory, { recursive: true });
});

function decide(given: Partial<DecideDependencies> = {}) {
  return createDecide({
    ...stores,
    hashId,
    timeId,
    // The same hours whatever step is asked for: rows only have to be ascending.
    readRollups: async ({ shard }, _stepMs, fromMs, toMs) => {
      expect(shard).toBe(2);
      const startMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
      const endMs = Math.min(toMs - HOUR_MS, lastDataMs + HOUR_MS);
      const hours = Math.max(0, Math.ceil((endMs - startMs) / HOUR_MS));
      return hourlyRollups(
        startMs,
        Array.from({ length: hours }, (_, i) => valueAt((startMs + i * HOUR_MS - NOW_MS) / DAY_MS)),
      );
    },
    ...given,
  });
}

async function predictions() {
  return (await stores.predictions.list(WORKSPACE, { limit: 100 })).items;
}

async function issues() {
  return (await stores.issues.list(WORKSPACE, { limit: 100 })).items;
}

describe('decide', () => {
  it('opens a claim from a forecast, and an issue for it', async () => {
    const result = await decide().run(WORKSPACE, NOW_MS);

    expect(result).toEqual({ settled: 0, opened: 1, issues: { opened: 1, updated: 0, resolved: 0 } });
    const [prediction] = await predictions();
    expect(prediction).toMatchObject({ seriesId: 'series-disk', status: 'open', probability: 0.97 });
    expect(await issues()).toMatchObject([
      {
        kind: 'prediction',
        service: 'orders-db',
        status: 'open',
        title: 'orders-db: data disk will reach 93.1 GiB about 10 Nov 2026',
        predictionIds: [prediction?.predictionId],
      },
    ]);
  });

  it('changes nothing when it runs again', async () => {
    await stores.anomalies.put(WORKSPACE, sampleAnomaly());
    await decide().run(WORKSPACE, NOW_MS);
    const before = [await predictions(), await issues()];

    const result = await decide().run(WORKSPACE, NOW_MS + 60_000);

    expect(result).toEqual({ settled: 0, opened: 0, issues: { opened: 0, updated: 0, resolved: 0 } });
    expect([await predictions(), await issues()]).toEqual(before);
  });

  it('makes no second claim from a newer forecast while one is open', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    await stores.forecasts.put(WORKSPACE, sampleForecast({ madeAtMs: NOW_MS + DAY_MS, watermarkMs: NOW_MS + DAY_MS }));

    const result = await decide().run(WORKSPACE, NOW_MS + DAY_MS);

    expect(result.opened).toBe(0);
    expect(await predictions()).toHaveLength(1);
  });

  it('settles a claim that came true, and keeps its issue open until the value is back', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    valueAt = (day) => (day >= 8 ? 101e9 : 80e9);
    const crossedMs = NOW_MS + 8 * DAY_MS;

    const hit = await decide().run(WORKSPACE, crossedMs + 2 * HOUR_MS);
    const afterHit = await issues();
    const over = sampleTimeToLimit({ alreadyCrossed: true, currentValue: 101e9 });
    await stores.forecasts.put(
      WORKSPACE,
      sampleForecast({ madeAtMs: crossedMs + DAY_MS, watermarkMs: crossedMs + DAY_MS, timeToLimit: [over] }),
    );
    const stillOver = await decide().run(WORKSPACE, crossedMs + DAY_MS);
    const back = sampleTimeToLimit({
      probabilityWithinLeadTime: 0,
      probabilityWithinHorizon: 0,
      p10Ms: null,
      p50Ms: null,
      p90Ms: null,
    });
    await stores.forecasts.put(
      WORKSPACE,
      sampleForecast({ madeAtMs: crossedMs + 2 * DAY_MS, watermarkMs: crossedMs + 2 * DAY_MS, timeToLimit: [back] }),
    );
    const over2 = await decide().run(WORKSPACE, crossedMs + 2 * DAY_MS);

    expect(hit.settled).toBe(1);
    expect(await predictions()).toMatchObject([{ status: 'hit', noticeMs: 8 * DAY_MS, actualValue: 101e9 }]);
    expect(afterHit).toMatchObject([
      { status: 'open', severity: 'critical', title: 'orders-db: data disk at or above 93.1 GiB' },
    ]);
    expect(stillOver).toMatchObject({ opened: 0, issues: { opened: 0, resolved: 0 } });
    expect(over2.issues.resolved).toBe(1);
  });

  it('settles a claim as averted where a change of the service turned it', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    await stores.changes.put(WORKSPACE, sampleChange({ service: 'orders-db', atMs: NOW_MS + 4 * DAY_MS }));
    valueAt = (day) => (day < 4 ? 80e9 + day * 2e9 : 50e9);

    await decide().run(WORKSPACE, NOW_MS + 18 * DAY_MS);

    expect(await predictions()).toMatchObject([{ status: 'averted' }]);
    expect(await issues()).toMatchObject([{ status: 'resolved' }]);
  });

  it('voids a claim whose limit is removed, and resolves its issue', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    await stores.limits.delete(WORKSPACE, DISK_LIMIT.limitId);

    await decide().run(WORKSPACE, NOW_MS + HOUR_MS);

    expect(await predictions()).toMatchObject([{ status: 'void', settleReason: 'the limit was removed' }]);
    expect(await issues()).toMatchObject([{ status: 'resolved' }]);
  });

  it('voids a claim of a series that has stopped', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    lastDataMs = NOW_MS + DAY_MS;

    await decide().run(WORKSPACE, NOW_MS + 9 * DAY_MS);

    expect(await predictions()).toMatchObject([{ status: 'void' }]);
  });

  it('groups anomalies with the change before them, and resolves them when they have passed', async () => {
    const anomaly = sampleAnomaly();
    const change = sampleChange({ atMs: anomaly.startedAtMs - 60_000 });
    await stores.changes.put(WORKSPACE, change);
    await stores.anomalies.put(WORKSPACE, anomaly);
    await decide().run(WORKSPACE, NOW_MS - 30 * 60_000);
    const opened = (await issues()).filter(({ kind }) => kind === 'anomaly');
    await stores.anomalies.put(WORKSPACE, { ...anomaly, status: 'closed', endedAtMs: anomaly.lastAtMs });

    await decide().run(WORKSPACE, NOW_MS);

    expect(opened).toMatchObject([{ service: 'api', status: 'open', suspectChangeIds: [change.changeId] }]);
    expect((await issues()).filter(({ kind }) => kind === 'anomaly')).toMatchObject([
      {
        issueId: opened[0]?.issueId,
        status: 'resolved',
        resolvedAtMs: anomaly.lastAtMs,
        suspectChangeIds: [change.changeId],
      },
    ]);
  });

  it('opens no issue for what ended more than seven days ago', async () => {
    const startedAtMs = NOW_MS - 8 * DAY_MS;
    await stores.anomalies.put(
      WORKSPACE,
      sampleAnomaly({ startedAtMs, status: 'closed', endedAtMs: startedAtMs + 600_000 }),
    );

    await decide().run(WORKSPACE, NOW_MS);

    expect((await issues()).filter(({ kind }) => kind === 'anomaly')).toEqual([]);
  });

  it('decides again when another has settled the same claim in between', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    valueAt = (day) => (day >= 8 ? 101e9 : 80e9);
    let reads = 0;
    const racing: DecideDependencies['predictions'] = {
      ...stores.predictions,
      async get(workspace, id) {
        const stored = await stores.predictions.get(workspace, id);
        // Another run gets in between reading and writing, the first time.
        if (stored !== undefined && reads++ === 0)
          await stores.predictions.put(workspace, { ...stored.record, evidence: 'touched' });
        return stored;
      },
    };

    const result = await decide({ predictions: racing }).run(WORKSPACE, NOW_MS + 9 * DAY_MS);

    expect([result.settled, reads]).toEqual([1, 2]);
    expect(await predictions()).toMatchObject([{ status: 'hit', evidence: 'touched' }]);
  });

  it('groups again when another has written the same issue in between', async () => {
    await stores.anomalies.put(WORKSPACE, sampleAnomaly());
    await decide().run(WORKSPACE, NOW_MS);
    await stores.anomalies.put(WORKSPACE, sampleAnomaly({ startedAtMs: NOW_MS - HOUR_MS / 2, seriesId: 'series-b' }));
    let reads = 0;
    const racing: DecideDependencies['issues'] = {
      ...stores.issues,
      async get(workspace, id) {
        const stored = await stores.issues.get(workspace, id);
        if (stored !== undefined && reads++ === 0)
          await stores.issues.put(workspace, { ...stored.record, updatedAtMs: NOW_MS + 1 });
        return stored;
      },
    };

    const result = await decide({ issues: racing }).run(WORKSPACE, NOW_MS + 60_000);

    expect(result.issues.updated).toBe(1);
    expect((await issues()).find(({ kind }) => kind === 'anomaly')?.anomalyIds).toHaveLength(2);
  });

  it('fails, to be repeated, when others never let it write', async () => {
    await decide().run(WORKSPACE, NOW_MS);
    valueAt = () => 101e9;
    const busy: DecideDependencies['predictions'] = { ...stores.predictions, put: async () => ({ kind: 'conflict' }) };

    const run = decide({ predictions: busy }).run(WORKSPACE, NOW_MS + DAY_MS);

    await expect(run).rejects.toMatchObject({ code: 'store/conflict', retryable: true });
  });

  it('keeps workspaces apart', async () => {
    await decide().run(WORKSPACE, NOW_MS);

    const result = await decide().run('bbbbbbbbbbbb', NOW_MS);

    expect(result).toEqual({ settled: 0, opened: 0, issues: { opened: 0, updated: 0, resolved: 0 } });
  });
});
