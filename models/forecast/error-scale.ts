import { isotonic } from '../numeric/isotonic.ts';
import { normalQuantile } from '../numeric/normal-quantile.ts';
import { quantileSorted } from '../numeric/quantile.ts';
import { type ErrorMemory, errorMemory } from './error-memory.ts';

/** Held-out errors of the combination, one row for each origin; NaN where nothing was observed. */
export interface HeldOutErrors {
  readonly rows: readonly Float64Array[];
  /** Number of values seen at each origin: tells the phase of each error. */
  readonly origins: readonly number[];
}

/** Standardised errors, and how far to trust them. */
export interface ErrorUnits {
  readonly ascending: Float64Array;
  readonly meanSize: number;
  /** How many independent errors they are worth, ≥ 2. */
  readonly independent: number;
}

/** How wrong the combination has been: a spread by horizon and phase, and the shape of the standardised errors. */
export interface ErrorScale {
  /** Typical size of the error at each backtested horizon, never falling. */
  readonly byHorizon: Float64Array;
  /** Factor for each phase of the season, around 1; a single 1 where there is too little to tell phases apart. */
  readonly byPhase: Float64Array;
  readonly units: ErrorUnits;
  /** Standardised errors at the tenth and ninetieth percentile: p10Units ≤ 0 ≤ p90Units. */
  readonly p10Units: number;
  readonly p90Units: number;
  /** Largest standardised errors seen, each way. */
  readonly lowestUnits: number;
  readonly highestUnits: number;
  readonly memory: ErrorMemory;
}

/** Horizons on either side that help to estimate the spread at one horizon, where nothing else is said. */
const NEIGHBOURS = 3;
/** Errors wanted for each phase before phases are told apart, and how many typical ones each is mixed with. */
const ERRORS_PER_PHASE = 10;
const PRIOR_ERRORS = 8;
/**
 * Error scale: turns held-out errors into honest intervals, by horizon and by phase.
 *
 * Definition: split conformal. Typical absolute error by horizon (neighbours pooled, made isotonic) times a factor by
 *             phase of the season; the standardised errors are pooled, and their quantiles (unitsAt) scale the interval.
 * Input:      errors, at least one finite; periodPoints of the season, 1 for none; neighbours, horizons on either side
 *             that help to estimate the spread at one.
 * Output:     see ErrorScale; byHorizon as long as a row.
 * Edge:       all errors zero → a scale of zero, so that the interval is a point.
 * Cost:       O(errors · neighbours + errors log errors); the input is not changed.
 * Throws:     never.
 *
 * @example
 * errorScale({ rows: [Float64Array.of(-1, 1)], origins: [5] }, 1).byHorizon[1] // => 1
 */
export function errorScale(errors: HeldOutErrors, periodPoints: number, neighbours = NEIGHBOURS): ErrorScale {
  const byHorizon = spreadByHorizon(errors.rows, neighbours);
  const byPhase = factorByPhase(errors, byHorizon, periodPoints);
  const ascending = pooled(errors.rows, (error, h, k) =>
    toUnits(error, byHorizon[h]! * byPhase[(errors.origins[k]! + h) % byPhase.length]!),
  ).sort();
  const memory = errorMemory(errors.rows.map((row) => row.map((error, h) => toUnits(error, byHorizon[h]!))));
  const units: ErrorUnits = {
    ascending,
    meanSize: ascending.reduce((sum, unit) => sum + Math.abs(unit), 0) / ascending.length,
    independent: Math.max(2, independentErrors(errors, ascending.length, memory)),
  };
  return {
    byHorizon,
    byPhase,
    units,
    p10Units: unitsAt(units, 0.1),
    p90Units: unitsAt(units, 0.9),
    lowestUnits: Math.min(0, ascending[0]!),
    highestUnits: Math.max(0, ascending.at(-1)!),
    memory,
  };
}

/**
 * How many independent errors the pool is worth: the lasting part counts once for each stretch of the past that does
 * not overlap another, the fading part as often as its correlation allows.
 */
function independentErrors(errors: HeldOutErrors, count: number, memory: ErrorMemory): number {
  const span = Math.max(...errors.origins) - Math.min(...errors.origins);
  const stretches = span / errors.rows[0]!.length + 1;
  const fading = (count * (1 - memory.autocorrelation)) / (1 + memory.autocorrelation);
  return 1 / (memory.persistence / stretches + (1 - memory.persistence) / fading);
}

/**
 * Quantile of the standardised errors: how far out, in units of the spread, a level of the interval lies.
 *
 * Definition: the mean of the quantile that was seen, type 7, and that of a Laplace distribution with the same mean
 *             absolute error, which knows of tails that were not seen yet; widened for the few independent errors that
 *             overlapping origins hold.
 * Input:      units, at least one error; probability between 0 and 1, both excluded.
 * Output:     never falling in the probability; ≤ 0 below one half, ≥ 0 from there on.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * unitsAt({ ascending: Float64Array.of(-1, 0, 1), meanSize: 0, independent: Infinity }, 0.75) // => 0.25
 */
export function unitsAt({ ascending, meanSize, independent }: ErrorUnits, probability: number): number {
  const seen = quantileSorted(ascending, probability);
  const both = (widening(independent, probability) * (seen + meanSize * laplaceQuantile(probability))) / 2;
  return probability < 0.5 ? Math.min(0, both) : Math.max(0, both);
}

/**
 * Student's correction for a spread that was estimated itself: the ratio of the quantiles of t and normal to the first
 * order, larger for rarer levels; and the error of the centre.
 */
function widening(independent: number, probability: number): number {
  const deviations = normalQuantile(probability);
  return (1 + (deviations * deviations + 1) / (4 * (independent - 1))) * Math.sqrt(1 + 1 / independent);
}

/** Quantile of a Laplace distribution around zero whose mean absolute value is one. */
function laplaceQuantile(probability: number): number {
  return probability < 0.5 ? Math.log(2 * probability) : -Math.log(2 * (1 - probability));
}

function toUnits(error: number, spread: number): number {
  return spread > 0 ? error / spread : Number.isNaN(error) ? error : 0;
}

function spreadByHorizon(rows: readonly Float64Array[], neighbours: number): Float64Array {
  const horizonPoints = rows[0]!.length;
  // One outage must not widen every interval: no single error counts more than the 95th percentile.
  const most = quantileSorted(pooled(rows, Math.abs).sort(), 0.95);
  const sums = new Float64Array(horizonPoints);
  const counts = new Float64Array(horizonPoints);
  for (const row of rows) {
    for (let h = 0; h < horizonPoints; h++) {
      if (Number.isNaN(row[h]!)) continue;
      sums[h]! += Math.min(most, Math.abs(row[h]!));
      counts[h]!++;
    }
  }
  const typical = sums.map((_, h) => {
    const count = sumAround(counts, h, neighbours);
    return count > 0 ? sumAround(sums, h, neighbours) / count : most;
  });
  return isotonic(typical);
}

/** One number for each known error of all rows, in one array. */
function pooled(
  rows: readonly Float64Array[],
  measure: (error: number, h: number, row: number) => number,
): Float64Array {
  const measured = new Float64Array(rows.length * rows[0]!.length);
  let count = 0;
  rows.forEach((row, k) => {
    for (let h = 0; h < row.length; h++) if (!Number.isNaN(row[h]!)) measured[count++] = measure(row[h]!, h, k);
  });
  return measured.subarray(0, count);
}

function sumAround(values: Float64Array, at: number, reach: number): number {
  let sum = 0;
  for (let i = Math.max(0, at - reach); i <= Math.min(values.length - 1, at + reach); i++) sum += values[i]!;
  return sum;
}

function factorByPhase(errors: HeldOutErrors, byHorizon: Float64Array, periodPoints: number): Float64Array {
  const enough = errors.rows.length * byHorizon.length >= ERRORS_PER_PHASE * periodPoints;
  if (periodPoints === 1 || !enough) return Float64Array.of(1);
  const sums = new Float64Array(periodPoints).fill(PRIOR_ERRORS);
  const counts = new Float64Array(periodPoints).fill(PRIOR_ERRORS);
  errors.rows.forEach((row, k) => {
    row.forEach((error, h) => {
      const size = Math.min(4, Math.abs(toUnits(error, byHorizon[h]!)));
      if (Number.isNaN(size)) return;
      for (const neighbour of [-1, 0, 1]) {
        const phase = (errors.origins[k]! + h + neighbour + periodPoints) % periodPoints;
        sums[phase]! += size;
        counts[phase]!++;
      }
    });
  });
  return sums.map((sum, phase) => sum / counts[phase]!);
}
