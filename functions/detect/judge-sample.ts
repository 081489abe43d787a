import { countMuted, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import type { TrackerEvent } from '../../models/detect/anomaly-tracker.ts';
import type { Detector } from '../../models/detect/detector.ts';
import { createPointJudge, type PointMemory } from '../../models/detect/judge-point.ts';
import type { Policy } from '../../models/detect/policy.ts';

/** Views of one series' words of memory. */
export interface SeriesMemory extends PointMemory {
  readonly counter: Float64Array;
}

export type JudgeSample = (
  state: ShardState,
  index: number,
  memory: SeriesMemory,
  policy: Policy,
  timestampMs: number,
  value: number,
) => TrackerEvent;

/** One sample on its way through the detector, and what readers of the state see of it. */
export function createJudgeSample(detector: Detector): JudgeSample {
  const { verdict, take } = createPointJudge(detector);
  return (state, index, memory, policy, timestampMs, value) => {
    const at = index * SLOT.words;
    const learned = state.words[at + SLOT.learnedPoints]!;
    const event = take(memory, policy, timestampMs, value, learned);
    if (verdict.heldBy !== undefined) countMuted(state, verdict.heldBy);
    const before = verdict.anew ? 0 : learned;
    state.words[at + SLOT.learnedPoints] = verdict.learned ? before + 1 : before;
    state.words[at + SLOT.neededPoints] = verdict.neededPoints;
    state.words[at + SLOT.peers] = verdict.peers;
    return event;
  };
}
