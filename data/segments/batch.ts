import type { Labels, SeriesId, SeriesKind } from '../../models/domain/series.ts';

/** Who a series is, with what it is written as: made once for a series and not for each request (`series-head.ts`). */
export interface SeriesHead {
  /** Like the labels, it may be made anew each time it is asked for. */
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly kind: SeriesKind;
  /** The 16 bytes of the identifier as four words, the first byte highest. */
  readonly idA: number;
  readonly idB: number;
  readonly idC: number;
  readonly idD: number;
  /** The labels as they are written: the bytes from labelStart up to labelEnd of a buffer that others use too. */
  readonly labelSource: Buffer;
  readonly labelStart: number;
  readonly labelEnd: number;
  /**
   * Copies them to a buffer of now. Whoever keeps a head much longer than those that were made with it must, or their bytes
   * stay in memory too.
   */
  moveLabels(): void;
  /** Left by whoever counts series, to know this object again without a look-up; it means nothing to anyone else. */
  mark: object | undefined;
}

/** Accepted samples of many series in flat columns; within a series ascending times without repeats. */
export interface SeriesColumns {
  /** Each series once, and each with a sample. */
  readonly heads: readonly SeriesHead[];
  /** Samples of series i are [sampleStarts[i], sampleStarts[i + 1]). */
  readonly sampleStarts: Uint32Array;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  /** 1 = Prometheus stale marker: the series ends here, and its value is NaN. */
  readonly stale: Uint8Array;
}

/** For batches of logs only. */
export const NO_SERIES: SeriesColumns = {
  heads: [],
  sampleStarts: new Uint32Array(1),
  timestampsMs: new Float64Array(0),
  values: new Float64Array(0),
  stale: new Uint8Array(0),
};

export type LogSeverity = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'unknown';

export interface LogRecord {
  readonly timestampMs: number;
  /** What tells records of one millisecond apart, below 1,000,000: the finer part of the time. Left out, it is 0. */
  readonly restNanos?: number;
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
  readonly series: SeriesColumns;
  readonly logs: readonly LogBatch[];
}

/** The data of one shard, read back. */
export interface DecodedPart {
  readonly workspace: string;
  readonly shard: number;
  readonly seriesCount: number;
  readonly logRecordCount: number;
  /** The identifiers of all series as they are stored, 16 bytes each. */
  readonly seriesIds: Uint8Array;
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
