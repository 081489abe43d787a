import { createForecaster, type Forecaster } from './forecaster.ts';

/** Each older season counts this much of the next newer one. */
const FADING = 0.75;

/**
 * Seasonal mean: the usual value at this phase of the season, newer seasons counting more.
 *
 * Definition: mean by phase over the last `seasons` seasons with weights 1, 0.75, 0.75², …
 * Input:      periodPoints ≥ 1; seasons ≥ 2.
 * Warm-up:    two seasons.
 * Assumes:    a level that stays where it is; strong where noise hides a steady season.
 * Fails when: there is a trend or a recent shift.
 * Cost:       O(periodPoints · seasons) to fit.
 * Throws:     never.
 *
 * @example
 * seasonalMean(24, 7).name // => 'seasonal-mean-24'
 */
export function seasonalMean(periodPoints: number, seasons: number): Forecaster {
  return createForecaster(`seasonal-mean-${periodPoints}`, 2 * periodPoints, (values) => {
    const used = Math.min(seasons, Math.floor(values.length / periodPoints));
    const means = new Float64Array(periodPoints);
    let weights = 0;
    for (let age = 0; age < used; age++) {
      const weight = FADING ** age;
      const from = values.length - (age + 1) * periodPoints;
      for (let step = 0; step < periodPoints; step++) means[step]! += weight * values[from + step]!;
      weights += weight;
    }
    const usual = means.map((sum) => sum / weights);
    return {
      predict: (horizonPoints) => Float64Array.from({ length: horizonPoints }, (_, h) => usual[h % periodPoints]!),
    };
  });
}
