import type { SegmentBatch } from '../../data/segments/batch.ts';
import type { Change } from '../../models/domain/change.ts';
import { type HttpRequest, type HttpResponse, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { AcceptBatch } from './accept-batch.ts';
import { checkRemoteWriteContent, openJsonBody, readJsonMediaType } from './content.ts';
import type { IngestLimits } from './limits.ts';
import type { RateLimited, TakeFromLimit } from './rate-limit.ts';
import type { SeriesIdentity } from './series-identity.ts';
import type { DecodeContext, LogsBatch, MetricsBatch, Rejections } from './validate.ts';

type JsonMediaType = 'application/json' | 'application/x-ndjson';

const JSON_OR_LINES: readonly JsonMediaType[] = ['application/json', 'application/x-ndjson'];

export interface IngestRoutesDependencies {
  readonly limits: IngestLimits;
  readonly identity: SeriesIdentity;
  readonly decodeRemoteWrite: (body: Uint8Array, context: DecodeContext) => MetricsBatch;
  readonly decodeMetricsJson: (body: Uint8Array, mediaType: JsonMediaType, context: DecodeContext) => MetricsBatch;
  readonly decodeLogsJson: (body: Uint8Array, mediaType: JsonMediaType, context: DecodeContext) => LogsBatch;
  readonly decodeChange: (body: Uint8Array, context: DecodeContext) => { readonly change: Change };
  readonly acceptBatch: AcceptBatch;
  /** Stores a change where it is not there yet. */
  readonly storeChange: (workspace: string, change: Change) => Promise<{ readonly kind: 'stored' | 'conflict' }>;
  readonly takeFromLimit: TakeFromLimit;
  /** Nothing is dropped in silence: every item left out is counted here, by reason. */
  readonly countDiscarded: (workspace: string, reason: string, count: number) => void;
}

/** Where data comes in. Each answers as its protocol's stock senders need it, so that they repeat only what helps. */
export function createIngestRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const post = (path: string, errors: Route['errors'], handle: Route['handle']): Route => ({
    method: 'POST',
    path,
    scope: 'ingest',
    errors,
    handle: counted(dependencies, handle),
  });
  return [
    post('/api/v1/write', 'text', createRemoteWrite(dependencies)),
    post('/v1/ingest/metrics', 'problem', createMetricsJson(dependencies)),
    post('/v1/ingest/logs', 'problem', createLogsJson(dependencies)),
    post('/v1/changes', 'problem', createChange(dependencies)),
  ];
}

type Handle = (request: HttpRequest) => Promise<HttpResponse>;

/** Limits the requests of a workspace, and counts those that are refused as a whole. */
function counted({ takeFromLimit, countDiscarded }: IngestRoutesDependencies, handle: Handle): Handle {
  return async (request) => {
    const { workspace, nowMs } = request;
    try {
      takeFromLimit({ workspace, what: 'requests', amount: 1, nowMs });
      return await handle(request);
    } catch (error) {
      const refused = error instanceof ServiceError ? wholeRefusal(error) : undefined;
      if (refused !== undefined) countDiscarded(workspace, refused.reason, refused.count);
      throw error;
    }
  };
}

/** Undefined where the items were counted one by one, or where the failure is ours and the sender will repeat. */
function wholeRefusal({ code, details }: ServiceError): { reason: string; count: number } | undefined {
  switch (code) {
    case 'ingest/payload-invalid':
      return details.rejected === undefined ? { reason: 'request_invalid', count: 1 } : undefined;
    case 'ingest/payload-too-large':
      return { reason: 'request_too_large', count: 1 };
    case 'ingest/media-type-unsupported':
      return { reason: 'request_unsupported', count: 1 };
    case 'ingest/rate-exceeded':
      return { reason: 'rate_limited', count: typeof details.amount === 'number' ? details.amount : 1 };
    default:
      return undefined;
  }
}

function createRemoteWrite(dependencies: IngestRoutesDependencies): Handle {
  const { limits, decodeRemoteWrite } = dependencies;
  return async (request) => {
    const batch = asRemoteWrite(() => {
      checkRemoteWriteContent(request, limits);
      return decodeRemoteWrite(request.body, contextOf(dependencies, request));
    });
    await acceptMetrics(dependencies, request, batch);
    const { rejected, acceptedSamples } = batch;
    if (rejected.count > 0) throw refusal(rejected, `${acceptedSamples} samples are stored`);
    return { status: 204 };
  };
}

/** Some senders of remote write repeat for ever on 413: here, too large is a kind of invalid. */
function asRemoteWrite<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'ingest/payload-too-large') throw error;
    throw new ServiceError('ingest/payload-invalid', `too large: ${error.message}`, { cause: error });
  }
}

function createMetricsJson(dependencies: IngestRoutesDependencies): Handle {
  return async (request) => {
    const mediaType = readJsonMediaType(request, JSON_OR_LINES);
    const body = await openJsonBody(request, dependencies.limits);
    const batch = dependencies.decodeMetricsJson(body, mediaType, contextOf(dependencies, request));
    const { replayed } = await acceptMetrics(dependencies, request, batch);
    return answer(request, { ...batch, accepted: batch.acceptedSamples, replayed });
  };
}

function createLogsJson(dependencies: IngestRoutesDependencies): Handle {
  return async (request) => {
    const mediaType = readJsonMediaType(request, JSON_OR_LINES);
    const body = await openJsonBody(request, dependencies.limits);
    const batch = dependencies.decodeLogsJson(body, mediaType, contextOf(dependencies, request));
    const { replayed } = await acceptItems(dependencies, request, {
      batch: { series: [], logs: batch.logs },
      what: 'logRecords',
      accepted: batch.acceptedRecords,
      rejected: batch.rejected,
      discarded: new Map([['line_truncated', batch.truncated]]),
    });
    return answer(request, { ...batch, accepted: batch.acceptedRecords, replayed });
  };
}

function createChange(dependencies: IngestRoutesDependencies): Handle {
  return async (request) => {
    readJsonMediaType(request, ['application/json']);
    const body = await openJsonBody(request, dependencies.limits);
    const { change } = dependencies.decodeChange(body, contextOf(dependencies, request));
    const { kind } = await dependencies.storeChange(request.workspace, change);
    return jsonResponse(200, {
      accepted: 1,
      rejected: 0,
      changeId: change.changeId,
      requestId: request.requestId,
      errors: [],
      ...(kind === 'conflict' && { replayed: true }),
    });
  };
}

function contextOf({ limits, identity }: IngestRoutesDependencies, { workspace, nowMs }: HttpRequest): DecodeContext {
  return { workspace, nowMs, limits, identity };
}

function acceptMetrics(dependencies: IngestRoutesDependencies, request: HttpRequest, metrics: MetricsBatch) {
  const { series, acceptedSamples, rejected, discarded } = metrics;
  return acceptItems(dependencies, request, {
    batch: { series, logs: [] },
    what: 'samples',
    accepted: acceptedSamples,
    rejected,
    discarded,
  });
}

interface Decoded {
  readonly batch: SegmentBatch;
  readonly what: RateLimited;
  readonly accepted: number;
  readonly rejected: Rejections;
  /** Left out without refusing anything. */
  readonly discarded: ReadonlyMap<string, number>;
}

/** Stores what is valid. Throws where nothing is; what was left out is counted once, and not again for a replay. */
async function acceptItems(
  dependencies: IngestRoutesDependencies,
  { workspace, nowMs }: HttpRequest,
  { batch, what, accepted, rejected, discarded }: Decoded,
): Promise<{ readonly replayed: boolean }> {
  if (accepted > 0) dependencies.takeFromLimit({ workspace, what, amount: accepted, nowMs });
  const replayed = accepted > 0 && (await dependencies.acceptBatch(workspace, batch)).replayed;
  if (!replayed) {
    for (const [reason, count] of [...rejected.byReason, ...discarded]) {
      if (count > 0) dependencies.countDiscarded(workspace, reason, count);
    }
  }
  if (accepted === 0 && rejected.count > 0) throw refusal(rejected, 'nothing is stored');
  return { replayed };
}

function refusal({ count, examples }: Rejections, consequence: string): ServiceError {
  return new ServiceError('ingest/payload-invalid', `${count} items are refused, ${consequence}`, {
    details: { rejected: count, errors: examples },
  });
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
