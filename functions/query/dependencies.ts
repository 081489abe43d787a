import type { WriteCondition, WriteResult } from '../../data/contracts.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import type { RollupColumns, RollupStepMs } from '../../models/domain/rollup.ts';
import type { SampleColumns, Series } from '../../models/domain/series.ts';

export interface ListOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Bounds of the id, from included, to excluded; ids of what has a time begin with it. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly descending?: boolean | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

/** What this room asks of a collection of records; the record stores fit it by shape. */
export interface Collection<T> {
  get(workspace: string, id: string): Promise<{ readonly record: T; readonly revision: number } | undefined>;
  list(workspace: string, options: ListOptions): Promise<Page<T>>;
}

export interface IndexedCollection<T> extends Collection<T> {
  listByIndex(workspace: string, value: string, options: ListOptions): Promise<Page<T>>;
}

export interface LimitCollection extends Collection<Limit> {
  put(workspace: string, record: Limit, condition?: WriteCondition): Promise<WriteResult>;
  delete(workspace: string, id: string): Promise<void>;
}

export interface SeriesRef {
  readonly workspace: string;
  readonly shard: number;
  readonly seriesId: string;
}

/** How the service is, told to anyone: nothing of any workspace, no secret. */
export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly version: string;
  /** Newest data that has been worked on; null before the first. */
  readonly watermarkMs: number | null;
  /** By plain word: `series`, `queue_waiting` … */
  readonly counts: Readonly<Record<string, number>>;
}

/** What was taken in and what was not, for one workspace. */
export interface Usage {
  /** Counted since then; null where nothing was counted yet. */
  readonly sinceMs: number | null;
  readonly accepted: Readonly<Record<string, number>>;
  /** By reason word. */
  readonly discarded: Readonly<Record<string, number>>;
}

/** Signs cursors, so that they work only where they were given out; the secret itself, or how to fetch it. */
export type CursorSecret = string | (() => Promise<string>);

export interface QueryDependencies {
  readonly series: IndexedCollection<Series>;
  readonly anomalies: IndexedCollection<Anomaly>;
  readonly forecasts: Collection<Forecast>;
  readonly predictions: IndexedCollection<Prediction>;
  readonly issues: IndexedCollection<Issue>;
  readonly changes: Collection<Change>;
  readonly limits: LimitCollection;
  readonly readSamples: (ref: SeriesRef, fromMs: number, toMs: number) => Promise<SampleColumns>;
  readonly readRollups: (ref: SeriesRef, stepMs: RollupStepMs, fromMs: number, toMs: number) => Promise<RollupColumns>;
  readonly readHealth: () => Promise<Health>;
  readonly readUsage: (workspace: string) => Promise<Usage>;
  /** Sixteen hexadecimal digits, the same for the same parts. */
  readonly hashId: (...parts: string[]) => string;
  readonly cursorSecret: CursorSecret;
}
