import { createScoreOut, type Detector, SCORED } from '../models/detect/detector.ts';
import type { SampleColumns } from '../models/domain/series.ts';

/** A row above this is anomalous to the product; the least score at which a scorer that asks for ≥ fires on such rows. */
export const DEFAULT_THRESHOLD = 1 + Number.EPSILON;

/** Scores of one series, strictly online: each row scored before it is learned, knowing nothing of those after it. */
export function scoreSeries(detector: Detector, { timestampsMs, values }: SampleColumns): Float64Array {
  const state = new Float64Array(detector.stateFloats);
  detector.init(state);
  const out = createScoreOut();
  const scores = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    detector.score(state, timestampsMs[row]!, values[row]!, out);
    // What is not scored yet, or missing, is not anomalous.
    if (out.kind === SCORED) scores[row] = out.score;
    detector.learn(state, timestampsMs[row]!, values[row]!);
  }
  return scores;
}
