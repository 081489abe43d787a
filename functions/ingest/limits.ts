import { DEFAULT_WORKSPACE_LIMITS } from '../../data/tables/workspace-limits.ts';

/** What one request may carry; published by `GET /v1/usage`. Beyond a limit an item, or the request, is refused. */
export interface IngestLimits {
  /** Body as it comes over the wire: a Lambda event holds 6 MB, base64 included. */
  readonly wireBodyBytes: number;
  /** Body after decompression. */
  readonly decodedBodyBytes: number;
  /** All labels of a request of remote write 2.0 together, where each refers to texts that come once. */
  readonly expandedLabelBytes: number;
  /** Levels of arrays and objects in JSON. */
  readonly jsonDepth: number;
  /** Values in a JSON body, or lines: bounds what parsing may allocate, far above what the other limits allow. */
  readonly jsonValues: number;
  readonly samplesPerRequest: number;
  readonly logRecordsPerRequest: number;
  readonly labelsPerSeries: number;
  readonly labelsPerStream: number;
  readonly labelNameBytes: number;
  readonly labelValueBytes: number;
  /** Of a resource, a scope, a point or a record of OpenTelemetry. */
  readonly attributesPerItem: number;
  /** Of one point of a histogram with bounds of its own. */
  readonly explicitBuckets: number;
  /** Of one point of an exponential histogram, on either side of zero. */
  readonly exponentialBuckets: number;
  /** Longer lines are cut, and counted. */
  readonly logLineBytes: number;
  /** How far ahead of the server's clock a sample may lie. */
  readonly aheadMs: number;
  /** History may be loaded, so the past is bounded only against wrong units and unset clocks. */
  readonly oldestMs: number;
}

const {
  wireBodyBytes,
  decodedBodyBytes,
  expandedLabelBytes,
  jsonDepth,
  samplesPerRequest,
  logRecordsPerRequest,
  labelsPerSeries,
  labelsPerStream,
  labelNameBytes,
  labelValueBytes,
  attributesPerItem,
  explicitBuckets,
  exponentialBuckets,
  logLineBytes,
  aheadMs,
} = DEFAULT_WORKSPACE_LIMITS;

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  wireBodyBytes,
  decodedBodyBytes,
  expandedLabelBytes,
  jsonDepth,
  jsonValues: 800_000,
  samplesPerRequest,
  logRecordsPerRequest,
  labelsPerSeries,
  labelsPerStream,
  labelNameBytes,
  labelValueBytes,
  attributesPerItem,
  explicitBuckets,
  exponentialBuckets,
  logLineBytes,
  aheadMs,
  oldestMs: Date.UTC(2000, 0, 1),
};
