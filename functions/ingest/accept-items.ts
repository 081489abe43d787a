import { type LogBatch, NO_SERIES, type SegmentBatch } from '../../data/segments/batch.ts';
import type { Idempotency } from '../../data/tables/idempotency.ts';
import type { Change } from '../../models/domain/change.ts';
import type { HttpRequest } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { AcceptBatch } from './accept-batch.ts';
import type { Admission } from './admission.ts';
import type { Allowances } from './allowance.ts';
import { weightOf } from './batch-portions.ts';
import type { DecodedChange } from './changes-json.ts';
import type { TakeFromLimit } from './rate-limit.ts';
import type { RecentIds } from './recent-ids.ts';
import type { SeriesIdentity } from './series-identity.ts';
import type { LimitSeries } from './series-limit.ts';
import type { AdmitStreams } from './stream-limit.ts';
import type { DecodeContext, LogsBatch, MetricsBatch, Rejections } from './validate.ts';
import type { JsonMediaType } from './validate-json.ts';
import { RejectionTally } from './validate-rejections.ts';

export interface IngestRoutesDependencies {
  readonly identity: SeriesIdentity;
  readonly decodeMetricsJson: (body: Uint8Array, mediaType: JsonMediaType, context: DecodeContext) => MetricsBatch;
  readonly decodeMetricsCsv: (body: Uint8Array, context: DecodeContext) => MetricsBatch;
  readonly decodeLogsJson: (body: Uint8Array, mediaType: JsonMediaType, context: DecodeContext) => LogsBatch;
  readonly decodeChange: (body: Uint8Array, context: DecodeContext) => DecodedChange;
  readonly acceptBatch: AcceptBatch;
  /** Stores a change where it is not there yet. */
  readonly storeChange: (workspace: string, change: Change) => Promise<{ readonly kind: 'stored' | 'conflict' }>;
  /** What may be in memory at once. */
  readonly admission: Admission;
  /** What each workspace may send. */
  readonly allowances: Allowances;
  readonly idempotency: Idempotency;
  readonly takeFromLimit: TakeFromLimit;
  /** How many series a workspace may have. */
  readonly limitSeries: LimitSeries;
  /** How many streams of logs a workspace may have. */
  readonly admitStreams: AdmitStreams;
  /** Log events that were stored before: CloudWatch may bring one twice. */
  readonly recentLogEvents: RecentIds;
  /** Puts aside what cannot be read, for people to look at; once for each key. */
  readonly quarantine: (key: string, bytes: Uint8Array) => Promise<void>;
  /** Nothing is dropped in silence: every item left out is counted here, by reason. */
  readonly countDiscarded: (workspace: string, reason: string, count: number) => void;
}

/** What a decoder needs to know of a request. */
export function contextOf(
  { allowances, identity }: IngestRoutesDependencies,
  { workspace, nowMs }: HttpRequest,
  receivedAtMs?: number,
): DecodeContext {
  const limits = allowances.of(workspace).request;
  return { workspace, nowMs, limits, identity, ...(receivedAtMs !== undefined && { receivedAtMs }) };
}

/** What is stored of a batch, without its series: they are not held in memory until it is. */
export interface AcceptedMetrics extends Omit<MetricsBatch, 'series' | 'itemsIn'> {
  readonly replayed: boolean;
}

/**
 * As acceptLogs, for what a decoder of metrics found. Answers with what is stored of it: series beyond the limit of the
 * workspace are taken out, and count as rejected.
 */
export async function acceptMetrics(
  dependencies: IngestRoutesDependencies,
  request: HttpRequest,
  metrics: MetricsBatch,
): Promise<AcceptedMetrics> {
  const { workspace, nowMs } = request;
  if (metrics.acceptedSamples > 0) {
    dependencies.takeFromLimit({ workspace, what: 'samples', amount: metrics.acceptedSamples, nowMs });
  }
  // Looking up those that are new takes time, and all of the batch is held meanwhile.
  dependencies.admission.hold(
    request,
    metrics.series.heads.reduce((sum, head) => sum + weightOf(head), 0),
  );
  const { series, itemsIn: _decoder, ...limited } = await dependencies.limitSeries(workspace, metrics, nowMs);
  const { acceptedSamples: accepted, rejected, discarded } = limited;
  const stored = storeItems(dependencies, workspace, { batch: { series, logs: [] }, accepted, rejected, discarded });
  return withReplayed(limited, stored);
}

async function withReplayed(
  limited: Omit<AcceptedMetrics, 'replayed'>,
  stored: Promise<{ readonly replayed: boolean }>,
): Promise<AcceptedMetrics> {
  return { ...limited, ...(await stored) };
}

interface CountedItems {
  readonly accepted: number;
  readonly rejected: Rejections;
  /** Left out without refusing anything. */
  readonly discarded: ReadonlyMap<string, number>;
}

interface StoredItems extends CountedItems {
  readonly batch: SegmentBatch;
}

export interface DecodedLogs extends CountedItems {
  readonly logs: readonly LogBatch[];
}

/** Stores what is valid. Throws where nothing is; what was left out is counted once, and not again for a replay. */
export async function acceptLogs(
  dependencies: IngestRoutesDependencies,
  { workspace, nowMs }: HttpRequest,
  { logs, ...counted }: DecodedLogs,
): Promise<{ readonly replayed: boolean }> {
  if (counted.accepted > 0) {
    const { accepted: items } = counted;
    dependencies.takeFromLimit({ workspace, what: 'logRecords', amount: items, nowMs });
    dependencies.takeFromLimit({ workspace, what: 'logBytes', amount: lineBytes(logs), nowMs, items });
  }
  return storeItems(dependencies, workspace, { batch: { series: NO_SERIES, logs }, ...counted });
}

/** What a sender is told that will not repeat: records of new streams beyond the limit of the workspace are refused. */
export function withinStreamLimit(
  { admitStreams }: IngestRoutesDependencies,
  { workspace, nowMs }: HttpRequest,
  { logs, acceptedRecords, rejected }: Pick<LogsBatch, 'logs' | 'acceptedRecords' | 'rejected'>,
): { readonly logs: readonly LogBatch[]; readonly accepted: number; readonly rejected: Rejections } {
  const { admitted, refusedStreams, refusedRecords } = admitStreams(workspace, logs, nowMs);
  const accepted = acceptedRecords - refusedRecords;
  if (refusedRecords === 0) return { logs: admitted, accepted, rejected };
  const all = RejectionTally.of(rejected);
  const detail = `${refusedStreams} new streams are over the limit of this workspace`;
  all.add(0, { code: 'stream_limit', detail }, refusedRecords);
  return { logs: admitted, accepted, rejected: all };
}

function lineBytes(logs: readonly LogBatch[]): number {
  let sizeBytes = 0;
  for (const { records } of logs) for (const { line } of records) sizeBytes += Buffer.byteLength(line);
  return sizeBytes;
}

function storeItems(
  dependencies: Pick<IngestRoutesDependencies, 'acceptBatch' | 'countDiscarded'>,
  workspace: string,
  { batch, ...counted }: StoredItems,
): Promise<{ readonly replayed: boolean }> {
  const stored = counted.accepted > 0 ? dependencies.acceptBatch(workspace, batch) : undefined;
  return countItems(dependencies, workspace, counted, stored);
}

async function countItems(
  { countDiscarded }: Pick<IngestRoutesDependencies, 'countDiscarded'>,
  workspace: string,
  { accepted, rejected, discarded }: CountedItems,
  stored: Promise<{ readonly replayed: boolean }> | undefined,
): Promise<{ readonly replayed: boolean }> {
  const replayed = stored !== undefined && (await stored).replayed;
  if (!replayed) {
    for (const [reason, count] of [...rejected.byReason, ...discarded]) {
      if (count > 0) countDiscarded(workspace, reason, count);
    }
  }
  if (accepted === 0 && rejected.count > 0) throw refusal(rejected, 'nothing is stored');
  return { replayed };
}

/** The refusal of a request whose items were counted one by one. */
export function refusal(
  { count, examples }: Rejections,
  consequence: string,
  details: Readonly<Record<string, unknown>> = {},
): ServiceError {
  return new ServiceError('ingest/payload-invalid', `${count} items are refused, ${consequence}`, {
    details: { ...details, rejected: count, errors: examples },
  });
}
