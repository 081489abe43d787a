import type { LogBatch, SeriesColumns } from '../../data/segments/batch.ts';
import type { IngestLimits } from './limits.ts';
import type { SeriesIdentity } from './series-identity.ts';

/** What every decoder needs to know besides the bytes. */
export interface DecodeContext {
  readonly workspace: string;
  readonly nowMs: number;
  readonly limits: IngestLimits;
  readonly identity: SeriesIdentity;
  /** Time of items without one. Only where the same request, sent again, has the same. */
  readonly receivedAtMs?: number;
}

export interface RejectedItem {
  /** Place of the item in the request: of the series in remote write, of the item or line in JSON. */
  readonly index: number;
  /** One word for the reason, as it is counted. */
  readonly code: string;
  readonly detail: string;
  /** Where the item stands in the request, as a path of fields. */
  readonly pointer?: string;
}

/** What was refused of a request whose rest is accepted. */
export interface Rejections {
  readonly count: number;
  /** The first few, for the answer. */
  readonly examples: readonly RejectedItem[];
  readonly byReason: ReadonlyMap<string, number>;
}

export interface MetricsBatch {
  /** In the order of their first appearance. */
  readonly series: SeriesColumns;
  readonly acceptedSamples: number;
  readonly rejected: Rejections;
  /** Left out without refusing anything, by reason: `duplicate`, `exemplar`, `metadata`. */
  readonly discarded: ReadonlyMap<string, number>;
  /** Sentences for the sender: what it sent in vain. */
  readonly warnings: readonly string[];
  /** How many items of the request have samples in any of these series; left out where each sample is an item. */
  readonly itemsIn?: (seriesIds: ReadonlySet<string>) => number;
}

export interface LogsBatch {
  readonly logs: LogBatch[];
  readonly acceptedRecords: number;
  readonly rejected: Rejections;
  /** Accepted records whose line was cut. */
  readonly truncated: number;
  readonly warnings: readonly string[];
}

/** Why one item is refused. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
}
