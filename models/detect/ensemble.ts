import { createUtcOffset } from '../numeric/utc-offset.ts';
import { createScoreOut, type Detector, type DetectorOptions, SCORED, type ScoreOut } from './detector.ts';
import { createEvidence, learnEvidence, weighEvidence } from './ensemble-evidence.ts';
import { ENSEMBLE_COMPONENTS, ENSEMBLE_FLOATS, HOUR_RANGE, KNOWN_VALUES, MORE, sketchesOf } from './ensemble-layout.ts';
import { beginHourRange } from './hour-range.ts';
import { makeKnown } from './known-spans.ts';
import { profilesOf, SLOT } from './seasonal-layout.ts';
import { clamp } from './seasonal-learn.ts';
import { createPrediction, predict } from './seasonal-predict.ts';
import { createSeasonalRobust } from './seasonal-robust.ts';

/** So much evidence in all is an alarm. */
const ALARM_NATS = 7.5;
/** After an alarm the next waits for half a day, and for this share of all points seen: one trouble, one alarm. */
const PAUSE_MS = 43_200_000;
const PAUSE_SHARE = 0.03;
/** Unless it is so many times as grave. */
const GRAVER = 2;
/** Beyond this the squares of values leave the range of a double. */
const LARGEST_VALUE = 1e150;
const LARGEST_SCORE = 100;

/**
 * Ensemble detector: sums up how rare seven things about a point are, and raises one alarm for one trouble.
 *
 * For series whose anomalies are new kinds of behaviour rather than outliers of the hour.
 *
 * Definition: docs/rooms/detect.md. Score = evidence of `weighEvidence` / 7.5 nats. For half a day after an alarm, and for
 *             3 % of all points seen, it stays at most 1 unless it is twice that of the alarm. Level and season are those
 *             of the seasonal robust detector, whose state begins this one's.
 * State:      3,528 bytes, fixed.
 * Warm-up:    as the seasonal robust detector: one day of points, at least 72 and at most 1,440.
 * Assumes:    as the seasonal robust detector.
 * Fails when: what is wrong has been seen before: an outlier like an earlier one is no news. Of a long trouble it tells
 *             the beginning only.
 * Throws:     RangeError for an unknown time zone.
 *
 * @example
 * createEnsemble({}).name // => 'ensemble'
 */
export function createEnsemble(options: DetectorOptions): Detector {
  const seasonal = createSeasonalRobust(options);
  const utcOffset = createUtcOffset(options.timeZone ?? 'UTC');
  const prediction = createPrediction();
  const evidence = createEvidence();
  const bySeason = createScoreOut();

  // Views cost more to make than to use: those of the state at hand are kept between its score and its learning.
  let viewed: Float64Array | undefined;
  let profiles: Float32Array = new Float32Array(0);
  let sketches: Float32Array = new Float32Array(0);
  function view(state: Float64Array): void {
    if (state === viewed) return;
    profiles = profilesOf(state);
    sketches = sketchesOf(state);
    viewed = state;
  }

  function assess(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): void {
    view(state);
    seasonal.score(state, timestampMs, value, bySeason, seasonShiftMs);
    const seasonNats = bySeason.kind === SCORED ? bySeason.score * state[SLOT.alarmNats]! : 0;
    predict(state, profiles, utcOffset, timestampMs, value, prediction, seasonShiftMs);
    weighEvidence(state, sketches, value, prediction, seasonNats, evidence);
  }

  /** Score of what was assessed. */
  function scoreNow(state: Float64Array, timestampMs: number): number {
    const score = Math.min(LARGEST_SCORE, evidence.total / ALARM_NATS);
    return score > 1 && pauses(state, timestampMs, score) ? 1 : score;
  }

  function score(state: Float64Array, timestampMs: number, value: number, out: ScoreOut, seasonShiftMs = 0): void {
    seasonal.score(state, timestampMs, value, out, seasonShiftMs);
    if (out.kind !== SCORED) return;
    assess(state, timestampMs, clamp(value, LARGEST_VALUE), seasonShiftMs);
    out.score = scoreNow(state, timestampMs);
    if (out.score > 1) leaveOutside(out, value);
  }

  function learn(state: Float64Array, timestampMs: number, value: number, seasonShiftMs = 0): void {
    if (!Number.isFinite(value)) return;
    const bounded = clamp(value, LARGEST_VALUE);
    if (state[SLOT.seenPoints] === 0) {
      begin(state, bounded);
    } else {
      if (timestampMs <= state[SLOT.lastMs]!) return;
      assess(state, timestampMs, bounded, seasonShiftMs);
      if (state[SLOT.warm] === 1) rememberAlarm(state, timestampMs, scoreNow(state, timestampMs));
      learnEvidence(state, sketches, prediction, evidence);
    }
    seasonal.learn(state, timestampMs, value, seasonShiftMs);
  }

  function begin(state: Float64Array, value: number): void {
    view(state);
    state[MORE.origin] = value;
    state[MORE.seenPoints] = 1;
    makeKnown(sketches, KNOWN_VALUES, 0);
  }

  function relevel(state: Float64Array, timestampMs: number, value: number, share: number): void {
    if (state[SLOT.seenPoints] === 0 || !Number.isFinite(value)) return;
    seasonal.relevel?.(state, timestampMs, value, share);
    state[MORE.offset] = 0;
    state[MORE.slowOffset] = 0;
  }

  function attribute(state: Float64Array, timestampMs: number, value: number, shares: Float64Array): void {
    assess(state, timestampMs, clamp(value, LARGEST_VALUE), 0);
    evidence.nats.forEach((nats, i) => {
      shares[i] = evidence.total > 0 ? nats / evidence.total : 0;
    });
  }

  return {
    name: 'ensemble',
    version: 1,
    stateFloats: ENSEMBLE_FLOATS,
    init: (state) => beginHourRange(sketchesOf(state), HOUR_RANGE),
    score,
    learn,
    relevel,
    components: ENSEMBLE_COMPONENTS,
    attribute,
  };
}

/** Whether an alarm was raised so lately that this one belongs to it. */
function pauses(state: Float64Array, timestampMs: number, score: number): boolean {
  if (state[MORE.alarmScore] === 0 || score > GRAVER * state[MORE.alarmScore]!) return false;
  const seen = state[MORE.seenPoints]!;
  return timestampMs - state[MORE.alarmMs]! < PAUSE_MS || seen - state[MORE.alarmPoint]! < PAUSE_SHARE * seen;
}

function rememberAlarm(state: Float64Array, timestampMs: number, score: number): void {
  if (score <= 1) return;
  state[MORE.alarmMs] = timestampMs;
  state[MORE.alarmPoint] = state[MORE.seenPoints]!;
  state[MORE.alarmScore] = score;
}

/**
 * Draws the band in to where it leaves an anomalous value outside: what is new may well lie where the noise would reach.
 * A value that is exactly as expected is nothing to raise an alarm with.
 */
function leaveOutside(out: ScoreOut, value: number): void {
  if (value < out.lower || value > out.upper) return;
  const half = out.expected + (value - out.expected) / 2;
  const edge = half === value ? out.expected : half;
  if (value > out.expected) out.upper = edge;
  else if (value < out.expected) out.lower = edge;
  else out.score = 1;
}
