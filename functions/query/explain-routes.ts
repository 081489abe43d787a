import { byPeers, explainEpisode } from '../../models/detect/explain.ts';
import type { GateWords } from '../../models/detect/gate-words.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { QueryDependencies } from './dependencies.ts';
import { type Judged, judgeAt } from './explain.ts';
import { type AlertCourse, followAlert, followRecord } from './explain-alert.ts';
import { findingsAt } from './explain-findings.ts';
import { readId, readParameters, readTime } from './parameters.ts';
import { nameJson, timeJson } from './wire.ts';

const NO_COURSE: AlertCourse = { anomalyId: null, issueId: null, deliveryIds: [], gates: [] };

export function createExplainRoutes(deps: QueryDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/explain',
      scope: 'read',
      errors: 'problem',
      handle: (request) => explain(deps, request),
    },
  ];
}

/** Why people were, or were not, warned of a series at a time: gate by gate. */
async function explain(deps: QueryDependencies, { workspace, query, nowMs }: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(query, ['series', 'at']);
  const atMs = readTime(parameters, 'at') ?? nowMs;
  const seriesId = parameters.one('series');
  if (seriesId === undefined) throw new ServiceError('platform/request-invalid', 'series must be the id of a series');
  const stored = await deps.series.get(workspace, readId({ series: seriesId }, 'series'));
  if (stored === undefined) throw new ServiceError('platform/not-found', 'no series has this id');
  const { record: series } = stored;
  const policy = (await deps.readPolicies(workspace)).resolve(seriesId, series.labels);
  const judged = await judgeAt(deps, workspace, series, policy, atMs);
  const { anomaly } = judged;
  const findings = await findingsAt(deps.anomalies, workspace, series, atMs);
  const course = await courseOf(deps, workspace, seriesId, judged, findings);
  const gates = [...judged.gates, ...course.gates];
  return jsonResponse(200, {
    ...nameJson(seriesId, series.labels),
    at: timeJson(atMs),
    sample: judged.sample && { time: timeJson(judged.sample.timestampMs), value: finiteJson(judged.sample.value) },
    ...(judged.band && { band: judged.band }),
    ...(judged.score !== null && { score: judged.score }),
    anomalous: anomaly !== undefined,
    reason: sentenceOf(judged, gates, findings),
    gates,
    findings: findings.map(findingJson),
    anomaly_id: course.anomalyId,
    issue_id: course.issueId,
    delivery_ids: course.deliveryIds,
    replayed: {
      from: timeJson(judged.replayed.fromMs),
      samples: judged.replayed.samples,
      complete: judged.replayed.isComplete,
    },
  });
}

/** Of the series' own anomaly; where it has none, of the newest finding on several series that it is part of. */
async function courseOf(
  deps: QueryDependencies,
  workspace: string,
  seriesId: string,
  { anomaly }: Judged,
  [finding]: readonly Anomaly[],
): Promise<AlertCourse> {
  if (anomaly !== undefined)
    return followAlert(deps, workspace, { ...anomaly, seriesId, detector: deps.detector.name });
  return finding === undefined ? NO_COURSE : followRecord(deps, workspace, finding);
}

function findingJson({ anomalyId, type, status, startedAtMs, endedAtMs, score, reason }: Anomaly) {
  const times = { started_at: timeJson(startedAtMs), ended_at: timeJson(endedAtMs) };
  return { anomaly_id: anomalyId, type, status, ...times, score, reason };
}

/** JSON has no NaN. */
function finiteJson(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function sentenceOf({ anomaly }: Judged, gates: readonly GateWords[], [finding]: readonly Anomaly[]): string {
  const holding = gates.find(({ passed }) => !passed);
  const words = holding && `${holding.detail.charAt(0).toLowerCase()}${holding.detail.slice(1)}`;
  if (anomaly === undefined && finding !== undefined) return finding.reason;
  if (anomaly === undefined) return `Nothing was raised: ${words ?? 'nothing was out of the ordinary'}`;
  const said = `${explainEpisode(anomaly)}${byPeers(anomaly.peers)}`;
  return words === undefined ? said : `${said}; but ${words}`;
}
