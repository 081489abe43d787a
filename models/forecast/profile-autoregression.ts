import { createForecaster, type Forecaster } from './forecaster.ts';
import { fitLags } from './lag-regression.ts';
import { seasonalProfile } from './seasonal-profile.ts';
import { sparseLags } from './sparse-lags.ts';

/** Each older season counts this much of the next newer one. */
const FADING = 0.8;

/**
 * Profile and autoregression: the usual season, and where the rest of the series goes from where it is.
 *
 * Definition: mean by phase of the long season of how far a value lies from the moving mean of one long season, newer
 *             seasons counting more; ridge regression of what that leaves on its sparse lags within the short season.
 * Input:      periodPoints, the long season; shortSeason, ≥ 2, within it.
 * Warm-up:    two and a half long seasons.
 * Assumes:    equal steps.
 * Fails when: the season changes its size with the level; see log-scale.ts.
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
    const rest = values.map((value, i) => value - usual[i % periodPoints]!);
    const model = fitLags(rest, { lags, robust: false });
    return {
      predict: (horizonPoints) =>
        model.predict(horizonPoints).map((value, h) => value + usual[(values.length + h) % periodPoints]!),
    };
  });
}

/**
 * Median profiles and autoregression: as above, with the typical season instead of the mean one, so that a wild day
 * leaves no trace in the shape.
 *
 * Definition: profiles of all seasons, one after the other (seasonal-profile.ts); ridge regression of what they leave
 *             on its sparse lags within the short season.
 * Input:      seasons in points, ascending, at least one.
 * Warm-up:    two and a half of the longest season.
 * Assumes:    equal steps, additive seasons.
 * Fails when: the season changes: six of them are looked at.
 * Cost:       O(n · lags²) to fit, O(horizon · lags) to predict.
 * Throws:     RangeError where no season is given.
 *
 * @example
 * medianAutoregression([24, 168]).name // => 'median-autoregression-168'
 */
export function medianAutoregression(seasons: readonly number[]): Forecaster {
  const [short] = seasons;
  const long = seasons.at(-1);
  if (short === undefined || long === undefined) throw new RangeError('median-autoregression: no season is given');
  const lags = sparseLags([short]);
  return createForecaster(`median-autoregression-${long}`, Math.ceil(2.5 * long), (values) => {
    const rest = Float64Array.from(values);
    const profiles = seasons.map((periodPoints) => {
      const profile = seasonalProfile(rest, periodPoints, 0);
      for (let i = 0; i < rest.length; i++) rest[i]! -= profile[i % periodPoints]!;
      return profile;
    });
    const model = fitLags(rest, { lags, robust: false });
    return {
      predict: (horizonPoints) =>
        model
          .predict(horizonPoints)
          .map((value, h) =>
            profiles.reduce((sum, profile) => sum + profile[(values.length + h) % profile.length]!, value),
          ),
    };
  });
}

/** Weighted mean distance of each phase from the level around it; the phase of index i is i mod periodPoints. */
function fadingProfile(values: Float64Array, periodPoints: number): Float64Array {
  const levels = movingMeans(values, periodPoints);
  const sums = new Float64Array(periodPoints);
  const weights = new Float64Array(periodPoints);
  let weight = 1;
  for (let age = 0; age < values.length; age++) {
    if (age > 0 && age % periodPoints === 0) weight *= FADING;
    const at = values.length - 1 - age;
    sums[at % periodPoints]! += weight * (values[at]! - levels[at]!);
    weights[at % periodPoints]! += weight;
  }
  return sums.map((sum, phase) => sum / weights[phase]!);
}

/** Mean of the window of one season around each value; at both ends that of the outermost window. */
function movingMeans(values: Float64Array, windowPoints: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    sums[i + 1] = sums[i]! + value;
  });
  const half = Math.floor(windowPoints / 2);
  return values.map((_, i) => {
    const from = Math.max(0, Math.min(values.length - windowPoints, i - half));
    return (sums[from + windowPoints]! - sums[from]!) / windowPoints;
  });
}
