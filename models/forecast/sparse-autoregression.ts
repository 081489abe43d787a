import { ridge } from '../numeric/ridge.ts';
import { createForecaster, type FittedModel, type Forecaster } from './forecaster.ts';

/** An hour ago, the same hour of yesterday and its neighbours, of the days before, and of last week. */
const LAGS = [1, 2, 3, 23, 24, 25, 48, 72, 144, 167, 168, 169] as const;
/** Rows wanted for each weight before a lag takes part. */
const ROWS_PER_LAG = 8;
/** Share of the variance that ridge adds to the diagonal: enough for near-twin lags, too little to flatten the season. */
const PENALTY = 0.002;
/** A prediction may leave the seen range by this many ranges, so that an unstable recursion cannot run away. */
const LEEWAY_RANGES = 1;

/**
 * Sparse-lag autoregression: each hour from a few telling hours before it. The strongest single model on busy hourly
 * series.
 *
 * Definition: ridge regression of the standardised value on its lags 1–3, 23–25, 48, 72, 144 and 167–169, as far as
 *             there is history; longer horizons by feeding predictions back.
 * Warm-up:    72 values.
 * Assumes:    hourly steps.
 * Fails when: a steady trend carries the series out of the range that it has seen by more than that range.
 * Cost:       O(n · lags²) to fit, O(horizon · lags) to predict.
 * Throws:     never.
 *
 * @example
 * sparseAutoregression().name // => 'sparse-autoregression'
 */
export function sparseAutoregression(): Forecaster {
  return createForecaster('sparse-autoregression', 72, (values) => {
    const { centre, spread, low, high } = summary(values);
    if (spread === 0) return { predict: (horizonPoints) => new Float64Array(horizonPoints).fill(centre) };
    const scaled = values.map((value) => (value - centre) / spread);
    const lags = LAGS.filter((lag) => scaled.length - lag >= ROWS_PER_LAG * LAGS.length);
    const used = lags.length > 0 ? lags : LAGS.slice(0, 3);
    const rowsFrom = used.at(-1)!;
    const target = scaled.subarray(rowsFrom);
    const columns = used.map((lag) => scaled.subarray(rowsFrom - lag, scaled.length - lag));
    const weights = ridge(columns, target, PENALTY);
    const leeway = LEEWAY_RANGES * (high - low);
    return recursion(scaled, {
      lags: used,
      weights,
      restore: (value) => Math.min(high + leeway, Math.max(low - leeway, centre + spread * value)),
    });
  });
}

function summary(values: Float64Array): { centre: number; spread: number; low: number; high: number } {
  let sum = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const centre = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - centre) ** 2;
  return { centre, spread: low === high ? 0 : Math.sqrt(squares / values.length), low, high };
}

interface Recursion {
  readonly lags: readonly number[];
  readonly weights: Float64Array;
  readonly restore: (scaled: number) => number;
}

function recursion(scaled: Float64Array, { lags, weights, restore }: Recursion): FittedModel {
  const longest = lags.at(-1)!;
  const past = scaled.slice(scaled.length - longest);
  return {
    predict: (horizonPoints) => {
      const path = new Float64Array(longest + horizonPoints);
      path.set(past);
      for (let at = longest; at < path.length; at++) {
        let value = 0;
        for (let k = 0; k < lags.length; k++) value += weights[k]! * path[at - lags[k]!]!;
        path[at] = Math.max(-1e6, Math.min(1e6, value));
      }
      return path.subarray(longest).map(restore);
    },
  };
}
