import type { BoardRow } from '../../data/forecasts/capacity-board.ts';
import type { SeriesRef } from '../../data/history/history.ts';
import type { ShardView } from '../../data/state/shard-state.ts';
import type { Discarded } from '../../data/tables/discards.ts';
import type { KeyUses } from '../../data/tables/key-uses.ts';
import type { Keys } from '../../data/tables/keys.ts';
import type { Records } from '../../data/tables/records.ts';
import type { Topology } from '../../data/tables/topology.ts';
import type { LimitName, WorkspaceLimits } from '../../data/tables/workspace-limits.ts';
import type { Detector } from '../../models/detect/detector.ts';
import type { PolicyBook } from '../../models/detect/policy-book.ts';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import type { Baseline } from '../../models/domain/baseline.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { Change } from '../../models/domain/change.ts';
import type { Delivery } from '../../models/domain/delivery.ts';
import type { DetectionPolicy } from '../../models/domain/detection-policy.ts';
import type { Feedback } from '../../models/domain/feedback.ts';
import type { Forecast } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { Limit } from '../../models/domain/limit.ts';
import type { Prediction } from '../../models/domain/prediction.ts';
import type { RollupColumns, RollupStepMs } from '../../models/domain/rollup.ts';
import type { SampleColumns, Series } from '../../models/domain/series.ts';
import type { SimulateAsk, Simulation } from './simulate-series.ts';

/** Collections of which this room reads what has a name, or a time, or a status. */
export type Collection<T> = Pick<Records<T>, 'get' | 'list'>;
export type IndexedCollection<T> = Pick<Records<T>, 'get' | 'list' | 'listByIndex'>;

/** What people set, through this room. */
export type Settings<T> = Pick<Records<T>, 'get' | 'list' | 'put' | 'delete'>;

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
  readonly discarded: ReadonlyMap<string, Discarded>;
  /** Points that were anomalous and that people did not want to hear of, by the gate that held them back. */
  readonly muted: ReadonlyMap<string, number>;
  readonly limits: WorkspaceLimits;
  /** Where the workspace stands against those limits that are levels. */
  readonly current: Partial<Record<LimitName, number>>;
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
  readonly deliveries: Pick<Records<Delivery>, 'listByIndex'>;
  readonly limits: Settings<Limit>;
  readonly policies: Settings<DetectionPolicy>;
  readonly calendars: Settings<Calendar>;
  readonly baselines: Settings<Baseline>;
  readonly feedback: Settings<Feedback>;
  readonly readSamples: (ref: SeriesRef, fromMs: number, toMs: number) => Promise<SampleColumns>;
  readonly readRollups: (ref: SeriesRef, stepMs: RollupStepMs, fromMs: number, toMs: number) => Promise<RollupColumns>;
  /** The shard as it is stored now; undefined before its first segment. */
  readonly readShard: (workspace: string, shard: number) => Promise<ShardView | undefined>;
  /** The one that judges, and what people have said: to judge again. */
  readonly detector: Detector;
  readonly readPolicies: (workspace: string) => Promise<PolicyBook>;
  readonly keys: Pick<Keys, 'create' | 'find' | 'list' | 'revoke'>;
  readonly keyUses: Pick<KeyUses, 'read'>;
  readonly topology: Topology;
  readonly readHealth: () => Promise<Health>;
  readonly readUsage: (workspace: string) => Promise<Usage>;
  /** What the workspace may ask for; at most a minute old. */
  readonly readLimits: (workspace: string) => Promise<WorkspaceLimits>;
  /** What the newest forecasts say of every limited series. */
  readonly readCapacity: (workspace: string) => Promise<readonly BoardRow[]>;
  /** What was forecast of a series by then, of what was kept; undefined where nothing was. */
  readonly findForecast: (workspace: string, seriesId: string, asOfMs: number) => Promise<Forecast | undefined>;
  /** Undefined where the series has no past. */
  readonly simulate: (ask: SimulateAsk) => Promise<Simulation | undefined>;
  /** Sixteen hexadecimal digits, the same for the same parts. */
  readonly hashId: (...parts: string[]) => string;
  readonly cursorSecret: CursorSecret;
}
