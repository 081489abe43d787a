import type { SegmentBatch } from '../../data/segments/batch.ts';
import type { Change } from '../../models/domain/change.ts';
import type { HttpRequest } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';
import type { AcceptBatch } from './accept-batch.ts';
import type { IngestLimits } from './limits.ts';
import type { RateLimited, TakeFromLimit } from './rate-limit.ts';
import type { SeriesIdentity } from './series-identity.ts';
import type { AdmitStreams } from './stream-limit.ts';
import type { DecodeContext, LogsBatch, MetricsBatch, Rejections } from './validate.ts';
import type { JsonMediaType } from './validate-json.ts';

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
  /** How many streams of logs a workspace may have. */
  readonly admitStreams: AdmitStreams;
  /** Nothing is dropped in silence: every item left out is counted here, by reason. */
  readonly countDiscarded: (workspace: string, reason: string, count: number) => void;
}

/** What a decoder needs to know of a request. */
export function contextOf(
  { limits, identity }: IngestRoutesDependencies,
  { workspace, nowMs }: HttpRequest,
): DecodeContext {
  return { workspace, nowMs, limits, identity };
}

/** As acceptItems, for what a decoder of metrics found. */
export function acceptMetrics(dependencies: IngestRoutesDependencies, request: HttpRequest, metrics: MetricsBatch) {
  const { series, acceptedSamples, rejected, discarded } = metrics;
  return acceptItems(dependencies, request, {
    batch: { series, logs: [] },
    what: 'samples',
    accepted: acceptedSamples,
    rejected,
    discarded,
  });
}

export interface DecodedItems {
  readonly batch: SegmentBatch;
  readonly what: RateLimited;
  readonly accepted: number;
  readonly rejected: Rejections;
  /** Left out without refusing anything. */
  readonly discarded: ReadonlyMap<string, number>;
}

/** Stores what is valid. Throws where nothing is; what was left out is counted once, and not again for a replay. */
export async function acceptItems(
  dependencies: IngestRoutesDependencies,
  { workspace, nowMs }: HttpRequest,
  { batch, what, accepted, rejected, discarded }: DecodedItems,
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

/** The refusal of a request whose items were counted one by one. */
export function refusal({ count, examples }: Rejections, consequence: string): ServiceError {
  return new ServiceError('ingest/payload-invalid', `${count} items are refused, ${consequence}`, {
    details: { rejected: count, errors: examples },
  });
}
