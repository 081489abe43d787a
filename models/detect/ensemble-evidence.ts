import {
  ENSEMBLE_COMPONENTS,
  HOUR_RANGE,
  KNOWN_OFFSETS,
  KNOWN_SLOW_OFFSETS,
  KNOWN_VALUES,
  MORE,
  SIZES,
  TAILS,
} from './ensemble-layout.ts';
import { distanceFromHour, widenHour } from './hour-range.ts';
import { distanceBeyondKnown, distanceFromKnown, makeKnown } from './known-spans.ts';
import { SLOT } from './seasonal-layout.ts';
import { type Prediction, WEEK_MS } from './seasonal-predict.ts';
import { countSize, rarityNats, TAIL_FLOATS } from './surprise-tail.ts';

/** Points over which offsets and steps are smoothed. */
const FAST_POINTS = 3;
const SLOW_POINTS = 24;
const QUIET_POINTS = 72;
/** The seasonal prediction means nothing before so many points. */
const FEWEST_POINTS = 10;
/** A component as rare as this says nothing: one point in e is. */
const NO_SURPRISE_NATS = 1;
/**
 * Two components look at the value itself, as it is and for its time of day: they share one vote. The season's own
 * verdict is already in the offsets, and wild on a young series: it tips the balance and no more.
 */
const WEIGHTS = [0.5, 1, 1, 1, 0.5, 1, 0.15];
/** Before the first weekend its season is unknown: what is measured from season or hour has half its vote. */
const WEIGHTS_ON_UNKNOWN_DAY = [0.5, 0.5, 0.5, 1, 0.25, 1, 0.15];
/** The day of the week, Monday being 0. */
const SATURDAY = 5;
/** What is stored in 32 bits stays well inside their range. */
const LARGEST_STORED = 1e38;
/** The steadiest series has steps of this share of its values. */
const SMALLEST_STEP = 1e-9;

/** What one point shows, each by its size and its evidence in nats: one object, reused for every point. */
export interface Evidence {
  readonly sizes: Float64Array;
  readonly nats: Float64Array;
  /** Sum of the evidence. */
  total: number;
  /** What the state is to remember of the point. */
  value: number;
  offset: number;
  slowOffset: number;
  step: number;
}

export function createEvidence(): Evidence {
  return {
    sizes: new Float64Array(SIZES),
    nats: new Float64Array(ENSEMBLE_COMPONENTS.length),
    total: 0,
    value: 0,
    offset: 0,
    slowOffset: 0,
    step: 0,
  };
}

/**
 * Evidence that a point is anomalous: how rare each of seven things about it is, and their sum.
 *
 * Used by the ensemble detector, to score and again to learn.
 *
 * Definition: sizes are the distances of the value, of its smoothed and of its slowly smoothed offset from level and
 *             season, from all that was seen of them before; how far the value lies beyond the whole range; its distance
 *             from all that was seen at this time of day; and 1 / the smoothed step, which is large when a series falls
 *             still. Each becomes its rarity among all sizes of its kind; the seventh is the rarity that the seasonal
 *             detector gives the point. Of each, one nat means nothing; the rest counts by its weight.
 * Input:      a state with at least one point, its sketches, a bounded value, the seasonal prediction for it, and its
 *             rarity by the season in nats.
 * Output:     none: `out` is filled.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function weighEvidence(
  state: Float64Array,
  sketches: Float32Array,
  value: number,
  p: Prediction,
  seasonNats: number,
  out: Evidence,
): void {
  measureEvidence(state, sketches, value, p, out);
  const weights = isUnknownDay(state, p) ? WEIGHTS_ON_UNKNOWN_DAY : WEIGHTS;
  out.total = 0;
  for (let i = 0; i <= SIZES; i++) {
    const nats =
      i === SIZES ? seasonNats : rarityNats(sketches, TAILS + i * TAIL_FLOATS, state[MORE.units + i]!, out.sizes[i]!);
    out.nats[i] = weights[i]! * Math.max(0, nats - NO_SURPRISE_NATS);
    out.total += out.nats[i]!;
  }
}

/** In its first week a series knows nothing of a Saturday from the days before. */
function isUnknownDay(state: Float64Array, p: Prediction): boolean {
  return state[SLOT.lastMs]! - state[SLOT.firstMs]! < WEEK_MS && Math.floor(7 * p.weekPhase) === SATURDAY;
}

/**
 * What of the evidence is learned, without how rare it is: all that is asked for while a series warms up.
 *
 * Input:      as weighEvidence.
 * Output:     none: the sizes of `out`, and what the state is to remember of the point, are filled.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function measureEvidence(
  state: Float64Array,
  sketches: Float32Array,
  value: number,
  p: Prediction,
  out: Evidence,
): void {
  const seen = state[MORE.seenPoints]!;
  const stored = stay(value - state[MORE.origin]!);
  out.value = stored;
  out.step = smooth(state[MORE.step]!, Math.abs(value - state[SLOT.lastValue]!), seen, QUIET_POINTS);
  const { sizes } = out;
  sizes[0] = distanceFromKnown(sketches, KNOWN_VALUES, stored);
  sizes[3] = distanceBeyondKnown(sketches, KNOWN_VALUES, stored);
  sizes[5] = 1 / (out.step + SMALLEST_STEP * (Math.abs(value) + SMALLEST_STEP));
  if (seen > FEWEST_POINTS) {
    const offsets = seen - FEWEST_POINTS;
    out.offset = smooth(state[MORE.offset]!, stay(p.offset), offsets, FAST_POINTS);
    out.slowOffset = smooth(state[MORE.slowOffset]!, stay(p.offset), offsets, SLOW_POINTS);
    sizes[1] = distanceFromKnown(sketches, KNOWN_OFFSETS, out.offset);
    sizes[2] = distanceFromKnown(sketches, KNOWN_SLOW_OFFSETS, out.slowOffset);
    sizes[4] = distanceFromHour(sketches, HOUR_RANGE, p.dayPhase, stored);
  } else {
    sizes[1] = sizes[2] = sizes[4] = 0;
  }
}

/** Takes a point into everything that later points are compared with. */
export function learnEvidence(state: Float64Array, sketches: Float32Array, p: Prediction, seen: Evidence): void {
  for (let i = 0; i < SIZES; i++) {
    const unit = MORE.units + i;
    state[unit] = countSize(sketches, TAILS + i * TAIL_FLOATS, state[unit]!, seen.sizes[i]!);
  }
  makeKnown(sketches, KNOWN_VALUES, seen.value);
  state[MORE.step] = seen.step;
  if (state[MORE.seenPoints]! > FEWEST_POINTS) {
    makeKnown(sketches, KNOWN_OFFSETS, seen.offset);
    makeKnown(sketches, KNOWN_SLOW_OFFSETS, seen.slowOffset);
    widenHour(sketches, HOUR_RANGE, p.dayPhase, seen.value);
    state[MORE.offset] = seen.offset;
    state[MORE.slowOffset] = seen.slowOffset;
  }
  state[MORE.seenPoints]! += 1;
}

/** Moving average over so many points, plain while there are fewer. */
function smooth(last: number, now: number, points: number, memory: number): number {
  return last + (now - last) / Math.min(points, memory);
}

function stay(value: number): number {
  return value > LARGEST_STORED ? LARGEST_STORED : value < -LARGEST_STORED ? -LARGEST_STORED : value;
}
