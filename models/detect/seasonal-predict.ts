import { readCircular } from '../numeric/circular-profile.ts';
import type { UtcOffset } from '../numeric/utc-offset.ts';
import { DAY_BINS, SLOT, SPREAD_BINS, WEEK_BINS } from './seasonal-layout.ts';

export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;
/** The epoch was a Thursday: added to local time, weeks begin on Monday. */
const MONDAY_SHIFT_MS = 3 * DAY_MS;
/** Later than this many steps after the last point there was a gap. */
const GAP_STEPS = 3;
/** A series whose zeros are at least this share is sparse: its unit is one event. */
const SPARSE_SHARE = 0.2;
/** Smallest relative scale of a series that never moves, and of one that always does. */
const STILL_SCALE = 0.005;
const MOVING_SCALE = 0.0001;
/** How early or late the season's edges may come, and how much of their height counts as spread. */
const EDGE_MS = 900_000;
const EDGE_SHARE = 0.33;
const SMALLEST_SCALE = 1e-12;

/** What a state expects of one moment, and how one value compares with it: one object, reused for every point. */
export interface Prediction {
  dayPhase: number;
  weekPhase: number;
  season: number;
  expected: number;
  /** Value minus expected, and value minus level and season alone. */
  residual: number;
  offset: number;
  /** Share of the local offset that carries over to the next point, 0 to 1. */
  carry: number;
  /** By how much the spread at this hour differs from the overall one: logarithm of the ratio. */
  spread: number;
  /** The largest of that within a quarter of an hour. */
  widestSpread: number;
  /** Uncertainty that comes of the steepness of the season here. */
  edge: number;
  /** Unit of the residual, and the smallest it may be here. */
  scale: number;
  floor: number;
  afterGap: boolean;
}

export function createPrediction(): Prediction {
  return {
    dayPhase: 0,
    weekPhase: 0,
    season: 0,
    expected: 0,
    residual: 0,
    offset: 0,
    carry: 0,
    spread: 0,
    widestSpread: 0,
    edge: 0,
    scale: 1,
    floor: 1,
    afterGap: false,
  };
}

/**
 * Prediction of one point from all that was before it: level + season + what carries over of the last offsets.
 *
 * Used by both halves of the seasonal robust detector, so that learning and scoring see the same.
 *
 * Definition: see docs/rooms/detect.md. After a gap the carried offset fades and the scale widens with the gap.
 * Input:      a state with at least one point, its profiles, a finite value; how much later the season is looked up.
 * Output:     none: `out` is filled.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function predict(
  state: Float64Array,
  profiles: Float32Array,
  utcOffset: UtcOffset,
  timestampMs: number,
  value: number,
  out: Prediction,
  seasonShiftMs = 0,
): void {
  const localMs = timestampMs + utcOffset(timestampMs) + seasonShiftMs;
  const days = localMs / DAY_MS;
  const weeks = (localMs + MONDAY_SHIFT_MS) / WEEK_MS;
  out.dayPhase = days - Math.floor(days);
  out.weekPhase = weeks - Math.floor(weeks);
  out.season = readCircular(profiles, DAY_BINS, out.dayPhase) + readCircular(profiles, WEEK_BINS, out.weekPhase);
  lookAround(profiles, out);

  const variance = state[SLOT.localVariance]!;
  const carry = variance > 0 ? state[SLOT.localCovariance]! / variance : 0;
  out.carry = carry > 1 ? 1 : carry > 0 ? carry : 0;
  const sinceMs = timestampMs - state[SLOT.lastMs]!;
  out.afterGap = isAfterGap(state, timestampMs);
  const kept = out.afterGap ? out.carry ** (sinceMs / state[SLOT.stepMs]! - 1) : 1;

  const settled = state[SLOT.base]! + out.season;
  out.expected = settled + out.carry * kept * state[SLOT.local]!;
  out.residual = value - out.expected;
  out.offset = value - settled;
  out.floor = smallestScale(state, out.expected, value, sinceMs);
  out.scale = pointScale(state, out, kept, sinceMs, timestampMs);
}

/** Did nothing come for more than three usual steps before this time? Nothing else of a prediction depends on the step. */
export function isAfterGap(state: Float64Array, timestampMs: number): boolean {
  return (timestampMs - state[SLOT.lastMs]!) / state[SLOT.stepMs]! > GAP_STEPS;
}

/** What a quarter of an hour earlier or later would be expected: edges of the season are not met to the minute. */
function lookAround(profiles: Float32Array, out: Prediction): void {
  const dayBefore = around(out.dayPhase - EDGE_MS / DAY_MS);
  const dayAfter = around(out.dayPhase + EDGE_MS / DAY_MS);
  const rise =
    readCircular(profiles, DAY_BINS, dayAfter) -
    readCircular(profiles, DAY_BINS, dayBefore) +
    readCircular(profiles, WEEK_BINS, around(out.weekPhase + EDGE_MS / WEEK_MS)) -
    readCircular(profiles, WEEK_BINS, around(out.weekPhase - EDGE_MS / WEEK_MS));
  out.edge = EDGE_SHARE * Math.abs(rise);
  out.spread = readCircular(profiles, SPREAD_BINS, out.dayPhase);
  out.widestSpread = Math.max(
    out.spread,
    readCircular(profiles, SPREAD_BINS, dayBefore),
    readCircular(profiles, SPREAD_BINS, dayAfter),
  );
}

function around(phase: number): number {
  return phase < 0 ? phase + 1 : phase >= 1 ? phase - 1 : phase;
}

function pointScale(state: Float64Array, out: Prediction, kept: number, sinceMs: number, timestampMs: number): number {
  const learned = state[SLOT.scale]! * Math.exp(out.widestSpread);
  // A young profile is less sure: a third wider after a day, a fifteenth after a week.
  const youth = 1 + 1 / (1 + (2 * (timestampMs - state[SLOT.firstMs]!)) / DAY_MS);
  const steady = (learned > out.floor ? learned : out.floor) * youth;
  const scale = Math.sqrt(steady * steady + out.edge * out.edge);
  if (!out.afterGap) return scale;
  return scale + 1.25 * state[SLOT.longScale]! * (1 - kept) * Math.sqrt(1 + sinceMs / DAY_MS);
}

/**
 * Smallest scale that a residual is measured with: what a constant series may move without being called anomalous.
 *
 * Definition: half a percent of the level for a series that never moved, down to a ten-thousandth for one that always
 *             does; 0.7 of one event for a sparse series near zero.
 * Input:      value and time since the last point, for the size of one event when none was seen yet.
 * Output:     > 0, unit of the values.
 */
function smallestScale(state: Float64Array, expected: number, value: number, sinceMs: number): number {
  const still = 1 - state[SLOT.moveShare]!;
  const level = Math.max(Math.abs(expected), Math.abs(state[SLOT.base]!));
  const relative = (MOVING_SCALE + STILL_SCALE * still * still) * level + SMALLEST_SCALE;
  if (state[SLOT.zeroShare]! < SPARSE_SHARE) return relative;
  const event = state[SLOT.quantum]! > 0 ? state[SLOT.quantum]! : guessEvent(value, sinceMs);
  return Math.abs(expected) < 2 * event ? Math.max(relative, 0.7 * event) : relative;
}

/** Size of one event, guessed from the first value that is not zero: a count, a count turned into a rate, or a ratio. */
function guessEvent(value: number, sinceMs: number): number {
  if (isWhole(value)) return 1;
  const seconds = sinceMs / 1000;
  return isWhole(value * seconds) ? 1 / seconds : STILL_SCALE;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-6;
}
