import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import {
  acceptLogs,
  acceptMetrics,
  contextOf,
  type IngestRoutesDependencies,
  withinStreamLimit,
} from './accept-items.ts';
import { openJsonBody, readJsonMediaType } from './content.ts';
import { idempotent, type KeyedHandle } from './idempotent.ts';
import type { Rejections } from './validate.ts';
import type { JsonMediaType } from './validate-json.ts';

const JSON_OR_LINES: readonly JsonMediaType[] = ['application/json', 'application/x-ndjson'];
const TABLE = 'text/csv';

/** Our own way in, for whoever has no protocol of a monitoring system at hand. */
export function createJsonRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const post = (path: string, handle: KeyedHandle): Route => ({
    method: 'POST',
    path,
    scope: 'ingest',
    errors: 'problem',
    handle: idempotent(dependencies.idempotency, handle),
  });
  return [
    post('/v1/ingest/metrics', createMetricsJson(dependencies)),
    post('/v1/ingest/logs', createLogsJson(dependencies)),
    post('/v1/changes', createChange(dependencies)),
  ];
}

function createMetricsJson(dependencies: IngestRoutesDependencies): KeyedHandle {
  return async (request, receivedAtMs) => {
    const mediaType = readJsonMediaType(request, [...JSON_OR_LINES, TABLE] as const);
    const context = contextOf(dependencies, request, receivedAtMs);
    const body = openJsonBody(request, context.limits);
    const batch =
      mediaType === TABLE
        ? dependencies.decodeMetricsCsv(body, context)
        : dependencies.decodeMetricsJson(body, mediaType, context);
    const accepting = acceptMetrics(dependencies, request, batch);
    // Not awaited here: the batch would be held in memory until it is stored.
    return accepting.then((accepted) => answer(request, { ...accepted, accepted: accepted.acceptedSamples }));
  };
}

function createLogsJson(dependencies: IngestRoutesDependencies): KeyedHandle {
  return async (request, receivedAtMs) => {
    const mediaType = readJsonMediaType(request, JSON_OR_LINES);
    const context = contextOf(dependencies, request, receivedAtMs);
    const batch = dependencies.decodeLogsJson(openJsonBody(request, context.limits), mediaType, context);
    const { truncated, warnings } = batch;
    const admitted = withinStreamLimit(dependencies, request, batch);
    const { accepted, rejected } = admitted;
    const discarded = new Map([['line_truncated', truncated]]);
    const storing = acceptLogs(dependencies, request, { ...admitted, discarded });
    return storing.then(({ replayed }) => answer(request, { accepted, rejected, warnings, replayed }));
  };
}

function createChange(dependencies: IngestRoutesDependencies): KeyedHandle {
  return async (request, receivedAtMs) => {
    readJsonMediaType(request, ['application/json']);
    const context = contextOf(dependencies, request, receivedAtMs);
    const decoded = dependencies.decodeChange(openJsonBody(request, context.limits), context);
    const { workspace, requestId } = request;
    if ('ignored' in decoded) {
      dependencies.countDiscarded(workspace, 'change_ignored', 1);
      return jsonResponse(200, { accepted: 0, rejected: 0, requestId, errors: [], ignored: decoded.ignored });
    }
    const { change } = decoded;
    const { kind } = await dependencies.storeChange(workspace, change);
    return jsonResponse(200, {
      accepted: 1,
      rejected: 0,
      changeId: change.changeId,
      requestId,
      errors: [],
      ...(kind === 'conflict' && { replayed: true }),
    });
  };
}

interface Answer {
  readonly accepted: number;
  readonly rejected: Rejections;
  readonly replayed: boolean;
  readonly warnings: readonly string[];
}

function answer({ requestId }: HttpRequest, { accepted, rejected, replayed, warnings }: Answer): HttpResponse {
  const body = { accepted, rejected: rejected.count, requestId, errors: rejected.examples };
  return jsonResponse(200, { ...body, ...(replayed && { replayed }) }, warningHeader(warnings));
}

/** A header holds printable ASCII only; what a sender wrote may be anything. */
function warningHeader(warnings: readonly string[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  const text = warnings
    .join('; ')
    .slice(0, 500)
    .replaceAll(/[^\x20-\x7e]/g, '?');
  return { warning: `299 - "${text.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"` };
}
