import type { HttpRequest, HttpResponse, Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import {
  acceptLogs,
  acceptMetrics,
  contextOf,
  type IngestRoutesDependencies,
  withinStreamLimit,
} from './accept-items.ts';
import { openGzipBody, readMediaType } from './content.ts';
import { exportResponse, JSON_TYPE, type OtlpMediaType, otlpStatus, PROTOBUF } from './otlp-answers.ts';
import { decodeOtlpLogsJson } from './otlp-logs-json.ts';
import { decodeOtlpLogsProtobuf } from './otlp-logs-protobuf.ts';
import { decodeOtlpMetricsJson } from './otlp-metrics-json.ts';
import { decodeOtlpMetricsProtobuf } from './otlp-metrics-protobuf.ts';
import type { DecodeContext } from './validate.ts';

/** The path of the protocol, behind the prefixes under which senders and other receivers have it. */
const PREFIXES = ['', '/otlp', '/api/v1/otlp'];

type Handle = (request: HttpRequest) => Promise<HttpResponse>;

/** OTLP over HTTP, as the OpenTelemetry Collector and all its SDKs send it. */
export function createOtlpRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const metrics = createMetrics(dependencies);
  const logs = createLogs(dependencies);
  return PREFIXES.flatMap((prefix): Route[] => [
    { method: 'POST', path: `${prefix}/v1/metrics`, scope: 'ingest', errors: otlpStatus, handle: metrics },
    { method: 'POST', path: `${prefix}/v1/logs`, scope: 'ingest', errors: otlpStatus, handle: logs },
    { method: 'POST', path: `${prefix}/v1/traces`, scope: 'ingest', errors: otlpStatus, handle: refuseTraces },
  ]);
}

function createMetrics(dependencies: IngestRoutesDependencies): Handle {
  return async (request) => {
    const context = contextOf(dependencies, request);
    const { mediaType, body } = open(context, request);
    const batch =
      mediaType === JSON_TYPE ? decodeOtlpMetricsJson(body, context) : decodeOtlpMetricsProtobuf([body], context);
    const accepting = acceptMetrics(dependencies, request, batch);
    // Not awaited here: the batch would be held in memory until it is stored.
    return accepting.then((accepted) => exportResponse(mediaType, 'rejectedDataPoints', accepted));
  };
}

function createLogs(dependencies: IngestRoutesDependencies): Handle {
  return async (request) => {
    const context = contextOf(dependencies, request);
    const { mediaType, body } = open(context, request);
    const batch = mediaType === JSON_TYPE ? decodeOtlpLogsJson(body, context) : decodeOtlpLogsProtobuf(body, context);
    const { discarded, warnings } = batch;
    const admitted = withinStreamLimit(dependencies, request, batch);
    const { rejected } = admitted;
    const storing = acceptLogs(dependencies, request, { ...admitted, discarded });
    return storing.then(() => exportResponse(mediaType, 'rejectedLogRecords', { rejected, warnings }));
  };
}

function open(
  { limits }: DecodeContext,
  request: HttpRequest,
): { readonly mediaType: OtlpMediaType; readonly body: Uint8Array } {
  const mediaType = readMediaType<OtlpMediaType>(request, [PROTOBUF, JSON_TYPE]);
  return { mediaType, body: openGzipBody(request, limits, { mayBeEmpty: mediaType === PROTOBUF }) };
}

/** Collectors take this as final, and go on with the signals that they can send. */
function refuseTraces(): Promise<HttpResponse> {
  return Promise.reject(
    new ServiceError('platform/not-found', 'traces are not taken: send metrics to /v1/metrics and logs to /v1/logs'),
  );
}
