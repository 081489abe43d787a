import { createForecaster, type Forecaster } from './forecaster.ts';
import { seasonalProfile } from './seasonal-profile.ts';

/** Level and trend smoothing that are tried, and how much of the trend is left after each step. */
const LEVEL_SMOOTHING = [0.05, 0.2, 0.5, 0.9] as const;
const TREND_SMOOTHING = [0, 0.05, 0.2] as const;
/** Smoothing older than this leaves no trace worth its cost. */
const SMOOTHED_POINTS = 500;

interface Smoothed {
  readonly level: number;
  readonly trend: number;
  readonly squaredError: number;
}

/**
 * Damped trend: exponential smoothing whose trend fades, on the series without its seasons.
 *
 * Definition: Holt's level and trend with damping; of twelve pairs of smoothing weights the one with the least squared
 *             one-step error. Seasons are taken off before and put back on after, as in `robustTrend`.
 * Input:      seasons from short to long; damping of the trend at each step, 0..1.
 * Warm-up:    four values; a season takes part once it was seen twice.
 * Assumes:    additive seasons.
 * Fails when: a spike is the newest value and the series otherwise calls for quick smoothing.
 * Cost:       O(12 · min(n, 500)) to fit.
 * Throws:     never.
 * Source:     Gardner and McKenzie, "Forecasting trends in time series" (1985).
 *
 * @example
 * dampedTrend([24], 0.98).name // => 'damped-trend'
 */
export function dampedTrend(seasons: readonly number[], damping: number): Forecaster {
  return createForecaster('damped-trend', 4, (values) => {
    const rest = Float64Array.from(values);
    const profiles = seasons.map((periodPoints) => {
      const profile = seasonalProfile(rest, periodPoints, 0);
      for (let i = 0; i < rest.length; i++) rest[i]! -= profile[i % periodPoints]!;
      return profile;
    });
    const best = bestSmoothing(rest.subarray(Math.max(0, rest.length - SMOOTHED_POINTS)), damping);
    return {
      predict: (horizonPoints) => {
        let trendSum = 0;
        return Float64Array.from({ length: horizonPoints }, (_, h) => {
          trendSum += best.trend * damping ** (h + 1);
          let value = best.level + trendSum;
          for (const profile of profiles) value += profile[(values.length + h) % profile.length]!;
          return value;
        });
      },
    };
  });
}

function bestSmoothing(values: Float64Array, damping: number): Smoothed {
  let best: Smoothed = { level: values.at(-1)!, trend: 0, squaredError: Number.POSITIVE_INFINITY };
  for (const levelWeight of LEVEL_SMOOTHING) {
    for (const trendWeight of TREND_SMOOTHING) {
      const smoothed = smooth(values, { levelWeight, trendWeight, damping });
      if (smoothed.squaredError < best.squaredError) best = smoothed;
    }
  }
  return best;
}

function smooth(
  values: Float64Array,
  weights: { readonly levelWeight: number; readonly trendWeight: number; readonly damping: number },
): Smoothed {
  const { levelWeight, trendWeight, damping } = weights;
  let level = values[0]!;
  let trend = 0;
  let squaredError = 0;
  for (let i = 1; i < values.length; i++) {
    const expected = level + damping * trend;
    const error = values[i]! - expected;
    squaredError += error * error;
    level = expected + levelWeight * error;
    trend = damping * trend + levelWeight * trendWeight * error;
  }
  return { level, trend, squaredError };
}
