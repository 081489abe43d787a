import type { AnomalyType } from './anomaly.ts';
import type { SeriesId } from './series.ts';

/** What of an anomaly makes another one the same again. */
export interface AnomalyShape {
  readonly type: AnomalyType;
  readonly side: 'above' | 'below';
  /** Distance from the expectation at its worst, in the unit of the values. */
  readonly deviation: number;
  readonly durationMs: number;
  readonly startedAtMs: number;
}

/** When the same shape is the same again: at any time, at that time of the day, or at that time of the week. */
export type ShapeTime = 'always' | 'time_of_day' | 'time_of_week';

/** What somebody thinks of one anomaly. */
export interface Feedback {
  /** Deterministic: hash of workspace and anomaly, so that a second word on the same anomaly replaces the first. */
  readonly feedbackId: string;
  readonly anomalyId: string;
  readonly seriesId: SeriesId;
  readonly verdict: 'useful' | 'not_useful';
  readonly note: string;
  readonly when: ShapeTime;
  /** As the anomaly was when this was said. */
  readonly shape: AnomalyShape;
  readonly createdAtMs: number;
}
