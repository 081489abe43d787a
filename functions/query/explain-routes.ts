import { explainEpisode } from '../../models/detect/explain.ts';
import type { GateWords } from '../../models/detect/gate-words.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { QueryDependencies } from './dependencies.ts';
import { type Judged, judgeAt } from './explain.ts';
import { type AlertCourse, followAlert } from './explain-alert.ts';
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
  const found = anomaly && { ...anomaly, seriesId, detector: deps.detector.name };
  const course = found === undefined ? NO_COURSE : await followAlert(deps, workspace, found);
  const gates = [...judged.gates, ...course.gates];
  return jsonResponse(200, {
    ...nameJson(seriesId, series.labels),
    at: timeJson(atMs),
    sample: judged.sample && { time: timeJson(judged.sample.timestampMs), value: finiteJson(judged.sample.value) },
    ...(judged.band && { band: judged.band }),
    ...(judged.score !== null && { score: judged.score }),
    anomalous: anomaly !== undefined,
    reason: sentenceOf(judged, gates),
    gates,
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

/** JSON has no NaN. */
function finiteJson(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function sentenceOf({ anomaly }: Judged, gates: readonly GateWords[]): string {
  const holding = gates.find(({ passed }) => !passed);
  const words = holding && `${holding.detail.charAt(0).toLowerCase()}${holding.detail.slice(1)}`;
  if (anomaly === undefined) return `Nothing was raised: ${words ?? 'nothing was out of the ordinary'}`;
  const said = explainEpisode(anomaly);
  return words === undefined ? said : `${said}; but ${words}`;
}
