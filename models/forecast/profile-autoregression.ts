import { createForecaster, type Forecaster } from './forecaster.ts';
import { fitLags } from './lag-regression.ts';
import { sparseLags } from './sparse-lags.ts';

/** Each older season counts this much of the next newer one. */
const FADING = 0.8;

/**
 * Profile and autoregression: the usual season, and how long the present stray from it lasts.
 *
 * Definition: mean by phase of the long season, newer seasons counting more; ridge regression of what that leaves on
 *             its sparse lags within the short season.
 * Input:      periodPoints, the long season; shortSeason, ≥ 2, within it.
 * Warm-up:    two and a half long seasons.
 * Assumes:    equal steps.
 * Fails when: a trend is steep against the season: the usual season then lags behind.
 * Cost:       O(n · lags²) to fit, O(horizon · lags) to predict.
 * Throws:     never.
 *
 * @example
 * profileAutoregression(168, 24).name // => 'profile-autoregression-168'
 */
export function profileAutoregression(periodPoints: number, shortSeason: number): Forecaster {
  const lags = sparseLags([shortSeason]);
  const neededPoints = Math.ceil(2.5 * periodPoints);
  return createForecaster(`profile-autoregression-${periodPoints}`, neededPoints, (values) => {
    const usual = fadingProfile(values, periodPoints);
    const strays = values.map((value, i) => value - usual[i % periodPoints]!);
    const model = fitLags(strays, { lags, robust: false });
    return {
      predict: (horizonPoints) =>
        model.predict(horizonPoints).map((stray, h) => stray + usual[(values.length + h) % periodPoints]!),
    };
  });
}

/** Weighted mean of each phase; the phase of index i is i mod periodPoints. */
function fadingProfile(values: Float64Array, periodPoints: number): Float64Array {
  const sums = new Float64Array(periodPoints);
  const weights = new Float64Array(periodPoints);
  let weight = 1;
  for (let age = 0; age < values.length; age++) {
    if (age > 0 && age % periodPoints === 0) weight *= FADING;
    const at = values.length - 1 - age;
    sums[at % periodPoints]! += weight * values[at]!;
    weights[at % periodPoints]! += weight;
  }
  return sums.map((sum, phase) => sum / weights[phase]!);
}
