import { nudgeCircular } from '../numeric/circular-profile.ts';
import { excessAtNats } from '../numeric/excess-tail.ts';
import { DAY_BINS, SLOT, SPREAD_BINS, TAIL, WEEK_BINS } from './seasonal-layout.ts';
import { DAY_MS, type Prediction, WEEK_MS } from './seasonal-predict.ts';
import { driftAfter, TAIL_NATS, TAIL_SHARE } from './seasonal-score.ts';

/** First points are averaged plainly, before there is a scale to tell outliers by. */
export const AVERAGED_POINTS = 12;
const LEVEL_MEMORY_MS = 2 * DAY_MS;
const LOCAL_GAIN = 0.35;
/** Largest error that teaches, in scales: what lies beyond counts as this much. */
const LONG_CLIP = 3;
const LOCAL_CLIP = 1.5;
const MOMENT_CLIP = 4;
const FIVE_MINUTES_MS = 300_000;
const QUARTER_HOUR_MS = 900_000;
const HALF_HOUR_MS = 1_800_000;
const HOUR_MS = 3_600_000;
/** The day's shape is known well enough for the week's to be learned on top of it. */
const WEEK_SHAPE_FROM_MS = 2 * DAY_MS;
/** One wrong point is expected on a healthy series in so much time. */
const ALARM_SPACING_MS = 60 * DAY_MS;
/** Bounds of that rarity: tails of hourly points are learned from few, those of many points a minute are not believed beyond. */
const FEWEST_NATS = 8.7;
const MOST_NATS = 13.5;
const TAIL_GAIN = 0.02;
const TAIL_PRIOR_EXCESSES = 20;
const TAIL_MEMORY_EXCESSES = 100;
const SMALLEST_TAIL_START = 1.5;
const SMALLEST_DRIFT_START = 0.5;
const TAILS = [SLOT.upperTail, SLOT.lowerTail, SLOT.upperDriftTail, SLOT.lowerDriftTail];
const LARGEST_TAIL_START = 1e6;
const WIDTH_REFRESH_POINTS = 64;
/** Spread by hour stays within e³, twenty times more or less than overall. */
const LARGEST_SPREAD = 3;

export function clamp(value: number, size: number): number {
  return value > size ? size : value < -size ? -size : value;
}

/** Begins the tails: as wide as a cautious guess for noise of unknown kind. */
export function beginTails(state: Float64Array): void {
  for (const tail of [SLOT.upperTail, SLOT.lowerTail]) beginTail(state, tail, 2.5);
  for (const tail of [SLOT.upperDriftTail, SLOT.lowerDriftTail]) beginTail(state, tail, 1);
  state[SLOT.alarmNats] = 10;
}

function beginTail(state: Float64Array, tail: number, start: number): void {
  state[tail + TAIL.start] = start;
  state[tail + TAIL.mean] = 0.28 * start;
  state[tail + TAIL.meanSquare] = 0.2 * start * start;
}

/** Level, season and local offset move towards the value; `weight` is small while it is not believed. */
export function learnShape(
  state: Float64Array,
  profiles: Float32Array,
  timestampMs: number,
  weight: number,
  p: Prediction,
): void {
  const seen = state[SLOT.seenPoints]!;
  const stepMs = state[SLOT.stepMs]!;
  const ageMs = timestampMs - state[SLOT.firstMs]!;
  const longScale = Math.max(state[SLOT.longScale]!, p.floor);
  if (seen < AVERAGED_POINTS) {
    state[SLOT.base]! += p.offset / (seen + 1);
  } else {
    const error = weight * teachingError(state, longScale, p);
    if (ageMs > DAY_MS) state[SLOT.base]! += error * Math.min(0.5, stepMs / LEVEL_MEMORY_MS);
    learnSeason(profiles, error, ageMs, stepMs, p);
  }
  const longGain = Math.max(1 / (seen + 1), Math.min(0.5, stepMs / DAY_MS)) * weight;
  const longError = clamp(Math.abs(p.offset), MOMENT_CLIP * longScale);
  state[SLOT.longScale]! += longGain * (longError - state[SLOT.longScale]!);
  learnLocal(state, longScale, weight, p);
}

/**
 * How much of an offset teaches: after the warm-up up to three times the usual one. Before, there is no usual one, and a
 * day's edges must be learned at once: all of it, as far as the point before agrees.
 */
function teachingError(state: Float64Array, longScale: number, p: Prediction): number {
  const clipped = clamp(p.offset, LONG_CLIP * longScale);
  if (state[SLOT.warm] === 1) return clipped;
  const before = state[SLOT.lastValue]! - state[SLOT.base]! - p.season;
  if (before * p.offset <= 0) return clipped;
  const agreed = Math.min(Math.abs(before), Math.abs(p.offset));
  return agreed > Math.abs(clipped) ? Math.sign(p.offset) * agreed : clipped;
}

function learnSeason(profiles: Float32Array, error: number, ageMs: number, stepMs: number, p: Prediction): void {
  const perDay = Math.max(1 / (ageMs / DAY_MS + 1.5), 0.12);
  const dayChange = error * perDay * Math.min(1, stepMs / QUARTER_HOUR_MS);
  nudgeCircular(profiles, DAY_BINS, p.dayPhase, dayChange, Math.min(8, Math.floor(stepMs / QUARTER_HOUR_MS / 2)));
  if (ageMs < WEEK_SHAPE_FROM_MS) return;
  const perWeek = Math.max(1 / ((ageMs - WEEK_SHAPE_FROM_MS) / WEEK_MS + 2), 0.2);
  nudgeCircular(profiles, WEEK_BINS, p.weekPhase, (error - dayChange) * perWeek * Math.min(1, stepMs / HOUR_MS));
}

function learnLocal(state: Float64Array, longScale: number, weight: number, p: Prediction): void {
  const local = state[SLOT.local]!;
  if (!p.afterGap) {
    const gain = Math.max(1 / (state[SLOT.seenPoints]! + 1), 0.005) * weight;
    const offset = clamp(p.offset, MOMENT_CLIP * longScale);
    const before = clamp(local, MOMENT_CLIP * longScale);
    state[SLOT.localCovariance]! += gain * (offset * before - state[SLOT.localCovariance]!);
    state[SLOT.localVariance]! += gain * (before * before - state[SLOT.localVariance]!);
  }
  const clip = LOCAL_CLIP * p.scale * (weight < 1 ? doubtedPace(weight, state[SLOT.stepMs]!) : 1);
  state[SLOT.local] = local + LOCAL_GAIN * clamp(p.offset - local, clip);
}

/** How fast fast levels follow a point that is not believed: not so fast as to make a level shift normal by themselves. */
export function doubtedPace(weight: number, stepMs: number): number {
  return weight * Math.min(1, stepMs / FIVE_MINUTES_MS);
}

/** The spread of residuals, overall and by hour of the day; not from the first point after a gap. */
export function learnScale(state: Float64Array, profiles: Float32Array, weight: number, p: Prediction): void {
  const seen = state[SLOT.seenPoints]!;
  const stepMs = state[SLOT.stepMs]!;
  const profile = Math.exp(p.spread);
  const smallest = 0.25 * p.floor;
  const scale = Math.max(state[SLOT.scale]! * profile, smallest);
  const surprise = Math.max(-1, Math.min(2, Math.abs(p.residual) / scale - 1)) * weight;
  const gain = Math.max(Math.min(0.3, 4 / (seen + 1)), Math.min(0.05, Math.max(0.001, stepMs / DAY_MS)));
  state[SLOT.scale] = (scale / profile) * (1 + gain * surprise);
  if (seen < AVERAGED_POINTS || (surprise < 0 && scale === smallest)) return;
  const change = 0.15 * Math.min(1, stepMs / HALF_HOUR_MS) * surprise;
  if (Math.abs(p.spread + change) < LARGEST_SPREAD)
    nudgeCircular(profiles, SPREAD_BINS, p.dayPhase, change, Math.floor(stepMs / HALF_HOUR_MS / 2));
}

/** Where the tails of normalised residuals start and how heavy they are. */
export function learnTails(state: Float64Array, weight: number, p: Prediction): void {
  const normalised = p.residual / p.scale;
  learnTail(state, SLOT.upperTail, normalised, weight, SMALLEST_TAIL_START);
  learnTail(state, SLOT.lowerTail, -normalised, weight, SMALLEST_TAIL_START);
  const drift = driftAfter(state, normalised);
  learnTail(state, SLOT.upperDriftTail, drift, weight, SMALLEST_DRIFT_START);
  learnTail(state, SLOT.lowerDriftTail, -drift, weight, SMALLEST_DRIFT_START);
  state[SLOT.drift] = drift;
  if (state[SLOT.seenPoints]! % WIDTH_REFRESH_POINTS === 0) refreshBand(state);
}

function learnTail(state: Float64Array, tail: number, size: number, weight: number, smallest: number): void {
  if (weight === 0) return;
  const start = state[tail + TAIL.start]!;
  const exceeds = size > start;
  const moved = start * (1 + TAIL_GAIN * weight * ((exceeds ? 1 : 0) - TAIL_SHARE));
  state[tail + TAIL.start] = moved < smallest ? smallest : Math.min(moved, LARGEST_TAIL_START);
  // Before the day's shape is known its edges look like a heavy tail.
  if (!exceeds || state[SLOT.warm] === 0) return;
  // Clipped beyond the band: one wild point widens it a little, many of them until they are normal.
  const excess = Math.min(size - start, 1.2 * state[tail + TAIL.width]!);
  const count = state[tail + TAIL.count]!;
  const gain = weight / Math.min(count + TAIL_PRIOR_EXCESSES, TAIL_MEMORY_EXCESSES);
  state[tail + TAIL.mean]! += gain * (excess - state[tail + TAIL.mean]!);
  state[tail + TAIL.meanSquare]! += gain * (excess * excess - state[tail + TAIL.meanSquare]!);
  state[tail + TAIL.count] = count + weight;
  refreshWidth(state, tail);
}

/** How rare is anomalous at this cadence, and how far out on each side that lies. */
export function refreshBand(state: Float64Array): void {
  const perPoint = Math.log((2 * ALARM_SPACING_MS) / Math.max(1, state[SLOT.stepMs]!));
  state[SLOT.alarmNats] = Math.max(FEWEST_NATS, Math.min(MOST_NATS, perPoint));
  for (const tail of TAILS) refreshWidth(state, tail);
}

function refreshWidth(state: Float64Array, tail: number): void {
  const nats = state[SLOT.alarmNats]! - TAIL_NATS;
  state[tail + TAIL.width] = excessAtNats(nats, state[tail + TAIL.mean]!, state[tail + TAIL.meanSquare]!);
}
