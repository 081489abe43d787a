import {
  TRACKER_FLOATS,
  type TrackedAnomaly,
  trackAnomaly,
  trackedAnomaly,
} from '../../models/detect/anomaly-tracker.ts';
import { createScoreOut, type Detector, type ScoreOut } from '../../models/detect/detector.ts';
import type { TimedValue } from './generated-series.ts';

export interface DetectorRun {
  readonly state: Float64Array;
  /** One answer for each point. */
  readonly scores: readonly Readonly<ScoreOut>[];
  /** Every anomaly, as it stood when it closed; the last may still be open. */
  readonly anomalies: readonly TrackedAnomaly[];
}

/** Runs points through a detector and its tracker as the detect room does: score, track, learn. */
export function runDetector(
  detector: Detector,
  series: readonly TimedValue[],
  state: Float64Array = freshState(detector),
): DetectorRun {
  const tracker = new Float64Array(TRACKER_FLOATS);
  const scores: ScoreOut[] = [];
  const anomalies: TrackedAnomaly[] = [];
  for (const { timestampMs, value } of series) {
    const out = createScoreOut();
    detector.score(state, timestampMs, value, out);
    scores.push(out);
    if (trackAnomaly(tracker, timestampMs, value, out) === 'closed') anomalies.push(trackedAnomaly(tracker));
    detector.learn(state, timestampMs, value);
  }
  if (trackedAnomaly(tracker).open) anomalies.push(trackedAnomaly(tracker));
  return { state, scores, anomalies };
}

export function freshState(detector: Detector): Float64Array {
  const state = new Float64Array(detector.stateFloats);
  detector.init(state);
  return state;
}
