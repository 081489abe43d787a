import type { Stores } from '../../data/tables/stores.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import {
  abstainingForecast,
  GIB,
  NOW_MS,
  type Resource,
  sampleAnomaly,
  sampleForecast,
  sampleIssue,
  sampleLimit,
  samplePrediction,
  sampleSeries,
  settledPrediction,
  WORKSPACE,
} from './report-samples.ts';

export const DISK: Resource = {
  series: sampleSeries('disk_used_bytes', { service: 'orders-db', instance: 'db-3', mountpoint: '/data' }),
  limit: sampleLimit({
    limitId: 'disk',
    title: 'Data disk',
    selector: [{ name: '__name__', value: 'disk_used_bytes' }],
  }),
  now: 412 * GIB,
  perDay: 9.5 * GIB,
  swing: 4 * GIB,
};
const MEMORY: Resource = {
  series: sampleSeries('memory_used_ratio', { service: 'checkout', instance: 'app-1' }),
  limit: sampleLimit({
    limitId: 'memory',
    title: 'Memory',
    selector: [{ name: '__name__', value: 'memory_used_ratio' }],
    value: 0.95,
    unit: 'ratio',
    leadTimeMs: 3 * DAY_MS,
    action: 'Restart the service at a quiet hour and look for the leak.',
  }),
  now: 0.71,
  perDay: 0.011,
  swing: 0.02,
};
const INODES: Resource = {
  series: sampleSeries('inodes_free', { service: 'files', instance: 'nas-1', mountpoint: '/srv' }),
  limit: sampleLimit({
    limitId: 'inodes',
    title: 'Free inodes',
    selector: [{ name: '__name__', value: 'inodes_free' }],
    bound: 'min',
    value: 50_000,
    unit: 'inodes',
    action: 'Delete old session files.',
  }),
  now: 402_000,
  perDay: -24_000,
  swing: 3_000,
};
const FULL: Resource = {
  series: sampleSeries('disk_used_bytes', { service: 'backup', instance: 'bak-1', mountpoint: '/vault' }),
  limit: DISK.limit,
  now: 487 * GIB,
  perDay: 0.2 * GIB,
  swing: 0,
};
const LOGS: Resource = {
  series: sampleSeries('disk_used_bytes', { service: 'logs', instance: 'log-2', mountpoint: '/var/log' }),
  limit: DISK.limit,
  now: 233 * GIB,
  perDay: 2.1 * GIB,
  swing: 2 * GIB,
};
export const RESOURCES: readonly Resource[] = [DISK, MEMORY, INODES, FULL, LOGS];

/** A week in which much happened: three open predictions, six settled, two issues, and things that cannot be seen. */
export async function fillWorkspace(stores: Stores): Promise<void> {
  const short = sampleSeries('queue_depth', { service: 'mailer' });
  const noisy = sampleSeries('disk_used_bytes', { service: 'scratch', instance: 'tmp-1' });
  const orphan = sampleLimit({
    limitId: 'orphan',
    title: 'Licence seats',
    selector: [{ name: '__name__', value: 'seats_used' }],
  });
  await stores.series.putMany(WORKSPACE, [...RESOURCES.map(({ series }) => series), short, noisy]);
  await stores.limits.putMany(WORKSPACE, [DISK.limit, MEMORY.limit, INODES.limit, orphan]);
  await stores.forecasts.putMany(WORKSPACE, [
    ...RESOURCES.map(sampleForecast),
    abstainingForecast(short, 'too_short'),
    abstainingForecast(noisy, 'no_skill'),
  ]);
  await stores.predictions.putMany(WORKSPACE, [
    samplePrediction(MEMORY),
    samplePrediction(DISK),
    samplePrediction(INODES, { probability: 0.78, probabilityWithinLeadTime: 0.03 }),
    ...(['hit', 'hit', 'late', 'early', 'missed', 'averted'] as const).map((status, n) =>
      settledPrediction(DISK, n + 1, status),
    ),
  ]);
  await fillIssues(stores);
}

async function fillIssues(stores: Stores): Promise<void> {
  const startedAtMs = NOW_MS - 2 * DAY_MS - 5 * HOUR_MS;
  const latency = sampleAnomaly(sampleSeries('latency_p95_ms', { service: 'checkout' }).labels, startedAtMs, {
    reason: '812 against an expected 180 to 310, for 2 hours.',
  });
  const errors = sampleAnomaly(
    sampleSeries('errors_per_second', { service: 'checkout' }).labels,
    startedAtMs + 60_000,
    {
      reason: '14 against an expected 0 to 2, for 2 hours.',
      score: 2.1,
    },
  );
  const earlier = sampleAnomaly(latency.labels, NOW_MS - 9 * DAY_MS, { reason: 'a spike of the week before' });
  const silent = sampleAnomaly(sampleSeries('queue_depth', { service: 'mailer' }).labels, NOW_MS - DAY_MS, {
    type: 'missing',
    reason: 'no value for 2 hours, one in every minute before.',
  });
  await stores.anomalies.putMany(WORKSPACE, [latency, errors, earlier, silent]);
  const changeId = `${new Date(startedAtMs - 4 * 60_000).toISOString()}_00000000000000cc`;
  await stores.changes.put(WORKSPACE, {
    changeId,
    kind: 'deploy',
    summary: 'checkout 2.14.0',
    source: 'ci',
    service: 'checkout',
    atMs: startedAtMs - 4 * 60_000,
    details: {},
    links: [],
  });
  await stores.issues.putMany(WORKSPACE, [
    sampleIssue({
      openedAtMs: startedAtMs,
      title: 'checkout: latency and errors above normal',
      severity: 'critical',
      anomalyIds: [errors.anomalyId, latency.anomalyId],
      suspectChangeIds: [changeId],
    }),
    sampleIssue({
      openedAtMs: NOW_MS - DAY_MS,
      title: 'mailer: queue depth silent',
      service: 'mailer',
      anomalyIds: [silent.anomalyId],
      status: 'resolved',
      resolvedAtMs: NOW_MS - DAY_MS + 2 * HOUR_MS,
    }),
    sampleIssue({ openedAtMs: NOW_MS - 20 * DAY_MS, title: 'an issue of earlier' }),
  ]);
}
