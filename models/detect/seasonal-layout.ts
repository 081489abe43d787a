import type { CircularBins } from '../numeric/circular-profile.ts';

/** Words of a series' state, all zero at the beginning. Times are UTC milliseconds, scales are mean absolute values. */
export const SLOT = {
  seenPoints: 0,
  /** 1 once enough has been seen. */
  warm: 1,
  firstMs: 2,
  lastMs: 3,
  /** Learned cadence. */
  stepMs: 4,
  lastValue: 5,
  /** Slow level, and how far the series has lately been from level and season. */
  base: 6,
  local: 7,
  /** Moments that say how much of `local` carries over to the next point. */
  localCovariance: 8,
  localVariance: 9,
  /** Spread of a point around its prediction (times the spread profile), and around level and season alone. */
  scale: 10,
  longScale: 11,
  /** Level without any season, its spread, and the seasonal prediction's error measured the same way. */
  raw: 12,
  rawScale: 13,
  seasonScale: 14,
  /** Share of points that are exactly zero, share that differ from the point before, and the smallest size not zero. */
  zeroShare: 15,
  moveShare: 16,
  quantum: 17,
  /** Run of points beyond the band on one side: a level shift when it lasts. */
  runSide: 18,
  runPoints: 19,
  runStartMs: 20,
  runOffset: 21,
  runMisses: 22,
  /** Stretch of trouble on either side: a new regime when it lasts. */
  stressPoints: 23,
  stressStartMs: 24,
  /** Level left at the last shift, normal again until then. */
  otherBase: 25,
  otherUntilMs: 26,
  /** Until then a value that merely stays where the series was is normal too, whatever the season says. */
  unsureUntilMs: 27,
  /** Rarity, in nats, at which a point is anomalous at this cadence. */
  alarmNats: 28,
  /** Two tails of five words each. */
  upperTail: 29,
  lowerTail: 34,
  /** Smoothed residual, and its own two tails: for shifts too small for one point to show. */
  drift: 39,
  upperDriftTail: 40,
  lowerDriftTail: 45,
} as const;

/** Words of a tail: where it starts, moments of its excesses, their number, distance to the band. */
export const TAIL = { start: 0, mean: 1, meanSquare: 2, count: 3, width: 4 } as const;

const HEADER_WORDS = 50;

/** Bins inside the 32-bit half of the state: quarter hours of the day, hours of the week, spread by half hour of the day. */
export const DAY_BINS: CircularBins = { from: 0, count: 96 };
export const WEEK_BINS: CircularBins = { from: 96, count: 168 };
export const SPREAD_BINS: CircularBins = { from: 264, count: 48 };
const PROFILE_FLOATS = 312;

export const STATE_FLOATS = HEADER_WORDS + PROFILE_FLOATS / 2;

/**
 * Profiles of a state: a 32-bit view of the second part of its words.
 *
 * Two neighbouring 32-bit values share a word; none is ever NaN, so every word survives being copied as a number.
 *
 * Input:      a state of STATE_FLOATS words.
 * Output:     a view, not a copy.
 * Cost:       one allocation of a view.
 * Throws:     RangeError when the state is too short.
 *
 * @example
 * profilesOf(new Float64Array(STATE_FLOATS)).length // => 312
 */
export function profilesOf(state: Float64Array): Float32Array {
  return new Float32Array(state.buffer, state.byteOffset + HEADER_WORDS * 8, PROFILE_FLOATS);
}
