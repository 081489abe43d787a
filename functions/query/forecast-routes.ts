import { createHash } from 'node:crypto';
import type { Forecast } from '../../models/domain/forecast.ts';
import { metricName } from '../../models/domain/series.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { answerList } from './answer-list.ts';
import { readWindows, WINDOW_PARAMETERS } from './asked-windows.ts';
import type { QueryDependencies } from './dependencies.ts';
import { forecastJson, forecastSummaryJson } from './forecast-wire.ts';
import { readId, readLabelFilters, readName, readParameters, readTime } from './parameters.ts';
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
  const parameters = readParameters(request.query, ['metric', 'label', ...WINDOW_PARAMETERS, 'limit', 'cursor']);
  const windows = readWindows(parameters);
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
    toJson: (forecast) => forecastSummaryJson(forecast, windows),
  });
}

/** A forecast changes a few times a day and is asked for often: who has it already gets 304 and no body. */
async function one(deps: QueryDependencies, request: HttpRequest): Promise<HttpResponse> {
  const parameters = readParameters(request.query, ['as_of', ...WINDOW_PARAMETERS]);
  const asOfMs = readTime(parameters, 'as_of');
  const body = forecastJson(await findForecast(deps, request, asOfMs), readWindows(parameters));
  const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)}"`;
  if (isNoneMatch(request.headers['if-none-match'], etag)) return { status: 304, headers: { etag } };
  return jsonResponse(200, body, { etag });
}

/** The newest one, or what was forecast by then: the newest itself where it is no younger, else what was kept. */
async function findForecast(
  { forecasts, findForecast: findKept }: QueryDependencies,
  { workspace, params }: HttpRequest,
  asOfMs: number | undefined,
): Promise<Forecast> {
  const seriesId = readId(params, 'seriesId');
  const newest = (await forecasts.get(workspace, seriesId))?.record;
  if (newest === undefined) throw new ServiceError('platform/not-found', 'no series with this id has a forecast');
  if (asOfMs === undefined || newest.madeAtMs <= asOfMs) return newest;
  const kept = await findKept(workspace, seriesId, asOfMs);
  if (kept !== undefined) return kept;
  throw new ServiceError(
    'platform/not-found',
    'no forecast of this series is kept from the 31 days before as_of; one of each day is kept for 400 days',
  );
}

/** Compares weakly, as RFC 9110 asks for If-None-Match. */
function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
