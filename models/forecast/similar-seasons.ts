import { createForecaster, type Forecaster } from './forecaster.ts';

/** How sharply the more alike seasons are preferred, as candidates are by their errors. */
const POWER = 4;
/** Distances below this share of the largest are equal: a perfect twin must not divide by nothing. */
const SMALLEST_SHARE = 1e-6;
/** Older seasons are not looked at. */
const MOST_SEASONS = 60;
/** Half-life, in seasons, of the points that say how far the series stands from an earlier season. */
const OFFSET_HALF_LIFE = 1 / 80;
/** Points older than this many half-lives have no say. */
const HALF_LIVES = 3;
/** What lies whole long seasons back, such as the same weekday, counts this many times. */
const LONG_SEASON_WEIGHT = 4;

export interface SimilarSeasonsOptions {
  readonly name: string;
  /** Seasons in points, ascending, at least one; those compared are whole shortest ones. */
  readonly seasons: readonly number[];
  /** Half-life, in seasons, of the points by which seasons are compared: short asks how it is now, long how the last season went. */
  readonly likenessHalfLife: number;
  /** Share of the present offset that is left after one season: 1 = it stays. */
  readonly offsetLeft: number;
}

/**
 * Similar seasons: what came after those earlier seasons that looked like the present one at this phase.
 *
 * A series that is in one of several states, such as a weekday or a holiday, or busy or degraded, goes on as it did
 * when it was in that state before, however long ago that is.
 *
 * Definition: Σ weight · (what came then + offset · offsetLeft^(h / season)) over the whole seasons back, at most 60;
 *             weight ∝ 1 / distance⁴, four times that for whole long seasons back, where the distance is the mean
 *             absolute difference between the newest points and those so far back, newer points counting more; the
 *             offset is their mean difference over the newest few. Where what came then is not over yet, its season is
 *             repeated.
 * Input:      options; seasons ≥ 2 points, half-life > 0, offsetLeft 0..1.
 * Warm-up:    one season, the compared points, and one point more.
 * Assumes:    equal steps.
 * Fails when: a steady trend leaves every earlier season far behind, or each season is new.
 * Cost:       O(seasons · (compared points + horizon)).
 * Throws:     never.
 *
 * @example
 * similarSeasons({ name: 'similar', seasons: [24], likenessHalfLife: 0.5, offsetLeft: 1 }).neededPoints // => 61
 */
export function similarSeasons(options: SimilarSeasonsOptions): Forecaster {
  const { seasons, offsetLeft } = options;
  const periodPoints = seasons[0]!;
  const longPoints = seasons.at(-1)!;
  const likeness = fadingWeights(Math.max(1, periodPoints * options.likenessHalfLife));
  const newest = fadingWeights(Math.max(1, periodPoints * OFFSET_HALF_LIFE));
  const compared = Math.max(likeness.length, newest.length);
  return createForecaster(options.name, periodPoints + compared + 1, (values) => {
    const count = Math.min(MOST_SEASONS, Math.floor((values.length - compared) / periodPoints));
    const lags = Array.from({ length: count }, (_, k) => (k + 1) * periodPoints);
    const weights = preferred(
      lags.map((lag) => meanDifference(values, lag, likeness, Math.abs)),
      lags.map((lag) => (longPoints > periodPoints && lag % longPoints === 0 ? LONG_SEASON_WEIGHT : 1)),
    );
    const offset = lags.reduce((sum, lag, k) => sum + weights[k]! * meanDifference(values, lag, newest, identity), 0);
    return {
      predict: (horizonPoints) =>
        Float64Array.from({ length: horizonPoints }, (_, h) => {
          let value = offset * offsetLeft ** ((h + 1) / periodPoints);
          for (let k = 0; k < count; k++) {
            const step = h < lags[k]! ? h : h % periodPoints;
            value += weights[k]! * values[values.length - lags[k]! + step]!;
          }
          return value;
        }),
    };
  });
}

/** Weights of the newest point, the one before, …: halved after each half-life, sum 1. */
function fadingWeights(halfLife: number): Float64Array {
  const weights = Float64Array.from({ length: Math.ceil(HALF_LIVES * halfLife) }, (_, age) => 0.5 ** (age / halfLife));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function meanDifference(
  values: Float64Array,
  lag: number,
  weights: Float64Array,
  measure: (difference: number) => number,
): number {
  let sum = 0;
  for (let age = 0; age < weights.length; age++) {
    const at = values.length - 1 - age;
    sum += weights[age]! * measure(values[at]! - values[at - lag]!);
  }
  return sum;
}

function identity(difference: number): number {
  return difference;
}

/** Weights of the seasons, sum 1; where all are twins of the present one, only their standing counts. */
function preferred(distances: readonly number[], standing: readonly number[]): number[] {
  const largest = Math.max(...distances);
  const earned = distances.map(
    (distance, k) => standing[k]! * (largest > 0 ? (distance / largest + SMALLEST_SHARE) ** -POWER : 1),
  );
  const sum = earned.reduce((total, weight) => total + weight, 0);
  return earned.map((weight) => weight / sum);
}
