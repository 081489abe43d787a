import type { AnomalyType } from '../domain/anomaly.ts';
import { SCORED, type ScoreOut } from './detector.ts';
import { SHIFT_MS, SHIFT_POINTS } from './seasonal-shift.ts';

/** A point this improbable opens an anomaly alone; a lesser one needs company. */
const OPENS_ALONE_SCORE = 1.4;
/** Of so many points in a row, two anomalous ones open an anomaly. */
const COMPANY_POINTS = 3;
/** Normal means clearly below 1, so that a value on the edge does not open and close again and again. */
const NORMAL_SCORE = 0.9;
/** Normal points in a row, and time since the last anomalous one, after which it is over. */
const CALM_POINTS = 4;
const CALM_MS = 900_000;
/** Without data for so long, and for so many usual steps, it is over. */
const SILENCE_MS = 3_600_000;
const SILENCE_STEPS = 5;
/** A week is long enough for any state to be the new normal. */
const LONGEST_MS = 604_800_000;

const SLOT = {
  /** 0 none, 1 first doubts, 2 open. */
  phase: 0,
  startedAtMs: 1,
  lastAnomalousMs: 2,
  endedAtMs: 3,
  points: 4,
  initialScore: 5,
  peakScore: 6,
  actual: 7,
  expected: 8,
  lower: 9,
  upper: 10,
  side: 11,
  calmPoints: 12,
  sidePoints: 13,
  lastMs: 14,
  stepMs: 15,
  /** Time of the highest score. */
  peakAtMs: 16,
} as const;

/** Length of a tracker's state in Float64 words; all zero at the beginning. */
export const TRACKER_FLOATS = 17;

export type TrackerEvent = 'none' | 'opened' | 'updated' | 'closed';

/**
 * Anomaly tracker: turns the scores of one series into anomalies that open, go on and close.
 *
 * Used by the detect room, one state for each series, called for every scored point before it is learned.
 *
 * Definition: opens at one point with score ≥ 1.4, or where among three points one is above 1 and another is too, or
 *             goes on with its trouble; `updated` at every further such point; closes after 4 points in a row below 0.9
 *             that span 15 minutes, after an hour without data (5 steps where the cadence is slow), or after a week.
 *             The first point after a silence closes, and may be the first of the next anomaly.
 * Input:      state of TRACKER_FLOATS words; times ascending; what the detector answered for this very point.
 * Output:     what happened; the state then answers `trackedAnomaly`, also just after `closed`.
 * Edge:       WARMING and MISSING change nothing.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function trackAnomaly(state: Float64Array, timestampMs: number, value: number, score: ScoreOut): TrackerEvent {
  if (score.kind !== SCORED) return 'none';
  const ended = closeSilentAnomaly(state, timestampMs);
  learnStep(state, timestampMs);
  const followed = ended ? 0 : state[SLOT.phase]!;
  if (followed === 2) return continueAnomaly(state, timestampMs, value, score);
  const event = doubt(state, timestampMs, value, score, ended);
  return ended ? 'closed' : event;
}

/**
 * Closes an anomaly whose series has fallen silent: for a sweep over series that may never send again.
 *
 * Input:      nowMs, the time up to which data would have arrived.
 * Output:     true when an anomaly was open and is now closed.
 * Throws:     never.
 */
export function closeSilentAnomaly(state: Float64Array, nowMs: number): boolean {
  if (state[SLOT.phase] !== 2) return false;
  const silenceMs = Math.max(SILENCE_MS, SILENCE_STEPS * state[SLOT.stepMs]!);
  if (nowMs - state[SLOT.lastMs]! <= silenceMs) return false;
  close(state, state[SLOT.lastMs]!);
  return true;
}

function learnStep(state: Float64Array, timestampMs: number): void {
  const sinceMs = timestampMs - state[SLOT.lastMs]!;
  if (state[SLOT.lastMs] !== 0 && sinceMs > 0) {
    const stepMs = state[SLOT.stepMs]!;
    // Gaps count as at most twice the usual step.
    state[SLOT.stepMs] = stepMs === 0 ? sinceMs : stepMs + 0.05 * (Math.min(sinceMs, 2 * stepMs) - stepMs);
  }
  state[SLOT.lastMs] = timestampMs;
}

/** Nothing is open: begin, confirm or drop a first doubt. */
function doubt(state: Float64Array, timestampMs: number, value: number, score: ScoreOut, held: boolean): TrackerEvent {
  // What goes on cannot begin anything, but it bears a first doubt out.
  if (score.score <= 1 && !(score.goesOn && state[SLOT.phase] === 1)) {
    if (state[SLOT.phase] !== 1) return 'none';
    state[SLOT.calmPoints]! += 1;
    if (state[SLOT.calmPoints]! >= COMPANY_POINTS - 1) state[SLOT.phase] = 0;
    return 'none';
  }
  // The anomaly that a silence has just ended must stay readable: the next one begins with the next point.
  if (held) return 'none';
  if (state[SLOT.phase] === 0) begin(state, timestampMs);
  addPoint(state, timestampMs, value, score);
  if (state[SLOT.points]! < 2 && score.score < OPENS_ALONE_SCORE) return 'none';
  state[SLOT.phase] = 2;
  state[SLOT.initialScore] = state[SLOT.peakScore]!;
  return 'opened';
}

function begin(state: Float64Array, timestampMs: number): void {
  state[SLOT.phase] = 1;
  state[SLOT.startedAtMs] = timestampMs;
  state[SLOT.points] = 0;
  state[SLOT.peakScore] = 0;
  state[SLOT.side] = 0;
  state[SLOT.sidePoints] = 0;
}

function continueAnomaly(state: Float64Array, timestampMs: number, value: number, score: ScoreOut): TrackerEvent {
  if (timestampMs - state[SLOT.startedAtMs]! > LONGEST_MS) return close(state, timestampMs);
  if (score.score > 1 || score.goesOn) {
    addPoint(state, timestampMs, value, score);
    return 'updated';
  }
  state[SLOT.calmPoints] = score.score < NORMAL_SCORE ? state[SLOT.calmPoints]! + 1 : 0;
  if (state[SLOT.calmPoints] === 1) state[SLOT.endedAtMs] = timestampMs;
  const calmMs = timestampMs - state[SLOT.lastAnomalousMs]!;
  return state[SLOT.calmPoints]! >= CALM_POINTS && calmMs >= CALM_MS ? close(state, state[SLOT.endedAtMs]!) : 'none';
}

function addPoint(state: Float64Array, timestampMs: number, value: number, score: ScoreOut): void {
  const side = value > score.expected ? 1 : -1;
  state[SLOT.sidePoints] = side === state[SLOT.side] || state[SLOT.points] === 0 ? state[SLOT.sidePoints]! + 1 : 1;
  state[SLOT.lastAnomalousMs] = timestampMs;
  state[SLOT.points]! += 1;
  state[SLOT.calmPoints] = 0;
  state[SLOT.side] = side;
  if (score.score <= state[SLOT.peakScore]!) return;
  state[SLOT.peakScore] = score.score;
  state[SLOT.peakAtMs] = timestampMs;
  state[SLOT.actual] = value;
  state[SLOT.expected] = score.expected;
  state[SLOT.lower] = score.lower;
  state[SLOT.upper] = score.upper;
}

function close(state: Float64Array, endedAtMs: number): 'closed' {
  state[SLOT.phase] = 0;
  state[SLOT.endedAtMs] = endedAtMs;
  state[SLOT.calmPoints] = 0;
  return 'closed';
}

/**
 * Peak: whether this point has the highest score so far of what is followed, open or only doubted.
 *
 * Used by who keeps evidence of an anomaly, just after `trackAnomaly` and for the same point.
 *
 * Output:     true for the first of points with equal scores.
 * Throws:     never.
 */
export function isPeak(state: Float64Array, timestampMs: number): boolean {
  return state[SLOT.phase] !== 0 && state[SLOT.peakAtMs] === timestampMs;
}

/** The anomaly that a tracker's state tells of: the open one, or the one closed last. */
export interface TrackedAnomaly {
  readonly type: AnomalyType;
  readonly open: boolean;
  readonly startedAtMs: number;
  readonly lastAtMs: number;
  /** Time of the first normal point; null while it is open. */
  readonly endedAtMs: number | null;
  readonly points: number;
  readonly initialScore: number;
  readonly score: number;
  /** Time of the highest score, to which the values below belong. */
  readonly peakAtMs: number;
  readonly actual: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Reads the anomaly of a tracker: to be called when an event says that there is one to tell of.
 *
 * Definition: level_shift when 12 points and 2 hours lie on one side without pause and the value is not zero; else
 *             spike above, dip below what was expected at the highest score.
 * Output:     a value of its own; the state is not changed.
 * Throws:     never.
 */
export function trackedAnomaly(state: Float64Array): TrackedAnomaly {
  const open = state[SLOT.phase] === 2;
  return {
    type: anomalyType(state),
    open,
    startedAtMs: state[SLOT.startedAtMs]!,
    lastAtMs: state[SLOT.lastAnomalousMs]!,
    endedAtMs: open ? null : state[SLOT.endedAtMs]!,
    points: state[SLOT.points]!,
    initialScore: state[SLOT.initialScore]!,
    score: state[SLOT.peakScore]!,
    peakAtMs: state[SLOT.peakAtMs]!,
    actual: state[SLOT.actual]!,
    expected: state[SLOT.expected]!,
    lower: state[SLOT.lower]!,
    upper: state[SLOT.upper]!,
  };
}

function anomalyType(state: Float64Array): AnomalyType {
  const lastedMs = state[SLOT.lastAnomalousMs]! - state[SLOT.startedAtMs]!;
  const above = state[SLOT.actual]! > state[SLOT.expected]!;
  // A drop to nothing is an outage, however long it lasts.
  const outage = !above && state[SLOT.actual] === 0;
  if (state[SLOT.sidePoints]! >= SHIFT_POINTS && lastedMs >= SHIFT_MS && !outage) return 'level_shift';
  return above ? 'spike' : 'dip';
}
