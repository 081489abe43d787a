import { countMuted, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { isPeak, type TrackerEvent, trackAnomaly } from '../../models/detect/anomaly-tracker.ts';
import { type CalendarEffect, effectAt, NO_EFFECT } from '../../models/detect/calendar-timeline.ts';
import { createScoreOut, type Detector, SCORED, WARMING } from '../../models/detect/detector.ts';
import { noteEvidence, noteLearned } from '../../models/detect/evidence.ts';
import { holdingGate, type Policy, thresholdAt } from '../../models/detect/policy.ts';
import { isStill, learnStillness } from '../../models/detect/stillness.ts';
import { followAcceptedNormal } from './habits.ts';

/** Views of one series' words of memory. */
export interface SeriesMemory {
  readonly counter: Float64Array;
  readonly detector: Float64Array;
  readonly tracker: Float64Array;
  readonly habits: Float64Array;
}

export type JudgeSample = (
  state: ShardState,
  index: number,
  memory: SeriesMemory,
  policy: Policy,
  timestampMs: number,
  value: number,
) => TrackerEvent;

/** One sample on its way through the detector: scored, passed through the gates, tracked, learned; in this order. */
export function createJudgeSample(detector: Detector): JudgeSample {
  const score = createScoreOut();

  /** What people do not want to hear of is scored and learned, and is no anomaly. */
  function passGates(
    state: ShardState,
    habits: Float64Array,
    policy: Policy,
    timestampMs: number,
    value: number,
  ): void {
    score.score /= thresholdAt(policy, timestampMs);
    if (score.score <= 1) return;
    const gate = holdingGate(policy, timestampMs, value, isStill(habits), score);
    if (gate === undefined) return;
    countMuted(state, gate);
    score.score = 0;
  }

  function learn(
    state: ShardState,
    index: number,
    memory: SeriesMemory,
    { shiftMs }: CalendarEffect,
    timestampMs: number,
    value: number,
  ): void {
    detector.learn(memory.detector, timestampMs, value, shiftMs);
    noteLearned(memory.tracker, timestampMs);
    learnStillness(memory.habits, value);
    const at = index * SLOT.words;
    state.words[at + SLOT.learnedPoints]! += 1;
    state.words[at + SLOT.neededPoints] = score.kind === WARMING ? score.neededPoints : 0;
  }

  return (state, index, memory, policy, timestampMs, value) => {
    const learnedAt = index * SLOT.words + SLOT.learnedPoints;
    const calendar = policy.timeline === null ? NO_EFFECT : effectAt(policy.timeline, timestampMs);
    if (policy.acceptedNormals.length > 0) {
      const point = { timestampMs, value, isFirst: state.words[learnedAt] === 0 };
      const isAnew = followAcceptedNormal(memory.habits, policy, detector, memory.detector, point);
      if (isAnew) state.words[learnedAt] = 0;
    }
    detector.score(memory.detector, timestampMs, value, score, calendar.shiftMs);
    if (score.kind === SCORED) passGates(state, memory.habits, policy, timestampMs, value);
    const event = trackAnomaly(memory.tracker, timestampMs, value, score);
    if (isPeak(memory.tracker, timestampMs)) {
      noteEvidence(memory.tracker, detector, memory.detector, { timestampMs, value }, state.words[learnedAt]!);
    }
    if (!calendar.excludeFromTraining) learn(state, index, memory, calendar, timestampMs, value);
    return event;
  };
}
