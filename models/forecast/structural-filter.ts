/** One way in which a series of days may move; variances are shares of the one unknown variance of all its errors. */
export interface StructuralModel {
  /** How the slope goes on: none; each day the share `kept` of the day before, changed by an error of this variance. */
  readonly slope: { readonly kept: number; readonly variance: number } | null;
  /** What strays from the line keeps this share of itself from day to day: 0 forgets, 1 is a random walk. */
  readonly memory: number;
  /** Variance of the straying, and of what is different each day. */
  readonly strayVariance: number;
  readonly dayVariance: number;
}

/** Knowledge of level, slope and straying after some days, and how far off each day was. */
export interface Filter {
  readonly model: StructuralModel;
  /** What is expected of the next day. */
  readonly state: State;
  /** Covariances of the state in shares of the unknown variance. */
  readonly covariance: Covariance;
  /** Logarithm of the likelihood, the slope's prior as wide as UNKNOWN. */
  readonly logLikelihood: number;
  /** Estimate of the unknown deviation, and how many errors it rests on. */
  readonly deviation: number;
  readonly freedom: number;
  /** Errors of the days one day ahead, in deviations; those that only told where the series begins are left out. */
  readonly surprises: Float64Array;
}

export interface State {
  level: number;
  slope: number;
  stray: number;
}

export interface Covariance {
  level: number;
  levelSlope: number;
  levelStray: number;
  slope: number;
  slopeStray: number;
  stray: number;
}

/** Variance of level and slope before the first day, in shares of the unknown variance: nothing is known. */
export const UNKNOWN = 1e7;
/** Surprises are smaller than this share of the values only by rounding. */
const ROUNDING = 1e-9;

/**
 * Structural filter: what one model knows after a series of days, and how likely it makes them.
 *
 * Used to choose between ways in which a series may go on, and to let it go on.
 *
 * Definition: Kalman filter of value = level + stray + day's own, level += slope · kept, slope ·= kept, stray ·= memory,
 *             each with its error; the common variance integrated out by Jeffreys' prior, level without prior, the
 *             slope with the prior that is worth one day of data.
 * Input:      days, oldest first, NaN = missing; model.
 * Output:     see Filter; the state is that after the last day, before the next.
 * Edge:       fewer than three values → likelihood −∞.
 * Cost:       O(days).
 * Throws:     never.
 * Source:     Durbin and Koopman, "Time series analysis by state space methods" (2012), chapters 4 and 5.
 */
export function filterDays(days: Float64Array, model: StructuralModel): Filter {
  const state: State = { level: days.find((day) => !Number.isNaN(day)) ?? 0, slope: 0, stray: 0 };
  const covariance = beginning(model);
  const unknowns = model.slope === null ? 1 : 2;
  const surprises: number[] = [];
  let seen = 0;
  let squares = 0;
  let logVariances = 0;
  for (const day of days) {
    if (!Number.isNaN(day)) {
      const error = day - state.level - state.stray;
      const gain = observe(covariance, model);
      correct(state, gain, error);
      if (seen >= 1) logVariances += Math.log(gain.variance);
      if (seen >= unknowns) {
        surprises.push(error / Math.sqrt(gain.variance));
        squares += (error * error) / gain.variance;
      }
      seen++;
    }
    advance(state, covariance, model);
  }
  const size = days.reduce((most, day) => Math.max(most, Number.isNaN(day) ? 0 : Math.abs(day)), 0);
  squares = Math.max(squares, seen * (ROUNDING * size) ** 2);
  const freedom = Math.max(0, seen - unknowns);
  const isTold = freedom > 0 && squares > 0;
  const deviation = Math.sqrt(squares / Math.max(1, freedom));
  return {
    model,
    state,
    covariance,
    deviation,
    freedom,
    surprises: Float64Array.from(surprises, (units) => units / deviation),
    logLikelihood: isTold ? -0.5 * (logVariances + (seen - 1) * Math.log(squares)) : Number.NEGATIVE_INFINITY,
  };
}

/** Weights of a day's error in the new state, and the variance of that error. */
export interface Gain {
  readonly variance: number;
  readonly level: number;
  readonly slope: number;
  readonly stray: number;
}

/**
 * Takes a day in: what its error tells of level, slope and stray.
 *
 * Output:     see Gain; the covariance is changed to what is left unknown.
 * Cost:       O(1).
 * Throws:     never.
 */
export function observe(p: Covariance, { dayVariance }: StructuralModel): Gain {
  const level = p.level + p.levelStray;
  const slope = p.levelSlope + p.slopeStray;
  const stray = p.levelStray + p.stray;
  const variance = level + stray + dayVariance;
  p.level -= (level * level) / variance;
  p.levelSlope -= (level * slope) / variance;
  p.levelStray -= (level * stray) / variance;
  p.slope -= (slope * slope) / variance;
  p.slopeStray -= (slope * stray) / variance;
  p.stray -= (stray * stray) / variance;
  return { variance, level: level / variance, slope: slope / variance, stray: stray / variance };
}

/**
 * State after an error was seen.
 *
 * Cost:       O(1); the state is changed.
 * Throws:     never.
 */
export function correct(state: State, gain: Gain, error: number): void {
  state.level += gain.level * error;
  state.slope += gain.slope * error;
  state.stray += gain.stray * error;
}

/**
 * State a day later.
 *
 * Cost:       O(1); state and covariance are changed.
 * Throws:     never.
 */
export function advance(state: State, p: Covariance, { slope, memory, strayVariance }: StructuralModel): void {
  const kept = slope?.kept ?? 0;
  const bend = slope?.variance ?? 0;
  state.slope *= kept;
  state.level += state.slope;
  state.stray *= memory;
  const level = p.level + 2 * kept * p.levelSlope + kept * kept * p.slope;
  p.levelSlope = kept * (p.levelSlope + kept * p.slope);
  p.levelStray = memory * (p.levelStray + kept * p.slopeStray);
  p.slopeStray *= kept * memory;
  p.slope = kept * kept * p.slope + bend;
  p.level = level + bend;
  p.levelSlope += bend;
  p.stray = memory * memory * p.stray + strayVariance;
}

/** Nothing is known of level and slope; the stray is as wide as it ever is, or, where it has no bounds, none yet. */
function beginning({ slope, memory, strayVariance }: StructuralModel): Covariance {
  return {
    level: UNKNOWN,
    levelSlope: 0,
    levelStray: 0,
    slope: slope === null ? 0 : UNKNOWN,
    slopeStray: 0,
    stray: memory < 1 ? strayVariance / (1 - memory * memory) : 0,
  };
}
