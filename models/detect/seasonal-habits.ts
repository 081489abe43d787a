import { SLOT } from './seasonal-layout.ts';
import { clamp, doubtedPace } from './seasonal-learn.ts';
import type { Prediction } from './seasonal-predict.ts';

const HABIT_GAIN = 0.01;
const RAW_GAIN = 0.35;
const CADENCE_GAIN = 0.05;
const CLIP = 4;

/**
 * The usual time between points, in a way that gaps and bursts hardly move.
 *
 * Definition: the step grows or shrinks by up to 5 % of itself for every point, by the logarithm of the ratio; the
 *             first ten points are averaged more quickly.
 */
export function learnCadence(state: Float64Array, timestampMs: number): void {
  const sinceMs = timestampMs - state[SLOT.lastMs]!;
  const seen = state[SLOT.seenPoints]!;
  if (seen === 1) {
    state[SLOT.stepMs] = sinceMs;
    return;
  }
  const gain = Math.max(CADENCE_GAIN, 1 / (seen + 1));
  state[SLOT.stepMs]! *= 1 + gain * clamp(Math.log(sinceMs / state[SLOT.stepMs]!), 1);
}

/** What kind of series it is: how often zero, how often moving, how large one event, and how well mere staying predicts. */
export function learnHabits(state: Float64Array, value: number, weight: number, p: Prediction): void {
  const gain = Math.max(HABIT_GAIN / 5, 1 / (state[SLOT.seenPoints]! + 1));
  state[SLOT.zeroShare]! += gain * ((value === 0 ? 1 : 0) - state[SLOT.zeroShare]!);
  state[SLOT.moveShare]! += gain * ((value !== state[SLOT.lastValue] ? 1 : 0) - state[SLOT.moveShare]!);
  const size = Math.abs(value);
  if (size > 0 && (state[SLOT.quantum] === 0 || size < state[SLOT.quantum]!)) state[SLOT.quantum] = size;
  learnStaying(state, value, weight, p);
}

function learnStaying(state: Float64Array, value: number, weight: number, p: Prediction): void {
  const seen = state[SLOT.seenPoints]!;
  if (seen === 1) {
    const distance = Math.abs(value - state[SLOT.lastValue]!);
    state[SLOT.scale] = distance;
    state[SLOT.longScale] = distance;
    state[SLOT.rawScale] = distance;
    state[SLOT.seasonScale] = distance;
  }
  const distance = value - state[SLOT.raw]!;
  const rawScale = Math.max(state[SLOT.rawScale]!, p.floor);
  const seasonScale = Math.max(state[SLOT.seasonScale]!, p.floor);
  const gain = Math.max(HABIT_GAIN, 1 / (seen + 1)) * weight;
  state[SLOT.rawScale]! += gain * (clamp(Math.abs(distance), CLIP * rawScale) - state[SLOT.rawScale]!);
  state[SLOT.seasonScale]! += gain * (clamp(Math.abs(p.residual), CLIP * seasonScale) - state[SLOT.seasonScale]!);
  const clip = 3 * rawScale * (weight < 1 ? doubtedPace(weight, state[SLOT.stepMs]!) : 1);
  state[SLOT.raw] = p.afterGap ? value : state[SLOT.raw]! + RAW_GAIN * clamp(distance, clip);
}
