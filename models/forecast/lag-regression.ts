import { huberRegression } from '../numeric/huber-regression.ts';
import { ridge } from '../numeric/ridge.ts';
import type { FittedModel } from './forecaster.ts';

/** Rows wanted for each weight before a lag takes part. */
const ROWS_PER_LAG = 8;
/** Share of the variance that ridge adds to the diagonal: only enough to tell near-twin lags apart. */
const PENALTY = 5e-5;
/** A prediction may leave the seen range by this many ranges, so that an unstable recursion cannot run away. */
const LEEWAY_RANGES = 1;
/** In standard deviations: keeps a recursion that explodes within what numbers can hold. */
const LARGEST_SCALED = 1e6;
/** Lags that every series has, whatever its length. */
const SHORTEST_LAGS = 3;

export interface LagOptions {
  /** Ascending, the first three short. */
  readonly lags: readonly number[];
  /** Wild values count less: see huberRegression. */
  readonly robust: boolean;
}

/**
 * Regression of a series on its own past: the engine of the autoregressions.
 *
 * Definition: Huber or ridge regression of the standardised value on those lags for which there is history; longer
 *             horizons by feeding predictions back.
 * Input:      values, finite, more than a few times the shortest three lags; options.
 * Output:     a fitted model; its paths stay within one range of the seen range.
 * Edge:       a constant series → that constant.
 * Cost:       O(rounds · n · lags² / 2) to fit, O(horizon · lags) to predict.
 * Throws:     never.
 *
 * @example
 * fitLags(new Float64Array(30).fill(4), { lags: [1, 2, 3], robust: false }).predict(1)[0] // => 4
 */
export function fitLags(values: Float64Array, options: LagOptions): FittedModel {
  const { centre, spread, low, high } = summary(values);
  if (spread === 0) return { predict: (horizonPoints) => new Float64Array(horizonPoints).fill(centre) };
  const scaled = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) scaled[i] = (values[i]! - centre) / spread;
  const known = options.lags.filter((lag) => scaled.length - lag >= ROWS_PER_LAG * options.lags.length);
  const lags = known.length > SHORTEST_LAGS ? known : options.lags.slice(0, SHORTEST_LAGS);
  const longest = lags.at(-1)!;
  const columns = lags.map((lag) => scaled.subarray(longest - lag, scaled.length - lag));
  const target = scaled.subarray(longest);
  const weights = options.robust
    ? huberRegression(columns, target, PENALTY)
    : ridge(columns, target, { penalty: PENALTY });
  const leeway = LEEWAY_RANGES * (high - low);
  const past = scaled.slice(scaled.length - longest);
  return {
    predict: (horizonPoints) =>
      recursion(past, lags, weights, horizonPoints).map((value) =>
        Math.min(high + leeway, Math.max(low - leeway, centre + spread * value)),
      ),
  };
}

function recursion(
  past: Float64Array,
  lags: readonly number[],
  weights: Float64Array,
  horizonPoints: number,
): Float64Array {
  const path = new Float64Array(past.length + horizonPoints);
  path.set(past);
  for (let at = past.length; at < path.length; at++) {
    let value = 0;
    for (let k = 0; k < lags.length; k++) value += weights[k]! * path[at - lags[k]!]!;
    path[at] = Math.max(-LARGEST_SCALED, Math.min(LARGEST_SCALED, value));
  }
  return path.subarray(past.length);
}

function summary(values: Float64Array): { centre: number; spread: number; low: number; high: number } {
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const centre = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return { centre, spread: low === high ? 0 : Math.sqrt(squares / values.length), low, high };
}
