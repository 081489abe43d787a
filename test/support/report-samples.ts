import type { Stores } from '../../data/tables/stores.ts';
import type { ActivitySources } from '../../functions/report/activity.ts';
import { createReadActivity } from '../../functions/report/activity.ts';
import type { DigestSources } from '../../functions/report/digest-sources.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { AbstainReason, Forecast, QuantilePath } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Labels, Series } from '../../models/domain/series.ts';

/** Monday, 23 November 2026, 09:00 in Berlin: "now" of these samples, week 48. */
export const NOW_MS = Date.UTC(2026, 10, 23, 8);
export const WORKSPACE = 'sampleworkspace1';
export const GIB = 1_024 ** 3;

/** A resource that moves steadily: value at "now", change in a day, and the swing of the day around it. */
export interface Resource {
  readonly series: Series;
  readonly limit: Limit;
  readonly now: number;
  readonly perDay: number;
  readonly swing: number;
}

export function sampleSeries(name: string, labels: Readonly<Record<string, string>> = {}): Series {
  const sorted = Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    seriesId: Buffer.from(JSON.stringify(sorted)).toString('hex').slice(-32),
    labels: sorted,
    kind: 'gauge',
    shard: 0,
    firstSampleMs: NOW_MS - 56 * DAY_MS,
  };
}

export function sampleLimit(given: Partial<Limit> & Pick<Limit, 'limitId' | 'title'>): Limit {
  return {
    selector: [],
    bound: 'max',
    value: 480 * GIB,
    unit: 'bytes',
    leadTimeMs: 7 * DAY_MS,
    probability: 0.5,
    action: 'Extend the volume, or move old snapshots away.',
    updatedAtMs: NOW_MS - 60 * DAY_MS,
    ...given,
  };
}

/** The claim that the resource crosses its limit where its line does, 20 % sooner or 40 % later. */
export function samplePrediction(resource: Resource, given: Partial<Prediction> = {}): Prediction {
  const { series, limit, now, perDay } = resource;
  const distanceMs = ((limit.value - now) / perDay) * DAY_MS;
  const p10Ms = NOW_MS + distanceMs * 0.8;
  const { limitId, title, bound, value, unit, leadTimeMs, action } = limit;
  return {
    predictionId: `${new Date(NOW_MS - DAY_MS).toISOString()}_${series.seriesId.slice(0, 16)}`,
    seriesId: series.seriesId,
    labels: series.labels,
    madeAtMs: NOW_MS - DAY_MS,
    watermarkMs: NOW_MS - DAY_MS,
    modelVersion: 'combination-1',
    claim: { limitId, title, bound, value, unit, leadTimeMs, action },
    window: { p10Ms, p50Ms: NOW_MS + distanceMs, p90Ms: NOW_MS + distanceMs * 1.4 },
    probability: 0.93,
    probabilityWithinLeadTime: 0.62,
    actByMs: p10Ms - leadTimeMs,
    currentValue: now,
    evidence: 'a steady rise',
    status: 'open',
    dueAtMs: p10Ms,
    settledAtMs: null,
    noticeMs: null,
    actualValue: null,
    settleReason: null,
    ...given,
  };
}

/** An earlier prediction that was settled two days ago. */
export function settledPrediction(resource: Resource, n: number, status: Prediction['status']): Prediction {
  const cameTrue = status === 'hit' || status === 'early' || status === 'late';
  return samplePrediction(resource, {
    predictionId: `${new Date(NOW_MS - 12 * DAY_MS).toISOString()}_000000000000000${n}`,
    madeAtMs: NOW_MS - 12 * DAY_MS,
    status,
    dueAtMs: NOW_MS - 2 * DAY_MS,
    settledAtMs: NOW_MS - 2 * DAY_MS,
    noticeMs: cameTrue ? n * DAY_MS : null,
  });
}

export function sampleForecast(resource: Resource): Forecast {
  const { series, limit, now, perDay } = resource;
  const crossingMs = NOW_MS + ((limit.value - now) / perDay) * DAY_MS;
  const within = crossingMs > NOW_MS && crossingMs < NOW_MS + 90 * DAY_MS;
  return {
    seriesId: series.seriesId,
    labels: series.labels,
    madeAtMs: NOW_MS - HOUR_MS,
    watermarkMs: NOW_MS - 60_000,
    modelVersion: 'combination-1',
    models: [{ name: 'trend', weight: 1, mase: 0.4 }],
    hourly: samplePath(resource, HOUR_MS, 48),
    daily: samplePath(resource, DAY_MS, 90),
    skill: null,
    abstain: null,
    timeToLimit: [
      {
        limitId: limit.limitId,
        bound: limit.bound,
        limitValue: limit.value,
        currentValue: now,
        p10Ms: null,
        p50Ms: within ? crossingMs : null,
        p90Ms: null,
        probabilityWithinLeadTime: 0.62,
        probabilityWithinHorizon: 0.93,
        alreadyCrossed: limit.bound === 'max' ? now >= limit.value : now <= limit.value,
        neverWithinHorizon: !within,
        slackMs: null,
        additions: [30, 90].map((days) => ({ days, amount: additionOf(resource, days) })),
      },
    ],
  };
}

function additionOf({ limit, now, perDay }: Resource, days: number): number {
  const beyond = now + perDay * days - limit.value;
  return Math.max(0, limit.bound === 'max' ? beyond : -beyond);
}

export function abstainingForecast(series: Series, reason: AbstainReason): Forecast {
  return {
    seriesId: series.seriesId,
    labels: series.labels,
    madeAtMs: NOW_MS - HOUR_MS,
    watermarkMs: NOW_MS - 60_000,
    modelVersion: 'combination-1',
    models: [],
    hourly: null,
    daily: null,
    skill: null,
    abstain: { reason, detail: 'said by the sample' },
    timeToLimit: [],
  };
}

export function sampleIssue(given: Partial<Issue> & Pick<Issue, 'openedAtMs' | 'title'>): Issue {
  return {
    issueId: `${new Date(given.openedAtMs).toISOString()}_00000000000000aa`,
    kind: 'anomaly',
    service: 'checkout',
    status: 'open',
    severity: 'warning',
    updatedAtMs: given.openedAtMs,
    resolvedAtMs: null,
    anomalyIds: [],
    predictionIds: [],
    suspectChangeIds: [],
    ...given,
  };
}

export function sampleAnomaly(
  labels: Labels,
  startedAtMs: number,
  given: Partial<Anomaly> & Pick<Anomaly, 'reason'>,
): Anomaly {
  return {
    anomalyId: `${new Date(startedAtMs).toISOString()}_00000000000000bb`,
    seriesId: 'a'.repeat(32),
    labels,
    detector: 'seasonal',
    type: 'spike',
    status: 'closed',
    startedAtMs,
    lastAtMs: startedAtMs + HOUR_MS,
    endedAtMs: startedAtMs + HOUR_MS,
    points: 12,
    initialScore: 1.4,
    score: 3.2,
    actual: 812,
    expected: 240,
    lower: 180,
    upper: 310,
    ...given,
  };
}

/** Hourly means of a resource in [fromMs, toMs): a line with a day's swing. */
export function sampleHours({ now, perDay, swing }: Resource, fromMs: number, toMs: number): RollupColumns {
  const startsMs = Float64Array.from(
    { length: Math.ceil((toMs - fromMs) / HOUR_MS) },
    (_, i) => Math.ceil(fromMs / HOUR_MS) * HOUR_MS + i * HOUR_MS,
  );
  const means = startsMs.map((startMs) => valueAt(now, perDay, swing, startMs));
  const counts = means.map(() => 12);
  return { startsMs, counts, sums: means.map((mean) => mean * 12), mins: means, maxs: means, lasts: means };
}

/** The report's sources over real stores, with a made history: the resources live, everything else is silent. */
export function sampleSources(stores: Stores, resources: readonly Resource[]): DigestSources {
  const byId = new Map(resources.map((resource) => [resource.series.seriesId, resource]));
  const readShardRollups: ActivitySources['readShardRollups'] = async (_workspace, _shard, _step, fromMs, toMs) =>
    new Map([...byId].map(([seriesId, resource]) => [seriesId, sampleHours(resource, fromMs, toMs)]));
  const nothing = new Float64Array();
  const empty = { startsMs: nothing, counts: nothing, sums: nothing, mins: nothing, maxs: nothing, lasts: nothing };
  return {
    listSeries: (workspace, options) => stores.series.list(workspace, options),
    listLimits: (workspace, options) => stores.limits.list(workspace, options),
    listForecasts: (workspace, options) => stores.forecasts.list(workspace, options),
    listPredictions: (workspace, status, options) => stores.predictions.listByIndex(workspace, status, options),
    listIssues: (workspace, options) => stores.issues.list(workspace, options),
    listIssuesByStatus: (workspace, status, options) => stores.issues.listByIndex(workspace, status, options),
    listAnomalies: (workspace, options) => stores.anomalies.list(workspace, options),
    getChanges: (workspace, changeIds) => stores.changes.getMany(workspace, changeIds),
    listDeliveries: (workspace, status, options) => stores.deliveries.listByIndex(workspace, status, options),
    getSeries: async (workspace, seriesId) => (await stores.series.get(workspace, seriesId))?.record,
    getForecast: async (workspace, seriesId) => (await stores.forecasts.get(workspace, seriesId))?.record,
    readHours: async (_workspace, { seriesId }, fromMs, toMs) => {
      const resource = byId.get(seriesId);
      return resource ? sampleHours(resource, fromMs, toMs) : empty;
    },
    readActivity: createReadActivity({ shardCount: 1, readShardRollups }),
  };
}

function valueAt(now: number, perDay: number, swing: number, atMs: number): number {
  return now + ((atMs - NOW_MS) / DAY_MS) * perDay + swing * Math.sin((2 * Math.PI * atMs) / DAY_MS);
}

function samplePath({ now, perDay, swing }: Resource, stepMs: number, steps: number): QuantilePath {
  const startMs = Math.floor(NOW_MS / stepMs) * stepMs;
  const p50 = Array.from({ length: steps }, (_, i) =>
    valueAt(now, perDay, stepMs === HOUR_MS ? swing : 0, startMs + i * stepMs),
  );
  const spread = (i: number): number => Math.abs(perDay) * (0.3 + (i * stepMs * 0.3) / DAY_MS);
  return {
    startMs,
    stepMs,
    p10: p50.map((value, i) => value - spread(i)),
    p50,
    p90: p50.map((value, i) => value + spread(i)),
  };
}
