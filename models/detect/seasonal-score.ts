import { excessNats } from '../numeric/excess-tail.ts';
import { SLOT, TAIL } from './seasonal-layout.ts';
import type { Prediction } from './seasonal-predict.ts';

/** Share of the normalised residuals that lies beyond the start of a tail, on each side; its rarity in nats. */
export const TAIL_SHARE = 0.03;
export const TAIL_NATS = -Math.log(TAIL_SHARE);
const LARGEST_SCORE = 100;
/** The season is not believed while its predictions are this much worse than those of mere staying. */
const DISTRUST_RATIO = 2;

export const BY_SEASON = 0;
export const BY_STAYING = 1;
export const BY_OTHER_LEVEL = 2;

/** The verdict on one value: one object, reused for every point. */
export interface Verdict {
  score: number;
  /** The expectation that explains the value best, and its scale. */
  expected: number;
  scale: number;
  explainedBy: 0 | 1 | 2;
}

export function createVerdict(): Verdict {
  return { score: 0, expected: 0, scale: 1, explainedBy: BY_SEASON };
}

/** How much of a point the smoothed residual takes, and the largest residual that it sees. */
const DRIFT_GAIN = 0.15;
const DRIFT_CLIP = 4;

/** Smoothed residual as it would be after a point. */
export function driftAfter(state: Float64Array, normalised: number): number {
  const clipped = Math.max(-DRIFT_CLIP, Math.min(DRIFT_CLIP, normalised));
  return state[SLOT.drift]! + DRIFT_GAIN * (clipped - state[SLOT.drift]!);
}

/** Residual at which the smoothed one reaches its own limit on a side; beyond the clip it never does by this point. */
function driftLimit(state: Float64Array, side: number): number {
  const limit = bandLimit(state, side > 0 ? SLOT.upperDriftTail : SLOT.lowerDriftTail);
  const drift = side * state[SLOT.drift]!;
  const needed = drift + (limit - drift) / DRIFT_GAIN;
  return needed > DRIFT_CLIP ? Number.POSITIVE_INFINITY : Math.max(0, needed);
}

/** Normalised residual at which a point becomes anomalous on a side, by itself or as the last of many. */
export function alarmLimit(state: Float64Array, side: 1 | -1): number {
  return Math.min(bandLimit(state, side > 0 ? SLOT.upperTail : SLOT.lowerTail), driftLimit(state, side));
}

/**
 * Verdict on one value: how improbable it is under the best of the expectations that may hold now.
 *
 * Definition: score = rarity of the residual in nats / rarity at which this cadence alarms. The season speaks first.
 *             Only where it calls the value anomalous are the others asked: staying where the series was (while the
 *             season is unproven), and the level left at the last shift.
 * Input:      a state and the prediction made from it for this value.
 * Output:     none: `out` is filled; scores are within 0 and 100.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function judge(state: Float64Array, timestampMs: number, value: number, p: Prediction, out: Verdict): void {
  out.score = pointScore(state, p.residual / p.scale) + zeroScore(state, value, p.expected);
  out.expected = p.expected;
  out.scale = p.scale;
  out.explainedBy = BY_SEASON;
  if (out.score <= 1) return;
  if (isUnsure(state, timestampMs, p.floor)) {
    const scale = Math.max(state[SLOT.rawScale]!, p.floor);
    offer(state, value, state[SLOT.raw]!, scale, BY_STAYING, out);
  }
  if (timestampMs < state[SLOT.otherUntilMs]!) {
    offer(state, value, state[SLOT.otherBase]! + p.season, p.scale + state[SLOT.longScale]!, BY_OTHER_LEVEL, out);
  }
}

/** What the score of a value is made of, in the order in which `attributeScore` writes. */
export const SCORE_COMPONENTS = ['value', 'drift', 'repeated_zero'] as const;

/**
 * Shares of a score: the value by itself or what it adds to the smoothed residual, and that it repeats a zero.
 *
 * Definition: of value and drift the larger one makes the score, so the other has no share.
 * Input:      a state, a value that is anomalous in it, and the prediction made from it for this value.
 * Output:     none: `shares` is filled; 0 to 1, together 1.
 * Cost:       O(1).
 * Throws:     never.
 */
export function attributeScore(state: Float64Array, value: number, p: Prediction, shares: Float64Array): void {
  const point = pointScore(state, p.residual / p.scale);
  const zero = zeroScore(state, value, p.expected);
  const byValue = point <= residualScore(state, p.residual / p.scale);
  const total = point + zero;
  shares[0] = byValue ? point / total : 0;
  shares[1] = byValue ? 0 : point / total;
  shares[2] = zero / total;
}

/**
 * What it adds to the evidence that a value is exactly zero, as the one before it was, in a series that hardly ever is:
 * an outage. One zero alone says no more than its distance does, counts come down to it now and then.
 */
function zeroScore(state: Float64Array, value: number, expected: number): number {
  if (value !== 0 || state[SLOT.lastValue] !== 0 || expected <= 0) return 0;
  const share = Math.max(state[SLOT.zeroShare]!, 1 / (state[SLOT.seenPoints]! + 1));
  return -Math.log(share) / state[SLOT.alarmNats]!;
}

/** Takes another expectation when it makes the value normal. */
function offer(
  state: Float64Array,
  value: number,
  expected: number,
  scale: number,
  explainedBy: 1 | 2,
  out: Verdict,
): void {
  if (out.score <= 1) return;
  const score = residualScore(state, (value - expected) / scale);
  if (score > 1) return;
  out.score = score;
  out.expected = expected;
  out.scale = scale;
  out.explainedBy = explainedBy;
}

function isUnsure(state: Float64Array, timestampMs: number, floor: number): boolean {
  if (timestampMs < state[SLOT.unsureUntilMs]!) return true;
  return state[SLOT.seasonScale]! > DISTRUST_RATIO * Math.max(state[SLOT.rawScale]!, floor);
}

/** Score of a residual by itself or, if that is more, of what it does to the smoothed residual on its own side. */
function pointScore(state: Float64Array, normalised: number): number {
  const alone = residualScore(state, normalised);
  const drift = driftAfter(state, normalised);
  if (drift * normalised <= 0) return alone;
  const together = tailScore(state, drift > 0 ? SLOT.upperDriftTail : SLOT.lowerDriftTail, Math.abs(drift));
  return together > alone ? together : alone;
}

function residualScore(state: Float64Array, normalised: number): number {
  return tailScore(state, normalised > 0 ? SLOT.upperTail : SLOT.lowerTail, Math.abs(normalised));
}

function tailScore(state: Float64Array, tail: number, size: number): number {
  const start = state[tail + TAIL.start]!;
  const nats =
    size <= start
      ? (TAIL_NATS * size) / start
      : TAIL_NATS + excessNats(size - start, state[tail + TAIL.mean]!, state[tail + TAIL.meanSquare]!);
  const score = nats / state[SLOT.alarmNats]!;
  return score < LARGEST_SCORE ? score : LARGEST_SCORE;
}

/** Size at which a tail alarms. */
function bandLimit(state: Float64Array, tail: number): number {
  return state[tail + TAIL.start]! + state[tail + TAIL.width]!;
}
