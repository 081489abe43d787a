import type { ListOptions, Page } from '../../data/tables/records.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Prediction, PredictionStatus } from '../../models/domain/prediction.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import type { Collection, IndexedCollection, QueryDependencies } from './dependencies.ts';
import { type Parameters, readChoice, readId, readLabelFilters, readListRange, readParameters } from './parameters.ts';
import { labelFilter } from './series-routes.ts';
import { anomalyJson, changeJson, issueJson, predictionJson } from './wire.ts';

const PAGING = ['from', 'to', 'limit', 'cursor'];
const PREDICTION_STATUSES: readonly PredictionStatus[] = ['open', 'hit', 'early', 'late', 'missed', 'averted', 'void'];

/** What was found out: anomalies, predictions, the issues made of them, and the changes beside them. Newest first. */
export function createFindingRoutes(deps: QueryDependencies): Route[] {
  const get = (path: string, handle: Route['handle']): Route => ({
    method: 'GET',
    path,
    scope: 'read',
    errors: 'problem',
    handle,
  });
  const { anomalies, predictions, issues } = deps;
  return [
    get('/v1/anomalies', (request) => listAnomalies(deps, request)),
    get('/v1/anomalies/{anomalyId}', (request) => one(anomalies, request, 'anomalyId', anomalyJson)),
    get('/v1/predictions', (request) => listPredictions(deps, request)),
    get('/v1/predictions/{predictionId}', (request) => one(predictions, request, 'predictionId', predictionJson)),
    get('/v1/issues', (request) => listIssues(deps, request)),
    get('/v1/issues/{issueId}', (request) => one(issues, request, 'issueId', issueJson)),
    get('/v1/changes', (request) => listChanges(deps, request)),
  ];
}

function listAnomalies({ anomalies, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['status', 'series_id', 'label', ...PAGING]);
  const status = readChoice(parameters, 'status', ['open', 'closed', 'muted']);
  const seriesId = parameters.one('series_id');
  return answerList<Anomaly>(request, parameters, cursorSecret, {
    ...byTimeOrStatus(anomalies, request, parameters, status),
    idOf: ({ anomalyId }) => anomalyId,
    keep: allOf<Anomaly>([
      status && ((anomaly) => anomaly.status === status),
      seriesId === undefined ? undefined : (anomaly) => anomaly.seriesId === seriesId,
      labelFilter(readLabelFilters(parameters)),
    ]),
    toJson: anomalyJson,
  });
}

function listPredictions(
  { predictions, cursorSecret }: QueryDependencies,
  request: HttpRequest,
): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['status', 'series_id', 'limit_id', 'label', ...PAGING]);
  const status = readChoice(parameters, 'status', PREDICTION_STATUSES);
  const seriesId = parameters.one('series_id');
  const limitId = parameters.one('limit_id');
  return answerList<Prediction>(request, parameters, cursorSecret, {
    ...byTimeOrStatus(predictions, request, parameters, status),
    idOf: ({ predictionId }) => predictionId,
    keep: allOf<Prediction>([
      status && ((prediction) => prediction.status === status),
      seriesId === undefined ? undefined : (prediction) => prediction.seriesId === seriesId,
      limitId === undefined ? undefined : (prediction) => prediction.claim.limitId === limitId,
      labelFilter(readLabelFilters(parameters)),
    ]),
    toJson: predictionJson,
  });
}

function listIssues({ issues, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['status', 'severity', 'kind', 'service', ...PAGING]);
  const status = readChoice(parameters, 'status', ['open', 'resolved']);
  const severity = readChoice(parameters, 'severity', ['critical', 'warning', 'info']);
  const kind = readChoice(parameters, 'kind', ['anomaly', 'prediction']);
  const service = parameters.one('service');
  return answerList<Issue>(request, parameters, cursorSecret, {
    ...byTimeOrStatus(issues, request, parameters, status),
    idOf: ({ issueId }) => issueId,
    keep: allOf<Issue>([
      status && ((issue) => issue.status === status),
      severity && ((issue) => issue.severity === severity),
      kind && ((issue) => issue.kind === kind),
      service === undefined ? undefined : (issue) => issue.service === service,
    ]),
    toJson: issueJson,
  });
}

function listChanges({ changes, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['kind', 'service', ...PAGING]);
  const kind = readChoice(parameters, 'kind', ['deploy', 'config', 'flag', 'other']);
  const service = parameters.one('service');
  return answerList<Change>(request, parameters, cursorSecret, {
    page: byTime(changes, request, parameters),
    idOf: ({ changeId }) => changeId,
    keep: allOf<Change>([
      kind && ((change) => change.kind === kind),
      service === undefined ? undefined : (change) => change.service === service,
    ]),
    toJson: changeJson,
  });
}

type ReadPage<T> = (options: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<T>>;

/** By status from the index where only that is asked for; by time, with the status as a filter, where a range is. */
function byTimeOrStatus<T>(
  records: IndexedCollection<T>,
  request: HttpRequest,
  parameters: Parameters,
  status: string | undefined,
): { readonly page: ReadPage<T> } {
  const hasRange = parameters.one('from') !== undefined || parameters.one('to') !== undefined;
  if (status === undefined || hasRange) return { page: byTime(records, request, parameters) };
  return { page: (options) => records.listByIndex(request.workspace, status, { ...options, descending: true }) };
}

function byTime<T>(records: Collection<T>, request: HttpRequest, parameters: Parameters): ReadPage<T> {
  const range = readListRange(parameters, request.nowMs);
  const bounds: Pick<ListOptions, 'from' | 'to'> =
    range === undefined ? {} : { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  return (options) => records.list(request.workspace, { ...options, ...bounds, descending: true });
}

/** Undefined where no filter is left, so that the store's pages are passed on as they are. */
function allOf<T>(filters: readonly (((item: T) => boolean) | '' | undefined)[]): ((item: T) => boolean) | undefined {
  const given = filters.filter((filter) => typeof filter === 'function');
  return given.length === 0 ? undefined : (item) => given.every((filter) => filter(item));
}

async function one<T>(
  records: Collection<T>,
  { query, params, workspace }: HttpRequest,
  name: string,
  toJson: (record: T) => unknown,
): Promise<HttpResponse> {
  readParameters(query, []);
  const stored = await records.get(workspace, readId(params, name));
  if (stored === undefined) throw new ServiceError('platform/not-found', 'nothing has this id');
  return jsonResponse(200, toJson(stored.record));
}
