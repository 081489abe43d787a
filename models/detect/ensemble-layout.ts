import { HOUR_RANGE_FLOATS } from './hour-range.ts';
import { SPANS_FLOATS } from './known-spans.ts';
import { BODY_FLOATS } from './residual-body.ts';
import { STATE_FLOATS as SEASONAL_FLOATS } from './seasonal-layout.ts';
import { TAIL_FLOATS } from './surprise-tail.ts';

/** What the evidence consists of, in the order of its tails and of the shares that an anomaly is explained with. */
export const ENSEMBLE_COMPONENTS = [
  'new_value',
  'new_offset',
  'new_slow_offset',
  'beyond_range',
  'new_at_hour',
  'quiet',
  'season',
] as const;
/** Those that are sizes, each with a tail of its own; the season brings its rarity along. */
export const SIZES = ENSEMBLE_COMPONENTS.length - 1;

/** So much evidence in all is an alarm. */
export const ALARM_NATS_NEEDED = 7.5;

/** Words behind those of the seasonal detector, whose state begins the ensemble's; all zero at the beginning. */
export const MORE = {
  /** Subtracted from values before they are stored in 32 bits: the first of them. */
  origin: SEASONAL_FLOATS,
  seenPoints: SEASONAL_FLOATS + 1,
  /** Smoothed distances from level and season, fast and slow. */
  offset: SEASONAL_FLOATS + 2,
  slowOffset: SEASONAL_FLOATS + 3,
  /** Smoothed size of a step from one value to the next. */
  step: SEASONAL_FLOATS + 4,
  /** The last alarm: when it was, how many points had been seen, how grave it was, what was expected and the distance to it. */
  alarmMs: SEASONAL_FLOATS + 5,
  alarmPoint: SEASONAL_FLOATS + 6,
  alarmGravity: SEASONAL_FLOATS + 7,
  alarmExpected: SEASONAL_FLOATS + 8,
  alarmResidual: SEASONAL_FLOATS + 9,
  /** How many alarms there were in a row on one side; below zero on the lower side. */
  alarmsInRow: SEASONAL_FLOATS + 10,
  /** Body of the residuals. */
  body: SEASONAL_FLOATS + 11,
  /** Lower edge of the first bin of each tail. */
  units: SEASONAL_FLOATS + 11 + BODY_FLOATS,
} as const;

const MORE_WORDS = 11 + BODY_FLOATS + SIZES;

/** Places in the 32-bit half behind them. */
export const KNOWN_VALUES = 0;
export const KNOWN_OFFSETS = KNOWN_VALUES + SPANS_FLOATS;
export const KNOWN_SLOW_OFFSETS = KNOWN_OFFSETS + SPANS_FLOATS;
export const HOUR_RANGE = KNOWN_SLOW_OFFSETS + SPANS_FLOATS;
export const TAILS = HOUR_RANGE + HOUR_RANGE_FLOATS;
const SKETCH_FLOATS = TAILS + SIZES * TAIL_FLOATS;

export const ENSEMBLE_FLOATS = SEASONAL_FLOATS + MORE_WORDS + Math.ceil(SKETCH_FLOATS / 2);

/**
 * Sketches of a state: a 32-bit view of the last part of its words.
 *
 * Input:      a state of ENSEMBLE_FLOATS words.
 * Output:     a view, not a copy; none of its values is ever NaN, so every word survives being copied as a number.
 * Cost:       one allocation of a view.
 * Throws:     RangeError when the state is too short.
 *
 * @example
 * sketchesOf(new Float64Array(ENSEMBLE_FLOATS)).length // => 441
 */
export function sketchesOf(state: Float64Array): Float32Array {
  return new Float32Array(state.buffer, state.byteOffset + (SEASONAL_FLOATS + MORE_WORDS) * 8, SKETCH_FLOATS);
}
