import { DEFAULT_WORKSPACE_LIMITS, type WorkspaceLimits } from '../../data/tables/workspace-limits.ts';

/** What one request may carry; published by `GET /v1/usage`. Beyond a limit an item, or the request, is refused. */
export interface IngestLimits
  extends Pick<
    WorkspaceLimits,
    | 'wireBodyBytes'
    | 'decodedBodyBytes'
    | 'expandedLabelBytes'
    | 'jsonDepth'
    | 'samplesPerRequest'
    | 'logRecordsPerRequest'
    | 'labelsPerSeries'
    | 'labelsPerStream'
    | 'labelNameBytes'
    | 'labelValueBytes'
    | 'attributesPerItem'
    | 'explicitBuckets'
    | 'exponentialBuckets'
    | 'logLineBytes'
    | 'aheadMs'
  > {
  /** Values in a JSON body, or lines: bounds what parsing may allocate, far above what the other limits allow. */
  readonly jsonValues: number;
  /** History may be loaded, so the past is bounded only against wrong units and unset clocks. */
  readonly oldestMs: number;
}

export const DEFAULT_INGEST_LIMITS: IngestLimits = {
  ...DEFAULT_WORKSPACE_LIMITS,
  jsonValues: 800_000,
  oldestMs: Date.UTC(2000, 0, 1),
};
