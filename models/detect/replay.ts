import { closeSilentAnomaly, type TrackedAnomaly, type TrackerEvent, trackedAnomaly } from './anomaly-tracker.ts';
import { COLD_START_FLOATS, peakPeers } from './cold-start.ts';
import { type Detector, MISSING, SCORED } from './detector.ts';
import { type Evidence, readEvidence, WATCH_FLOATS } from './evidence.ts';
import { HABIT_FLOATS } from './habits.ts';
import { createPointJudge, type PointVerdict } from './judge-point.ts';
import { type PastEpisode, rememberAnomaly, similarPast } from './past-anomalies.ts';
import { PLAIN_POLICY, type Policy } from './policy.ts';

/** An anomaly as the service would have told of it. */
export interface ReplayedAnomaly extends TrackedAnomaly {
  /** Time of the point at which it was certain enough to be raised. */
  readonly raisedAtMs: number;
  readonly evidence: Evidence;
  /** Number of peers whose shape judged the highest score; 0 where the detector itself did. */
  readonly peers: number;
  /** Earlier anomalies like it, newest first. */
  readonly past: readonly PastEpisode[];
}

export interface ReplayProgress {
  /** Points learned, and how many were needed before the first was scored; null where that is not known yet. */
  readonly learnedPoints: number;
  readonly neededPoints: number | null;
  /** Time of the first point that was scored; null while warming up. */
  readonly trainedSinceMs: number | null;
}

export interface Replay {
  /** What became of the newest point: one object, overwritten with each. */
  readonly verdict: Readonly<PointVerdict>;
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
 * Definition: for each point first an anomaly is closed whose series was silent, then the point is judged, as in the
 *             detect room.
 * Input:      a detector, and what people have said of the series; then points with ascending times, not finite = missing.
 *             Counters come as rates.
 * Output:     anomalies with the evidence of their highest score.
 * State:      that of the detector and the tracker, and one entry for each anomaly.
 * Cost:       O(1) for each point; allocates for anomalous points only.
 * Throws:     never.
 */
export function createReplay(detector: Detector, policy: Policy = PLAIN_POLICY): Replay {
  const memory = {
    detector: new Float64Array(detector.stateFloats),
    tracker: new Float64Array(WATCH_FLOATS),
    habits: new Float64Array(HABIT_FLOATS),
    cold: new Float64Array(COLD_START_FLOATS),
  };
  detector.init(memory.detector);
  const judge = createPointJudge(detector);
  const { verdict } = judge;
  const over: ReplayedAnomaly[] = [];
  let open: ReplayedAnomaly | undefined;
  let raisedAtMs = 0;
  let learnedPoints = 0;
  let neededPoints: number | null = null;
  let trainedSinceMs: number | null = null;

  const read = (): ReplayedAnomaly => ({
    ...trackedAnomaly(memory.tracker),
    raisedAtMs,
    evidence: readEvidence(memory.tracker, detector.components),
    peers: peakPeers(memory.cold),
    past: similarPast(memory.tracker, trackedAnomaly(memory.tracker)),
  });

  function close(): void {
    const ended = read();
    over.push(ended);
    rememberAnomaly(memory.tracker, ended);
    open = undefined;
  }

  function take(timestampMs: number, value: number): TrackerEvent {
    if (!Number.isFinite(value)) {
      verdict.out.kind = MISSING;
      return 'none';
    }
    const isOver = closeSilentAnomaly(memory.tracker, timestampMs);
    if (isOver) close();
    const event = judge.take(memory, policy, timestampMs, value, learnedPoints);
    noteProgress(timestampMs);
    if (event === 'opened') raisedAtMs = timestampMs;
    if (event === 'opened' || event === 'updated') open = read();
    if (event === 'closed') close();
    return isOver && event === 'none' ? 'closed' : event;
  }

  function noteProgress(timestampMs: number): void {
    if (verdict.anew) learnedPoints = 0;
    if (verdict.learned) learnedPoints++;
    if (verdict.neededPoints > 0) neededPoints = verdict.neededPoints;
    if (verdict.out.kind === SCORED) trainedSinceMs ??= timestampMs;
  }

  return {
    verdict,
    take,
    anomalies: () => (open === undefined ? over : [...over, open]),
    progress: () => ({ learnedPoints, neededPoints, trainedSinceMs }),
  };
}
