import { createScoreOut, type Detector, type DetectorOptions, MISSING, SCORED, type ScoreOut } from './detector.ts';
import { createEvidence, learnEvidence, measureEvidence, weighEvidence } from './ensemble-evidence.ts';
import { ENSEMBLE_COMPONENTS, ENSEMBLE_FLOATS, HOUR_RANGE, KNOWN_VALUES, MORE, sketchesOf } from './ensemble-layout.ts';
import { createEnsembleVerdict, PROVEN_MS, reachVerdict, rememberAlarm } from './ensemble-verdict.ts';
import { beginHourRange } from './hour-range.ts';
import { createKnownPoint } from './known-point.ts';
import { makeKnown } from './known-spans.ts';
import { beginBody, learnBody } from './residual-body.ts';
import { SLOT } from './seasonal-layout.ts';
import { clamp } from './seasonal-learn.ts';
import { createSeasonalParts } from './seasonal-robust.ts';

/** Beyond this the squares of values leave the range of a double. */
const LARGEST_VALUE = 1e150;
const SEASON = ENSEMBLE_COMPONENTS.indexOf('season');

/**
 * Ensemble detector: how new a point is in seven respects, and how far from its season; one alarm for one trouble.
 *
 * Used by the detect room as the default for every series.
 *
 * Definition: docs/rooms/detect.md; evidence by `weighEvidence`, verdict by `reachVerdict`. Level, season and band are
 *             those of the seasonal robust detector, whose state begins this one's.
 * State:      3,600 bytes, fixed.
 * Warm-up:    as the seasonal robust detector: one day of points, at least 72 and at most 1,440. For three weeks only what
 *             is new alarms.
 * Assumes:    as the seasonal robust detector.
 * Fails when: what is wrong lies within what was seen before and within the usual noise of the hour; or repeats within half
 *             a day of an alarm and fades into the season.
 * Throws:     RangeError for an unknown time zone.
 *
 * @example
 * createEnsemble({}).name // => 'ensemble'
 */
export function createEnsemble(options: DetectorOptions): Detector {
  const { detector: seasonal, prediction, expect } = createSeasonalParts(options);
  const evidence = createEvidence();
  const verdict = createEnsembleVerdict();
  const clues = { evidenceNats: 0, seasonScore: 0, seasonExpected: 0 };
  const bySeason = createScoreOut();

  // Views cost more to make than to use: those of the state at hand are kept between its score and its learning.
  let viewed: Float64Array | undefined;
  let sketches: Float32Array = new Float32Array(0);
  function view(state: Float64Array): void {
    if (state === viewed) return;
    sketches = sketchesOf(state);
    viewed = state;
  }

  const known = createKnownPoint();

  /** Everything that this point shows, to score and to learn. */
  function assess(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): void {
    if (known.is(state, timestampMs, value, seasonShiftMs)) return;
    known.set(state, timestampMs, value, seasonShiftMs);
    view(state);
    seasonal.score(state, timestampMs, value, bySeason, seasonShiftMs);
    expect(state, timestampMs, value, seasonShiftMs);
    if (bySeason.kind !== SCORED) {
      measureEvidence(state, sketches, value, prediction, evidence);
      return;
    }
    weighEvidence(state, sketches, value, prediction, bySeason.score * state[SLOT.alarmNats]!, evidence);
    clues.evidenceNats = evidence.total;
    clues.seasonScore = bySeason.score;
    clues.seasonExpected = bySeason.expected;
    reachVerdict(state, timestampMs, value, prediction, clues, verdict);
  }

  function score(state: Float64Array, timestampMs: number, value: number, out: ScoreOut, seasonShiftMs = 0): void {
    out.goesOn = false;
    if (!Number.isFinite(value)) {
      out.kind = MISSING;
      return;
    }
    if (state[SLOT.warm] === 0) {
      seasonal.score(state, timestampMs, value, out, seasonShiftMs);
      return;
    }
    assess(state, timestampMs, clamp(value, LARGEST_VALUE), seasonShiftMs);
    out.kind = SCORED;
    out.score = verdict.score;
    out.goesOn = verdict.goesOn;
    out.lower = bySeason.lower;
    out.expected = bySeason.expected;
    out.upper = bySeason.upper;
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
      if (state[SLOT.warm] === 1) {
        rememberAlarm(state, timestampMs, prediction, verdict);
        if (!prediction.afterGap) learnBody(state, MORE.body, prediction.residual / prediction.scale);
      }
      learnEvidence(state, sketches, prediction, evidence);
    }
    known.forget();
    seasonal.learn(state, timestampMs, value, seasonShiftMs);
  }

  function begin(state: Float64Array, value: number): void {
    view(state);
    state[MORE.origin] = value;
    state[MORE.seenPoints] = 1;
    makeKnown(sketches, KNOWN_VALUES, 0);
  }

  /** What is known of values and hours moves along with the level. */
  function relevel(state: Float64Array, timestampMs: number, value: number, share: number): void {
    if (state[SLOT.seenPoints] === 0 || !Number.isFinite(value)) return;
    const level = state[SLOT.base]!;
    known.forget();
    seasonal.relevel?.(state, timestampMs, value, share);
    state[MORE.origin]! += state[SLOT.base]! - level;
    state[MORE.offset] = 0;
    state[MORE.slowOffset] = 0;
    state[MORE.alarmGravity] = 0;
    state[MORE.alarmsInRow] = 0;
  }

  /** Where the season by itself says more than what is new, it has the whole share. */
  function attribute(state: Float64Array, timestampMs: number, value: number, shares: Float64Array): void {
    assess(state, timestampMs, clamp(value, LARGEST_VALUE), 0);
    const bySeasonAlone = verdict.residual > verdict.novelty || evidence.total === 0;
    evidence.nats.forEach((nats, i) => {
      shares[i] = bySeasonAlone ? 0 : nats / evidence.total;
    });
    if (bySeasonAlone) shares[SEASON] = 1;
  }

  return {
    name: 'ensemble',
    version: 2,
    stateFloats: ENSEMBLE_FLOATS,
    weekKnownMs: PROVEN_MS,
    init: (state) => {
      beginHourRange(sketchesOf(state), HOUR_RANGE);
      beginBody(state, MORE.body);
    },
    score,
    learn,
    relevel,
    components: ENSEMBLE_COMPONENTS,
    attribute,
  };
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
