import { isPeak, type TrackerEvent, trackAnomaly } from './anomaly-tracker.ts';
import { type CalendarEffect, effectAt, NO_EFFECT } from './calendar-timeline.ts';
import { isNewcomer, judgeByPeers, notePeakPeers } from './cold-start.ts';
import { createScoreOut, type Detector, SCORED, type ScoreOut, WARMING } from './detector.ts';
import { noteEvidence, noteLearned } from './evidence.ts';
import { followAcceptedNormal } from './habits.ts';
import { peerShapeAt } from './peer-shape.ts';
import { type HoldingGate, holdingGate, type Policy, thresholdAt } from './policy.ts';
import { isStill, learnStillness } from './stillness.ts';

/** Words of one series besides those of a counter. */
export interface PointMemory {
  /** As many as the detector says. */
  readonly detector: Float64Array;
  /** WATCH_FLOATS. */
  readonly tracker: Float64Array;
  /** HABIT_FLOATS. */
  readonly habits: Float64Array;
  /** COLD_START_FLOATS. */
  readonly cold: Float64Array;
}

/** What became of the newest point: one object, overwritten with each. */
export interface PointVerdict {
  /** The detector's answer; its score is that after the gates. */
  readonly out: ScoreOut;
  /** The detector's score before the gates; 0 where nothing was scored. */
  score: number;
  /** Whether the series hardly ever moved until then. */
  still: boolean;
  /** The gate that held back what was anomalous. */
  heldBy: HoldingGate | undefined;
  learned: boolean;
  /** Points that the detector needs before it scores; 0 where it does. */
  neededPoints: number;
  /** So many peers whose shape has judged it; 0 where the detector did, or nobody. */
  peers: number;
  /** The detector began anew just before it, since people have accepted a new normal. */
  anew: boolean;
}

export interface PointJudge {
  readonly verdict: PointVerdict;
  /** Goes on by one point; learnedPoints, how many the detector has learned before. */
  take(memory: PointMemory, policy: Policy, timestampMs: number, value: number, learnedPoints: number): TrackerEvent;
}

/**
 * Judge of points: one finite value on its way through the detector.
 *
 * Used by the detect room for every sample, and by replay, so that both say the same.
 *
 * Definition: a new normal that was accepted is followed; then the value is scored (in the first days of a series by the
 *             shape of its peers, where that is known), passed through the gates of the policy,
 *             tracked, and learned unless a calendar excludes it; in this order.
 * Input:      a detector; then memory of one series, its policy, and points with ascending times.
 * Output:     what happened to the anomaly of the series; `verdict` says what became of the point.
 * Cost:       O(1), no allocation but for anomalous points.
 * Throws:     never.
 */
export function createPointJudge(detector: Detector): PointJudge {
  const out = createScoreOut();
  const verdict: PointVerdict = {
    out,
    score: 0,
    still: false,
    heldBy: undefined,
    learned: false,
    neededPoints: 0,
    peers: 0,
    anew: false,
  };

  function passGates(policy: Policy, timestampMs: number, value: number): void {
    out.score /= thresholdAt(policy, timestampMs);
    if (out.score <= 1 && !out.goesOn) return;
    const heldBy = holdingGate(policy, timestampMs, value, verdict.still, out);
    if (heldBy === undefined) return;
    // What people do not want to hear of is scored and learned, and is no anomaly.
    verdict.heldBy = heldBy;
    out.score = 0;
    out.goesOn = false;
  }

  /** The shape of peers speaks for a newcomer. */
  function judgedByPeers(
    { cold }: PointMemory,
    { peers, utcOffset }: Policy,
    timestampMs: number,
    value: number,
    calendar: CalendarEffect,
  ): number {
    const shape = peers === null || !isNewcomer(cold, out) ? undefined : peerShapeAt(peers, timestampMs);
    if (shape === undefined) return 0;
    const localMs = timestampMs + utcOffset(timestampMs) + calendar.shiftMs;
    const point = { timestampMs, localMs, value, learns: !calendar.excludeFromTraining };
    return judgeByPeers(cold, shape, point, out) ? shape.peers : 0;
  }

  function take(memory: PointMemory, policy: Policy, timestampMs: number, value: number, learnedPoints: number) {
    const calendar = policy.timeline === null ? NO_EFFECT : effectAt(policy.timeline, timestampMs);
    verdict.still = isStill(memory.habits);
    verdict.heldBy = undefined;
    verdict.anew =
      policy.acceptedNormals.length > 0 &&
      followAcceptedNormal(memory.habits, policy, detector, memory.detector, {
        timestampMs,
        value,
        isFirst: learnedPoints === 0,
      });
    detector.score(memory.detector, timestampMs, value, out, calendar.shiftMs);
    verdict.neededPoints = out.kind === WARMING ? out.neededPoints : 0;
    verdict.peers = policy.peers === null ? 0 : judgedByPeers(memory, policy, timestampMs, value, calendar);
    verdict.score = out.kind === SCORED ? out.score : 0;
    if (out.kind === SCORED) passGates(policy, timestampMs, value);
    const event = trackAnomaly(memory.tracker, timestampMs, value, out);
    if (isPeak(memory.tracker, timestampMs)) {
      const samples = verdict.anew ? 0 : learnedPoints;
      noteEvidence(memory.tracker, detector, memory.detector, { timestampMs, value }, samples);
      notePeakPeers(memory.cold, verdict.peers);
    }
    verdict.learned = !calendar.excludeFromTraining;
    if (!verdict.learned) return event;
    detector.learn(memory.detector, timestampMs, value, calendar.shiftMs);
    noteLearned(memory.tracker, timestampMs);
    learnStillness(memory.habits, value);
    return event;
  }

  return { verdict, take };
}
