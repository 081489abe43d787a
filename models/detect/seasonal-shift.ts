import { SLOT } from './seasonal-layout.ts';
import { DAY_MS, type Prediction } from './seasonal-predict.ts';

/** A value that stays beyond the band on one side for so many points and so long has a new level. */
export const SHIFT_POINTS = 12;
export const SHIFT_MS = 7_200_000;
/** So many points in a row inside the band end a run. */
const RUN_MISSES = 3;
/** The level that was left counts as normal for so long: recovery is no anomaly. */
const OTHER_LEVEL_MS = 7 * DAY_MS;
/** A shift that follows another within so long belongs to it. */
const KEPT_MS = DAY_MS;
/** The season's shape is unproven at a new level for so long. */
const UNSURE_MS = DAY_MS;
const RUN_GAIN = 0.25;
/** How much an anomalous point teaches before it has become a new regime. */
export const DOUBT = 0.1;

/**
 * Follows a stretch of anomalous points and says how far to believe the point at hand.
 *
 * Definition: a run on one side of 12 points and 2 hours moves the level at once and keeps the old one as an
 *             alternative; trouble on both sides of the same length is believed as a new regime.
 * Output:     weight of the point for learning: 1, or 0.1 while it is doubted.
 * Cost:       O(1).
 * Throws:     never.
 */
export function followAnomaly(state: Float64Array, timestampMs: number, anomalous: boolean, p: Prediction): number {
  followRun(state, timestampMs, anomalous, p);
  if (anomalous) {
    if (state[SLOT.stressPoints] === 0) state[SLOT.stressStartMs] = timestampMs;
    state[SLOT.stressPoints]! += 1;
  } else {
    state[SLOT.stressPoints] = Math.max(0, state[SLOT.stressPoints]! - 0.25);
  }
  return anomalous && !lasts(timestampMs, state[SLOT.stressPoints]!, state[SLOT.stressStartMs]!) ? DOUBT : 1;
}

function followRun(state: Float64Array, timestampMs: number, anomalous: boolean, p: Prediction): void {
  const side = anomalous ? Math.sign(p.residual) : 0;
  if (side === 0) {
    if (state[SLOT.runPoints]! === 0) return;
    state[SLOT.runMisses]! += 1;
    if (state[SLOT.runMisses]! >= RUN_MISSES) state[SLOT.runPoints] = 0;
    return;
  }
  if (state[SLOT.runPoints] === 0 || side !== state[SLOT.runSide]) {
    state[SLOT.runSide] = side;
    state[SLOT.runPoints] = 0;
    state[SLOT.runStartMs] = timestampMs;
    state[SLOT.runOffset] = p.offset;
  }
  state[SLOT.runMisses] = 0;
  state[SLOT.runPoints]! += 1;
  state[SLOT.runOffset]! += RUN_GAIN * (p.offset - state[SLOT.runOffset]!);
  if (lasts(timestampMs, state[SLOT.runPoints]!, state[SLOT.runStartMs]!)) acceptShift(state, timestampMs);
}

function lasts(timestampMs: number, points: number, startMs: number): boolean {
  return points >= SHIFT_POINTS && timestampMs - startMs >= SHIFT_MS;
}

function acceptShift(state: Float64Array, timestampMs: number): void {
  // A long outage is followed in steps as the season goes on: what was left at the first of them is kept.
  const heldMs = timestampMs - (state[SLOT.otherUntilMs]! - OTHER_LEVEL_MS);
  if (heldMs > KEPT_MS) state[SLOT.otherBase] = state[SLOT.base]!;
  state[SLOT.otherUntilMs] = timestampMs + OTHER_LEVEL_MS;
  state[SLOT.base]! += state[SLOT.runOffset]!;
  state[SLOT.local] = 0;
  state[SLOT.drift] = 0;
  state[SLOT.runPoints] = 0;
  state[SLOT.stressPoints] = 0;
  state[SLOT.unsureUntilMs] = Math.max(state[SLOT.unsureUntilMs]!, timestampMs + UNSURE_MS);
}

/**
 * Takes a level that people have accepted: it moves by a share of the way to the value, the one that was left is not normal
 * any more, and what was in doubt is settled.
 */
export function acceptLevel(
  state: Float64Array,
  timestampMs: number,
  value: number,
  share: number,
  { offset }: Prediction,
): void {
  state[SLOT.base]! += share * offset;
  state[SLOT.raw]! += share * (value - state[SLOT.raw]!);
  state[SLOT.local] = 0;
  state[SLOT.drift] = 0;
  state[SLOT.runPoints] = 0;
  state[SLOT.stressPoints] = 0;
  state[SLOT.otherUntilMs] = 0;
  state[SLOT.unsureUntilMs] = Math.max(state[SLOT.unsureUntilMs]!, timestampMs + UNSURE_MS);
}

/** Goes back to the level that was left; the present one becomes the alternative. */
export function returnToOtherLevel(state: Float64Array, timestampMs: number): void {
  const left = state[SLOT.base]!;
  state[SLOT.base] = state[SLOT.otherBase]!;
  state[SLOT.otherBase] = left;
  state[SLOT.otherUntilMs] = timestampMs + OTHER_LEVEL_MS;
  state[SLOT.local] = 0;
  state[SLOT.drift] = 0;
  state[SLOT.runPoints] = 0;
}
