import {
  closeSilentAnomaly,
  isPeak,
  type TrackedAnomaly,
  type TrackerEvent,
  trackAnomaly,
  trackedAnomaly,
} from './anomaly-tracker.ts';
import { createScoreOut, type Detector, SCORED, type ScoreOut, WARMING } from './detector.ts';
import { type Evidence, noteEvidence, noteLearned, readEvidence, WATCH_FLOATS } from './evidence.ts';

/** An anomaly as the service would have told of it. */
export interface ReplayedAnomaly extends TrackedAnomaly {
  /** Time of the point at which it was certain enough to be raised. */
  readonly raisedAtMs: number;
  readonly evidence: Evidence;
}

export interface ReplayProgress {
  /** Points learned, and how many were needed before the first was scored; null where that is not known yet. */
  readonly learnedPoints: number;
  readonly neededPoints: number | null;
  /** Time of the first point that was scored; null while warming up. */
  readonly trainedSinceMs: number | null;
}

export interface Replay {
  /** What the detector said of the newest point: one object, overwritten with each. */
  readonly score: Readonly<ScoreOut>;
  /** Goes on by one point; times ascend. */
  take(timestampMs: number, value: number): TrackerEvent;
  /** Oldest first; the last one may be open. */
  anomalies(): readonly ReplayedAnomaly[];
  progress(): ReplayProgress;
}

/**
 * Replay of one series: what the service would have said, point by point, without the service.
 *
 * Used by `npm run replay` and by the explanation of any time in the query room.
 *
 * Definition: for each point first an anomaly is closed whose series was silent, then the point is scored, tracked and
 *             learned, as in the detect room.
 * Input:      a detector; then points with ascending times, not finite = missing. Counters come as rates.
 * Output:     anomalies with the evidence of their highest score.
 * State:      that of the detector and the tracker, and one entry for each anomaly.
 * Cost:       O(1) for each point; allocates for anomalous points only.
 * Throws:     never.
 */
export function createReplay(detector: Detector): Replay {
  const state = new Float64Array(detector.stateFloats);
  detector.init(state);
  const watch = new Float64Array(WATCH_FLOATS);
  const score = createScoreOut();
  const over: ReplayedAnomaly[] = [];
  let open: ReplayedAnomaly | undefined;
  let raisedAtMs = 0;
  let learnedPoints = 0;
  let neededPoints: number | null = null;
  let trainedSinceMs: number | null = null;

  const read = (): ReplayedAnomaly => ({
    ...trackedAnomaly(watch),
    raisedAtMs,
    evidence: readEvidence(watch, detector.components),
  });

  function close(): void {
    over.push(read());
    open = undefined;
  }

  function take(timestampMs: number, value: number): TrackerEvent {
    const isOver = Number.isFinite(value) && closeSilentAnomaly(watch, timestampMs);
    if (isOver) close();
    detector.score(state, timestampMs, value, score);
    noteProgress(timestampMs);
    const event = trackAnomaly(watch, timestampMs, value, score);
    if (event !== 'none' || isPeak(watch, timestampMs)) follow(event, timestampMs, value);
    if (Number.isFinite(value)) {
      detector.learn(state, timestampMs, value);
      learnedPoints++;
      noteLearned(watch, timestampMs);
    }
    return isOver && event === 'none' ? 'closed' : event;
  }

  function follow(event: TrackerEvent, timestampMs: number, value: number): void {
    if (isPeak(watch, timestampMs)) {
      noteEvidence(watch, detector, state, { timestampMs, value }, learnedPoints);
    }
    if (event === 'opened') raisedAtMs = timestampMs;
    if (event === 'opened' || event === 'updated') open = read();
    if (event === 'closed') close();
  }

  function noteProgress(timestampMs: number): void {
    if (score.kind === WARMING) neededPoints = score.neededPoints;
    if (score.kind === SCORED) trainedSinceMs ??= timestampMs;
  }

  return {
    score,
    take,
    anomalies: () => (open === undefined ? over : [...over, open]),
    progress: () => ({ learnedPoints, neededPoints, trainedSinceMs }),
  };
}
