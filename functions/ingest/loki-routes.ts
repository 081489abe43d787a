import type { HttpRequest, Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { acceptLogs, contextOf, type IngestRoutesDependencies, refusal } from './accept-items.ts';
import { checkSnappyContent, openJsonBody, readMediaType } from './content.ts';
import { decodeLokiJson } from './loki-json.ts';
import { decodeLokiProtobuf } from './loki-protobuf.ts';
import type { LokiPush } from './loki-push.ts';
import type { AdmittedStreams } from './stream-limit.ts';
import { RejectionTally } from './validate-rejections.ts';

const PROTOBUF = 'application/x-protobuf';

/** The push endpoint of Loki, for the agents that write there. */
export function createLokiRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const push: Route['handle'] = async (request) => {
    const { acceptedRecords, logs, rejected, discarded } = decode(dependencies, request);
    const streams = dependencies.admitStreams(request.workspace, logs, request.nowMs);
    const accepted = acceptedRecords - streams.refusedRecords;
    const isOver = streams.refusedStreams > 0;
    await acceptLogs(dependencies, request, {
      logs: streams.admitted,
      accepted,
      // What is over the limit comes again, and with it what is wrong besides: that is answered and counted then.
      rejected: isOver ? new RejectionTally() : rejected,
      discarded,
    });
    if (isOver) throw overLimit(streams);
    if (rejected.count > 0) throw refusal(rejected, `${accepted} log records are stored`);
    return { status: 204 };
  };
  return [{ method: 'POST', path: '/loki/api/v1/push', scope: 'ingest', errors: 'text', handle: push }];
}

/** Without a content type it is protobuf, as it is for Loki itself. */
function decode(dependencies: IngestRoutesDependencies, request: HttpRequest): LokiPush {
  const context = contextOf(dependencies, request);
  if (readMediaType(request, [PROTOBUF, 'application/json'], PROTOBUF) === 'application/json') {
    return decodeLokiJson(openJsonBody(request, context.limits), context);
  }
  checkSnappyContent(request, context.limits);
  return decodeLokiProtobuf(request.body, context);
}

function overLimit({ refusedStreams, refusedRecords }: AdmittedStreams): ServiceError {
  return new ServiceError(
    'ingest/rate-exceeded',
    `${refusedStreams} new streams are over the limit of this workspace`,
    {
      retryable: true,
      details: { reason: 'stream_limit', amount: refusedRecords, retryAfterSeconds: 60 },
    },
  );
}
