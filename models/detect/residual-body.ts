/** Words: the residuals beyond which a tenth and three hundredths of them lie, above and below; what was learned of. */
const WORD = { upperTenth: 0, upperTail: 1, lowerTenth: 2, lowerTail: 3, points: 4, sinceFar: 5 } as const;

/** Length of the state in words. */
export const BODY_FLOATS = 6;

const TENTH = 0.1;
const TAIL_SHARE = 0.03;
/** Both in a normal distribution, in mean absolute residuals. */
const FIRST_TENTH = 1.6;
const FIRST_TAIL = 2.3;
const SMALLEST_TENTH = 0.1;
const SMALLEST_TAIL = 0.2;
/** Quantiles move by this share of themselves: from the first to the last, halfway there after so many points. */
const FIRST_GAIN = 0.03;
const LAST_GAIN = 0.005;
const HALFWAY_POINTS = 300;
/** Far is so many times the tail's beginning; after a far point so many points teach nothing: they belong to it. */
const FAR_TAILS = 2.5;
const WAKE_POINTS = 15;
/** Logarithm of the ratio of both shares: a slope is measured per nat. */
const NATS_BETWEEN = Math.log(TENTH / TAIL_SHARE);
const TAIL_NATS = -Math.log(TAIL_SHARE);
/** The smallest beginning of a tail that is believed. */
const LEAST_TAIL = 1.8;
/** What is too rare for the points of some weeks to tell of is not asked for. */
const FEWEST_NATS = 5.7;
/** How fast noise reaches outwards, in logarithms of size per nat: flattest and steepest, and where it begins to grow. */
const FLATTEST = 0.155;
const STEEPEST = 0.6;
const KNEE = 0.36;
const STEEPER = 1.5;
/** Slopes from which noise has heavy tails, and of noise of which nothing lighter is left. */
const HEAVY_FROM = 0.42;
const HEAVY_TO = 0.5;

/** Begins a body: as normal noise has it. */
export function beginBody(state: Float64Array, at: number): void {
  state[at + WORD.upperTenth] = FIRST_TENTH;
  state[at + WORD.upperTail] = FIRST_TAIL;
  state[at + WORD.lowerTenth] = FIRST_TENTH;
  state[at + WORD.lowerTail] = FIRST_TAIL;
  state[at + WORD.points] = 0;
  state[at + WORD.sinceFar] = WAKE_POINTS;
}

/**
 * Learns the body of the residuals: where the outermost tenth and the outermost three hundredths of each side begin.
 *
 * Used by the ensemble detector for every point that it learns.
 *
 * Definition: stochastic approximation of both quantiles. The fifteen points after a far one teach nothing: an anomaly of
 *             many points is one surprise and not many, so that even a series with a hundred anomalies a month keeps the
 *             body of its noise.
 * Input:      BODY_FLOATS words from `at` on, begun; a normalised residual, finite.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function learnBody(state: Float64Array, at: number, normalised: number): void {
  const size = Math.abs(normalised);
  const far = size > FAR_TAILS * state[at + (normalised > 0 ? WORD.upperTail : WORD.lowerTail)]!;
  if (state[at + WORD.sinceFar]! >= WAKE_POINTS) {
    const points = state[at + WORD.points]! + 1;
    const gain = Math.max(LAST_GAIN, (FIRST_GAIN * HALFWAY_POINTS) / (points + HALFWAY_POINTS));
    state[at + WORD.points] = points;
    learnSide(state, at + WORD.upperTenth, normalised, gain);
    learnSide(state, at + WORD.lowerTenth, -normalised, gain);
  }
  state[at + WORD.sinceFar] = far ? 0 : state[at + WORD.sinceFar]! + 1;
}

function learnSide(state: Float64Array, tenthAt: number, size: number, gain: number): void {
  const tenth = state[tenthAt]!;
  const tail = state[tenthAt + 1]!;
  state[tenthAt] = Math.max(SMALLEST_TENTH, tenth * (1 + gain * ((size > tenth ? 1 : 0) - TENTH)));
  state[tenthAt + 1] = Math.max(SMALLEST_TAIL, tail * (1 + gain * ((size > tail ? 1 : 0) - TAIL_SHARE)));
}

/**
 * Residual that the noise of a series would reach about once in so rare a time, told from its body alone.
 *
 * Used by the ensemble detector. The far tail of a series that has anomalies is made of them, and a limit drawn from it
 * would call the next one usual; the body of its noise is not.
 *
 * Definition: beginning of the outermost three hundredths × exp(h × nats beyond it); h is the slope of the body, from its
 *             outermost tenth to there, mapped to how fast noise of such a body goes on: 0.155 for a body like that of
 *             normal noise, 0.34 for Student's with three degrees of freedom, at most 0.6.
 * Input:      state as learnBody; the side, above or below; nats ≥ 0, the rarity of a point that alarms.
 * Output:     > 0, in mean absolute residuals.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * bodyLimit(Float64Array.of(1.6, 2.3, 1.6, 2.3, 0, 15), 0, 1, 11) > 7 // => true
 */
export function bodyLimit(state: Float64Array, at: number, side: 1 | -1, nats: number): number {
  const tenthAt = at + (side > 0 ? WORD.upperTenth : WORD.lowerTenth);
  const reach = Math.min(STEEPEST, Math.max(FLATTEST, FLATTEST + STEEPER * (slopeOf(state, tenthAt) - KNEE)));
  return Math.max(LEAST_TAIL, state[tenthAt + 1]!) * Math.exp(reach * Math.max(FEWEST_NATS, nats - TAIL_NATS));
}

/**
 * How heavy the tails of a noise are, told from its body: the heavier side.
 *
 * Output:     0 for a body like that of normal noise, 1 for one like Student's with three degrees of freedom and beyond.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * bodyHeaviness(Float64Array.of(1.6, 2.3, 1.6, 2.3, 0, 15), 0) // => 0
 * bodyHeaviness(Float64Array.of(1.6, 2.3, 1.6, 3.2, 0, 15), 0) // => 1
 */
export function bodyHeaviness(state: Float64Array, at: number): number {
  const slope = Math.max(slopeOf(state, at + WORD.upperTenth), slopeOf(state, at + WORD.lowerTenth));
  return Math.min(1, Math.max(0, (slope - HEAVY_FROM) / (HEAVY_TO - HEAVY_FROM)));
}

function slopeOf(state: Float64Array, tenthAt: number): number {
  return Math.log(Math.max(1.05, state[tenthAt + 1]! / state[tenthAt]!)) / NATS_BETWEEN;
}
