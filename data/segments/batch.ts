import type { Labels, SeriesId, SeriesKind } from '../../models/domain/series.ts';

/** Accepted samples of one series: ascending times without repeats, all three arrays of equal length. */
export interface SeriesBatch {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly kind: SeriesKind;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  /** 1 = Prometheus stale marker: the series ends here, and its value is NaN. */
  readonly stale: Uint8Array;
}

export type LogSeverity = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'unknown';

export interface LogRecord {
  readonly timestampMs: number;
  readonly severity: LogSeverity;
  readonly line: string;
}

/** Accepted records of one stream of logs, in the order in which they came. */
export interface LogBatch {
  /** Made of workspace and labels like a series' identifier. */
  readonly streamId: string;
  readonly labels: Labels;
  readonly records: readonly LogRecord[];
}

export interface SegmentBatch {
  readonly series: readonly SeriesBatch[];
  readonly logs: readonly LogBatch[];
}

/** The data of one shard, read back. */
export interface DecodedPart {
  readonly workspace: string;
  readonly shard: number;
  readonly seriesCount: number;
  readonly logRecordCount: number;
  seriesIdAt(i: number): SeriesId;
  kindAt(i: number): SeriesKind;
  /** Decoded at each call, so that whoever knows the series never pays for it. */
  labelsAt(i: number): Labels;
  /** Samples of series i are [sampleStarts[i], sampleStarts[i + 1]). */
  readonly sampleStarts: Uint32Array;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint8Array;
  /** Decoded when first asked for. */
  readonly logs: readonly LogBatch[];
}
