import type { HttpRequest, HttpResponse, Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { IngestRoutesDependencies } from './accept-items.ts';
import { type Packing, unpackedBytes } from './content.ts';
import { createFirehoseRoutes } from './firehose-routes.ts';
import { createJsonRoutes } from './json-routes.ts';
import { createLokiRoutes } from './loki-routes.ts';
import { createOtlpRoutes } from './otlp-routes.ts';
import { createRemoteWriteRoutes, REMOTE_WRITE_PATH } from './remote-write-routes.ts';

/** What is packed although its headers do not say so. */
const PACKINGS: ReadonlyMap<string, Packing> = new Map([
  [REMOTE_WRITE_PATH, 'snappy'],
  ['/loki/api/v1/push', 'snappy'],
  // Logs of CloudWatch are packed inside their records.
  ['/firehose', 'gzip'],
]);

/** Where data comes in. Each answers as its protocol's stock senders need it, so that they repeat only what helps. */
export function createIngestRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const routes = [
    ...createRemoteWriteRoutes(dependencies),
    ...createJsonRoutes(dependencies),
    ...createLokiRoutes(dependencies),
    ...createFirehoseRoutes(dependencies),
    ...createOtlpRoutes(dependencies),
  ];
  return routes.map((route) => ({
    ...route,
    handle: counted(dependencies, admitted(dependencies, route)),
  }));
}

type Handle = (request: HttpRequest) => Promise<HttpResponse>;

/** Limits the requests of a workspace, and counts those that are refused as a whole. */
function counted({ allowances, takeFromLimit, countDiscarded }: IngestRoutesDependencies, handle: Handle): Handle {
  return async (request) => {
    const { workspace, nowMs } = request;
    await allowances.refresh(workspace);
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

/** Waits until there is room for what the body may come to. */
function admitted({ admission, allowances }: IngestRoutesDependencies, { path, handle }: Route): Handle {
  const packing = PACKINGS.get(path);
  return (request) => {
    const sizeBytes = unpackedBytes(request, allowances.of(request.workspace).request, packing);
    return admission.admit(request, sizeBytes, () => handle(request));
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
      return {
        reason: typeof details.reason === 'string' ? details.reason : 'rate_limited',
        count: typeof details.amount === 'number' ? details.amount : 1,
      };
    default:
      return undefined;
  }
}
