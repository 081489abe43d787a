import { createUtcOffset } from '../numeric/utc-offset.ts';
import { type Detector, type DetectorOptions, MISSING, SCORED, type ScoreOut, WARMING } from './detector.ts';
import { createKnownPoint } from './known-point.ts';
import { learnCadence, learnHabits } from './seasonal-habits.ts';
import { profilesOf, SLOT, STATE_FLOATS } from './seasonal-layout.ts';
import { beginTails, clamp, learnScale, learnShape, learnTails, refreshBand } from './seasonal-learn.ts';
import { createPrediction, DAY_MS, isAfterGap, type Prediction, predict } from './seasonal-predict.ts';
import {
  alarmLimit,
  attributeScore,
  BY_OTHER_LEVEL,
  BY_SEASON,
  createVerdict,
  judge,
  SCORE_COMPONENTS,
} from './seasonal-score.ts';
import { acceptLevel, DOUBT, followAnomaly, returnToOtherLevel } from './seasonal-shift.ts';

const FEWEST_POINTS = 72;
const MOST_POINTS = 1440;
/** A week and the days before the week's shape is learned. */
const UNPROVEN_MS = 9 * DAY_MS;
/** How much the first point of an anomaly teaches about the tails. */
const FIRST_SURPRISE = 0.25;
/** Beyond this the squares of values leave the range of a double. */
const LARGEST_VALUE = 1e150;

/**
 * Seasonal robust detector: level, day and week learned online, residuals judged by their own tails.
 *
 * Used by the ensemble, the default of the detect room, for level, season and band.
 *
 * Definition: docs/rooms/detect.md.
 * State:      1,648 bytes, fixed.
 * Warm-up:    one day of points, at least 72 and at most 1,440.
 * Assumes:    cadence between 15 s and 1 h, not necessarily regular; any unit, any sign.
 * Fails when: an anomaly is slower than the level follows (leave it to forecasts), lies inside the usual noise, or
 *             repeats at the same hour every day (it becomes the season).
 * Throws:     RangeError for an unknown time zone.
 *
 * @example
 * createSeasonalRobust({}).name // => 'seasonal-robust'
 */
export function createSeasonalRobust(options: DetectorOptions): Detector {
  return createSeasonalParts(options).detector;
}

/** The seasonal robust detector, and what it expects of a point, for a detector that builds upon it. */
export interface SeasonalParts {
  readonly detector: Detector;
  /** Of the point that was last asked for; the same object always. */
  readonly prediction: Prediction;
  /** Fills `prediction`, from a state with at least one point. */
  expect(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): void;
}

/**
 * The parts of the seasonal robust detector.
 *
 * Used by the ensemble. What was found out of a point to score it is not worked out again to learn it.
 *
 * Throws:     RangeError for an unknown time zone.
 *
 * @example
 * createSeasonalParts({}).detector.stateFloats // => 206
 */
export function createSeasonalParts(options: DetectorOptions): SeasonalParts {
  const utcOffset = createUtcOffset(options.timeZone ?? 'UTC');
  const prediction = createPrediction();
  const verdict = createVerdict();

  // A view costs more to make than to use: the one of the state at hand is kept between its score and its learning.
  let viewed: Float64Array | undefined;
  let view: Float32Array = new Float32Array(0);
  function profiles(state: Float64Array): Float32Array {
    if (state !== viewed) {
      view = profilesOf(state);
      viewed = state;
    }
    return view;
  }

  const known = createKnownPoint();
  /** Whether `verdict` is of the known point, too. */
  let judged = false;

  function expect(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): void {
    if (known.is(state, timestampMs, value, seasonShiftMs)) return;
    predict(state, profiles(state), utcOffset, timestampMs, value, prediction, seasonShiftMs);
    known.set(state, timestampMs, value, seasonShiftMs);
    judged = false;
  }

  function assess(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): void {
    expect(state, timestampMs, value, seasonShiftMs);
    if (judged) return;
    judge(state, timestampMs, value, prediction, verdict);
    judged = true;
  }

  /** The step has changed: that matters where there is a gap, by the step before or by this one. */
  function noteCadence(state: Float64Array, timestampMs: number): void {
    if (prediction.afterGap || isAfterGap(state, timestampMs)) known.forget();
  }

  function score(state: Float64Array, timestampMs: number, value: number, out: ScoreOut, seasonShiftMs = 0): void {
    if (!Number.isFinite(value)) {
      out.kind = MISSING;
      return;
    }
    if (state[SLOT.warm] === 0) {
      out.kind = WARMING;
      out.seenPoints = state[SLOT.seenPoints]!;
      out.neededPoints = neededPoints(state[SLOT.stepMs]!);
      return;
    }
    assess(state, timestampMs, clamp(value, LARGEST_VALUE), seasonShiftMs);
    out.kind = SCORED;
    out.score = verdict.score;
    out.goesOn = false;
    out.expected = verdict.expected;
    const lower = verdict.expected - verdict.scale * alarmLimit(state, -1);
    // A zero that is anomalous for being zero lies outside the band too.
    out.lower = value === 0 && verdict.score > 1 && lower <= 0 ? state[SLOT.quantum]! / 2 : lower;
    out.upper = verdict.expected + verdict.scale * alarmLimit(state, 1);
  }

  function learn(state: Float64Array, timestampMs: number, value: number, seasonShiftMs = 0): void {
    if (!Number.isFinite(value)) return;
    const bounded = clamp(value, LARGEST_VALUE);
    if (state[SLOT.seenPoints] === 0) {
      begin(state, timestampMs, bounded);
      return;
    }
    if (timestampMs <= state[SLOT.lastMs]!) return;
    learnCadence(state, timestampMs);
    noteCadence(state, timestampMs);
    assess(state, timestampMs, bounded, seasonShiftMs);
    const warm = state[SLOT.warm] === 1;
    if (warm && verdict.explainedBy === BY_OTHER_LEVEL) {
      returnToOtherLevel(state, timestampMs);
      known.forget();
      assess(state, timestampMs, bounded, seasonShiftMs);
    }
    const weight = warm ? followAnomaly(state, timestampMs, verdict.score > 1, prediction) : 1;
    learnShape(state, profiles(state), timestampMs, weight, prediction);
    if (!prediction.afterGap) {
      learnScale(state, profiles(state), verdict.explainedBy === BY_SEASON ? weight : DOUBT, prediction);
      learnTails(state, verdict.explainedBy === BY_SEASON ? tailWeight(state, weight) : DOUBT, prediction);
    }
    learnHabits(state, bounded, weight, prediction);
    state[SLOT.lastMs] = timestampMs;
    state[SLOT.lastValue] = bounded;
    state[SLOT.seenPoints]! += 1;
    if (!warm && state[SLOT.seenPoints]! >= neededPoints(state[SLOT.stepMs]!)) {
      state[SLOT.warm] = 1;
      refreshBand(state);
    }
    known.forget();
  }

  function attribute(state: Float64Array, timestampMs: number, value: number, shares: Float64Array): void {
    const bounded = clamp(value, LARGEST_VALUE);
    expect(state, timestampMs, bounded, 0);
    attributeScore(state, bounded, prediction, shares);
  }

  function relevel(state: Float64Array, timestampMs: number, value: number, share: number): void {
    if (state[SLOT.seenPoints] === 0 || !Number.isFinite(value)) return;
    const bounded = clamp(value, LARGEST_VALUE);
    assess(state, timestampMs, bounded, 0);
    acceptLevel(state, timestampMs, bounded, share, prediction);
    known.forget();
  }

  const detector: Detector = {
    name: 'seasonal-robust',
    version: 1,
    stateFloats: STATE_FLOATS,
    weekKnownMs: UNPROVEN_MS,
    init: () => {},
    score,
    learn,
    relevel,
    components: SCORE_COMPONENTS,
    attribute,
  };
  return { detector, prediction, expect };
}

/** One anomaly is one surprise: of a stretch of doubted points only the first teaches how wild the series is. */
function tailWeight(state: Float64Array, weight: number): number {
  if (weight === 1) return 1;
  return state[SLOT.stressPoints]! <= 1 ? FIRST_SURPRISE : 0;
}

function begin(state: Float64Array, timestampMs: number, value: number): void {
  state[SLOT.seenPoints] = 1;
  state[SLOT.firstMs] = timestampMs;
  state[SLOT.lastMs] = timestampMs;
  state[SLOT.lastValue] = value;
  state[SLOT.base] = value;
  state[SLOT.raw] = value;
  state[SLOT.zeroShare] = value === 0 ? 1 : 0;
  state[SLOT.quantum] = Math.abs(value);
  state[SLOT.unsureUntilMs] = timestampMs + UNPROVEN_MS;
  beginTails(state);
}

/** Points of one day, within bounds; the most as long as the cadence is unknown. */
function neededPoints(stepMs: number): number {
  if (stepMs === 0) return MOST_POINTS;
  return Math.max(FEWEST_POINTS, Math.min(MOST_POINTS, Math.ceil(DAY_MS / stepMs)));
}
