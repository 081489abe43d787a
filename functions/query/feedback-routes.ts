import * as z from 'zod';
import { shapeOf } from '../../models/detect/anomaly-shape.ts';
import type { Feedback } from '../../models/domain/feedback.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import type { QueryDependencies } from './dependencies.ts';
import { parseBody, parseJson, plainText, requireJson } from './json-body.ts';
import { readChoice, readId, readParameters } from './parameters.ts';
import { deleteRecord, putRecord } from './put-record.ts';
import { timeJson } from './wire.ts';

const VERDICTS = ['useful', 'not_useful'] as const;

const body = z.strictObject({
  anomaly_id: z.string().min(1).max(128),
  verdict: z.enum(VERDICTS),
  note: plainText(1_000).default(''),
  when: z.enum(['always', 'time_of_day', 'time_of_week']).default('always'),
});

/** What people think of anomalies. "Not useful" mutes the same shape of the same series, until it is taken back. */
export function createFeedbackRoutes(deps: QueryDependencies): Route[] {
  const path = '/v1/feedback';
  return [
    { method: 'GET', path, scope: 'read', errors: 'problem', handle: (request) => list(deps, request) },
    { method: 'POST', path, scope: 'admin', errors: 'problem', handle: (request) => say(deps, request) },
    {
      method: 'DELETE',
      path: `${path}/{feedbackId}`,
      scope: 'admin',
      errors: 'problem',
      async handle(request) {
        readParameters(request.query, []);
        await deleteRecord(deps.feedback, request.workspace, readId(request.params, 'feedbackId'), 'feedback');
        return { status: 204 };
      },
    },
  ];
}

function list({ feedback, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['verdict', 'series_id', 'limit', 'cursor']);
  const verdict = readChoice(parameters, 'verdict', VERDICTS);
  const seriesId = parameters.one('series_id');
  return answerList<Feedback>(request, parameters, cursorSecret, {
    page: (options) => feedback.list(request.workspace, options),
    idOf: ({ feedbackId }) => feedbackId,
    keep: (one) => (verdict ?? one.verdict) === one.verdict && (seriesId ?? one.seriesId) === one.seriesId,
    toJson: feedbackJson,
  });
}

/** A second word on the same anomaly replaces the first. */
async function say({ anomalies, feedback, hashId }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  requireJson(request, 'feedback is sent');
  const given = parseBody(body, parseJson(request.body), 'the feedback');
  const { anomaly_id: anomalyId, verdict, note, when } = given;
  const { workspace, nowMs } = request;
  const anomaly = (await anomalies.get(workspace, anomalyId))?.record;
  if (anomaly === undefined) throw new ServiceError('platform/not-found', 'no anomaly has this id');
  const { seriesId } = anomaly;
  const feedbackId = hashId('feedback', workspace, anomalyId);
  const said = { feedbackId, anomalyId, seriesId, verdict, note, when };
  const record: Feedback = { ...said, shape: shapeOf(anomaly), createdAtMs: nowMs };
  const stored = await putRecord(feedback, workspace, { id: feedbackId, record, isSame: () => false });
  return jsonResponse(201, feedbackJson(stored));
}

function feedbackJson({ feedbackId, anomalyId, seriesId, verdict, note, when, shape, createdAtMs }: Feedback) {
  return {
    feedback_id: feedbackId,
    anomaly_id: anomalyId,
    series_id: seriesId,
    verdict,
    note,
    when,
    shape: {
      type: shape.type,
      side: shape.side,
      deviation: shape.deviation,
      duration_seconds: shape.durationMs / 1_000,
      started_at: timeJson(shape.startedAtMs),
    },
    created_at: timeJson(createdAtMs),
  };
}
