import { TRACKER_FLOATS, trackAnomaly } from '../models/detect/anomaly-tracker.ts';
import { createScoreOut, type Detector, SCORED } from '../models/detect/detector.ts';
import type { SampleColumns } from '../models/domain/series.ts';

/** A row above this is anomalous to the product; the least score at which a scorer that asks for ≥ fires on such rows. */
export const DEFAULT_THRESHOLD = 1 + Number.EPSILON;

export interface ScoredSeries {
  readonly scores: Float64Array;
  /** 2, which is above the default threshold, at the rows at which an anomaly is told of; 0 at all others. */
  readonly told: Float64Array;
}

/** Scores of one series, strictly online: each row scored before it is learned, knowing nothing of those after it. */
export function scoreSeries(detector: Detector, { timestampsMs, values }: SampleColumns): ScoredSeries {
  const state = new Float64Array(detector.stateFloats);
  const tracker = new Float64Array(TRACKER_FLOATS);
  detector.init(state);
  const out = createScoreOut();
  const scores = new Float64Array(values.length);
  const told = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    detector.score(state, timestampsMs[row]!, values[row]!, out);
    // What is not scored yet, or missing, is not anomalous.
    if (out.kind === SCORED) scores[row] = out.score;
    if (trackAnomaly(tracker, timestampsMs[row]!, values[row]!, out) === 'opened') told[row] = 2;
    detector.learn(state, timestampsMs[row]!, values[row]!);
  }
  return { scores, told };
}
