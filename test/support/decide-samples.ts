import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Forecast, TimeToLimit } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';

/** 1 November 2026, 00:00 UTC: "now" of these samples. */
export const NOW_MS = Date.UTC(2026, 10, 1);
export const DISK_LABELS: Labels = [
  ['__name__', 'disk_used_bytes'],
  ['instance', 'db-1'],
  ['service', 'orders-db'],
];

export const DISK_LIMIT: Limit = {
  limitId: 'limit-disk',
  title: 'data disk',
  selector: [{ name: '__name__', value: 'disk_used_bytes' }],
  bound: 'max',
  value: 100e9,
  unit: 'bytes',
  leadTimeMs: 7 * DAY_MS,
  probability: 0.5,
  action: 'order a larger disk',
  updatedAtMs: NOW_MS - 30 * DAY_MS,
};

/** A claim made now: crossing in 6 to 14 days, most likely in 9. */
export function samplePrediction(given: Partial<Prediction> = {}): Prediction {
  const { limitId, title, bound, value, unit, leadTimeMs, action } = DISK_LIMIT;
  return {
    predictionId: '2026-11-01T00:00:00.000Z_0000000000000001',
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    madeAtMs: NOW_MS,
    watermarkMs: NOW_MS,
    modelVersion: '1',
    claim: { limitId, title, bound, value, unit, leadTimeMs, action },
    window: { p10Ms: NOW_MS + 6 * DAY_MS, p50Ms: NOW_MS + 9 * DAY_MS, p90Ms: NOW_MS + 14 * DAY_MS },
    probability: 0.97,
    probabilityWithinLeadTime: 0.3,
    actByMs: NOW_MS - DAY_MS,
    currentValue: 80e9,
    evidence: 'now 74.5 GiB against a limit of 93.1 GiB',
    status: 'open',
    dueAtMs: NOW_MS + 17.5 * DAY_MS,
    settledAtMs: null,
    noticeMs: null,
    actualValue: null,
    settleReason: null,
    ...given,
  };
}

export function sampleTimeToLimit(given: Partial<TimeToLimit> = {}): TimeToLimit {
  return {
    limitId: DISK_LIMIT.limitId,
    bound: 'max',
    limitValue: DISK_LIMIT.value,
    currentValue: 80e9,
    p10Ms: NOW_MS + 6 * DAY_MS,
    p50Ms: NOW_MS + 9 * DAY_MS,
    p90Ms: NOW_MS + 14 * DAY_MS,
    probabilityWithinLeadTime: 0.6,
    probabilityWithinHorizon: 0.97,
    alreadyCrossed: false,
    neverWithinHorizon: false,
    slackMs: -DAY_MS,
    ...given,
  };
}

export function sampleForecast(given: Partial<Forecast> = {}): Forecast {
  return {
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    madeAtMs: NOW_MS,
    watermarkMs: NOW_MS - HOUR_MS,
    modelVersion: '1',
    models: [{ name: 'drift', weight: 1, mase: 0.5 }],
    hourly: { startMs: NOW_MS, stepMs: HOUR_MS, p10: [79e9], p50: [80e9], p90: [81e9] },
    daily: { startMs: NOW_MS, stepMs: DAY_MS, p10: [79e9], p50: [80e9], p90: [81e9] },
    skill: { mase: 0.5, maseLastValue: 1, maseSeasonalNaive: 1, skill: 0.5, coverage80: 0.82, origins: 12 },
    abstain: null,
    timeToLimit: [sampleTimeToLimit()],
    ...given,
  };
}

export function sampleAnomaly(given: Partial<Anomaly> = {}): Anomaly {
  const startedAtMs = given.startedAtMs ?? NOW_MS - HOUR_MS;
  return {
    anomalyId: `${new Date(startedAtMs).toISOString()}_00000000000000aa`,
    seriesId: 'series-latency',
    labels: [
      ['__name__', 'request_latency_ms'],
      ['service', 'api'],
    ],
    detector: 'seasonal',
    type: 'spike',
    status: 'open',
    startedAtMs,
    lastAtMs: startedAtMs + 600_000,
    endedAtMs: null,
    points: 3,
    initialScore: 1.2,
    score: 2.5,
    actual: 900,
    expected: 120,
    lower: 90,
    upper: 160,
    reason: '900 where 90 to 160 was expected',
    ...given,
  };
}

export function sampleChange(given: Partial<Change> = {}): Change {
  const atMs = given.atMs ?? NOW_MS - 2 * HOUR_MS;
  return {
    changeId: `${new Date(atMs).toISOString()}_00000000000000cc`,
    kind: 'deploy',
    summary: 'api 4.2',
    source: 'ci',
    service: 'api',
    atMs,
    details: {},
    links: [],
    ...given,
  };
}

export function sampleIssue(given: Partial<Issue> = {}): Issue {
  return {
    issueId: '2026-10-31T23:00:00.000Z_00000000000000ee',
    kind: 'anomaly',
    service: 'api',
    title: 'api: request_latency_ms higher than expected',
    status: 'open',
    severity: 'warning',
    openedAtMs: NOW_MS - HOUR_MS,
    updatedAtMs: NOW_MS,
    resolvedAtMs: null,
    anomalyIds: [],
    predictionIds: [],
    suspectChangeIds: [],
    ...given,
  };
}

/** Hourly rollups with one sample in each bucket. */
export function hourlyRollups(startMs: number, values: readonly number[]): RollupColumns {
  const column = Float64Array.from(values);
  return {
    startsMs: Float64Array.from(values, (_, i) => startMs + i * HOUR_MS),
    counts: new Float64Array(values.length).fill(1),
    sums: column,
    mins: column,
    maxs: column,
    lasts: column,
  };
}
