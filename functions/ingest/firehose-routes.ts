import { type HttpRequest, jsonResponse, type Route } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import { hashId } from '../platform/ids.ts';
import { acceptLogs, acceptMetrics, contextOf, type IngestRoutesDependencies } from './accept-items.ts';
import { type BadRecord, type FirehoseBatch, FirehoseDecoder } from './firehose-records.ts';
import { firehoseError, readCommonAttributes, readFirehoseRequest } from './firehose-request.ts';
import { prometheusLabelName } from './otlp-names.ts';
import { RejectionTally } from './validate-rejections.ts';

/**
 * Where Firehose delivers what CloudWatch streams: metrics, and the events of log groups.
 *
 * Firehose repeats a delivery for hours unless it is answered 200. So that is the answer to a record that nobody will ever
 * be able to read, too: it is put aside, and counted.
 */
export function createFirehoseRoutes(dependencies: IngestRoutesDependencies): Route[] {
  const deliver: Route['handle'] = async (request) => {
    const context = contextOf(dependencies, request);
    const { requestId, records } = readFirehoseRequest(request, context.limits);
    const common = readCommonAttributes(request.headers);
    const labels = (common ?? []).map(([name, value]) => [prometheusLabelName(name), value] as const);
    const decoder = new FirehoseDecoder(context, labels, dependencies.recentLogEvents);
    for (const [index, record] of records.entries()) decoder.record(index, record);
    const batch = decoder.finish();
    await store(dependencies, request, batch);
    await putAside(dependencies, request.workspace, batch.bad);
    if (common !== undefined) return jsonResponse(200, { requestId, timestamp: request.nowMs });
    dependencies.countDiscarded(request.workspace, 'common_attributes_invalid', 1);
    const warning = '299 - "the common attributes cannot be read, and are ignored"';
    return jsonResponse(200, { requestId, timestamp: request.nowMs }, { warning });
  };
  return [{ method: 'POST', path: '/firehose', scope: 'ingest', errors: firehoseError, handle: deliver }];
}

/** Metrics first, then logs; a delivery has the one or the other. */
async function store(
  dependencies: IngestRoutesDependencies,
  request: HttpRequest,
  { metrics, logs, logIds, left }: FirehoseBatch,
): Promise<void> {
  const { workspace, nowMs } = request;
  const hasMetrics = metrics.samples > 0;
  if (hasMetrics) {
    await unlessAllRefused(() =>
      acceptMetrics(dependencies, request, {
        series: metrics.series,
        acceptedSamples: metrics.samples,
        rejected: new RejectionTally(),
        discarded: new Map([...left, ['duplicate', metrics.duplicates]]),
        warnings: [],
      }),
    );
  }
  const { admitted, refusedRecords } = dependencies.admitStreams(workspace, logs.logs, nowMs);
  await acceptLogs(dependencies, request, {
    logs: admitted,
    accepted: logs.records - refusedRecords,
    rejected: new RejectionTally(),
    discarded: new Map([...logs.discarded, ['stream_limit', refusedRecords], ...(hasMetrics ? [] : left)]),
  });
  // Events of refused streams are remembered with the others: nobody brings them again.
  dependencies.recentLogEvents.add(workspace, logIds);
}

/** Series beyond the limit of the workspace are counted; repeating the delivery would not make room for them. */
async function unlessAllRefused(accept: () => Promise<unknown>): Promise<void> {
  try {
    await accept();
  } catch (error) {
    const isCounted = error instanceof ServiceError && error.details.rejected !== undefined;
    if (!isCounted) throw error;
  }
}

/** One object for all of a delivery, named by what it holds: a repeated delivery finds it there already. */
async function putAside(
  { quarantine }: IngestRoutesDependencies,
  workspace: string,
  bad: readonly BadRecord[],
): Promise<void> {
  if (bad.length === 0) return;
  const lines = bad.map((record) => `${JSON.stringify(record)}\n`).join('');
  await quarantine(`quarantine/firehose/${workspace}/${hashId(lines)}.ndjson`, Buffer.from(lines));
}
