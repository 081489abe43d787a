import { createHash } from 'node:crypto';
import type { Forecast } from '../../models/domain/forecast.ts';
import { metricName } from '../../models/domain/series.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import type { QueryDependencies } from './dependencies.ts';
import { forecastJson, forecastSummaryJson } from './forecast-wire.ts';
import { readId, readLabelFilters, readName, readParameters } from './parameters.ts';
import { labelFilter } from './series-routes.ts';

export function createForecastRoutes(deps: QueryDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/v1/forecasts',
      scope: 'read',
      errors: 'problem',
      handle: (request) => list(deps, request),
    },
    {
      method: 'GET',
      path: '/v1/forecasts/{seriesId}',
      scope: 'read',
      errors: 'problem',
      handle: (request) => one(deps, request),
    },
  ];
}

function list({ forecasts, cursorSecret }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['metric', 'label', 'limit', 'cursor']);
  const metric = readName(parameters, 'metric');
  const hasLabels = labelFilter<Forecast>(readLabelFilters(parameters));
  const hasMetric = metric === undefined ? undefined : ({ labels }: Forecast) => metricName(labels) === metric;
  return answerList<Forecast>(request, parameters, cursorSecret, {
    page: (options) => forecasts.list(request.workspace, options),
    idOf: ({ seriesId }) => seriesId,
    keep:
      hasLabels === undefined || hasMetric === undefined
        ? (hasLabels ?? hasMetric)
        : (forecast) => hasMetric(forecast) && hasLabels(forecast),
    toJson: forecastSummaryJson,
  });
}

/** A forecast changes a few times a day and is asked for often: who has it already gets 304 and no body. */
async function one({ forecasts }: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  readParameters(request.query, []);
  const stored = await forecasts.get(request.workspace, readId(request.params, 'seriesId'));
  if (stored === undefined) throw new ServiceError('platform/not-found', 'no series with this id has a forecast');
  const body = forecastJson(stored.record);
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)}"`;
  if (isNoneMatch(request.headers['if-none-match'], etag)) return { status: 304, headers: { etag } };
  return jsonResponse(200, body, { etag });
}

/** Compares weakly, as RFC 9110 asks for If-None-Match. */
function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
