import type { Labels, SeriesId } from './series.ts';

export type AnomalyType = 'spike' | 'dip' | 'level_shift' | 'missing';

/** One stretch in which a series did what was not expected of it. A score above 1 means anomalous, everywhere. */
export interface Anomaly {
  /** Deterministic: hash of workspace, detector, series and onset. */
  readonly anomalyId: string;
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly detector: string;
  readonly type: AnomalyType;
  readonly status: 'open' | 'closed';
  readonly startedAtMs: number;
  /** Time of the last anomalous sample so far. */
  readonly lastAtMs: number;
  /** Null while it is open. */
  readonly endedAtMs: number | null;
  /** Number of anomalous samples so far. */
  readonly points: number;
  /** Score when it opened, and the highest since. */
  readonly initialScore: number;
  readonly score: number;
  /** What was seen at the highest score, and what had been expected then. */
  readonly actual: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** One English sentence. */
  readonly reason: string;
}
