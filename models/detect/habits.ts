import type { Detector } from './detector.ts';
import type { Policy } from './policy.ts';
import { STILLNESS_FLOATS } from './stillness.ts';

/** Words besides the detector's and the tracker's: how still the series is, and how far it has followed people's word. */
const SLOT = {
  /** Since when the newest normal that was accepted holds; 0 = none yet. */
  acceptedMs: STILLNESS_FLOATS,
  /** How many of its first points have moved the level. */
  releveledPoints: STILLNESS_FLOATS + 1,
} as const;

/** Length of the state in Float64 words. */
export const HABIT_FLOATS = STILLNESS_FLOATS + 2;

/** One point alone would put the level where its noise happened to be: so many are averaged. */
const RELEVEL_POINTS = 12;

/**
 * Follows a new normal that people have accepted: moves the level to it.
 *
 * Used by the judge of points, before a point is scored.
 *
 * Definition: it begins at the first sample at or after its time, which is the same whether the word was known then or the
 *             series is learned anew because of it; its first twelve points move the level with shares 1, 1/2, 1/3 …
 * Input:      habits, HABIT_FLOATS words; the detector and its state.
 * Output:     true where the detector has begun anew, since it knows no other way.
 * Edge:       a series that begins after that time knows no other level: nothing is moved.
 * Cost:       O(accepted normals).
 * Throws:     never.
 */
export function followAcceptedNormal(
  habits: Float64Array,
  policy: Policy,
  detector: Detector,
  state: Float64Array,
  point: { readonly timestampMs: number; readonly value: number; readonly isFirst: boolean },
): boolean {
  const accepted = policy.acceptedNormals.findLast(({ fromMs }) => fromMs <= point.timestampMs);
  if (accepted === undefined) return false;
  if (accepted.fromMs > habits[SLOT.acceptedMs]!) {
    habits[SLOT.acceptedMs] = accepted.fromMs;
    // A series that begins after that time knows no other level.
    habits[SLOT.releveledPoints] = point.isFirst ? RELEVEL_POINTS : 0;
  }
  if (habits[SLOT.releveledPoints]! >= RELEVEL_POINTS) return false;
  const points = habits[SLOT.releveledPoints]! + 1;
  habits[SLOT.releveledPoints] = points;
  if (detector.relevel !== undefined) {
    detector.relevel(state, point.timestampMs, point.value, 1 / points);
    return false;
  }
  if (points > 1) return false;
  state.fill(0);
  detector.init(state);
  return true;
}
