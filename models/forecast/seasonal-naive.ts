import { createForecaster, type Forecaster } from './forecaster.ts';

/**
 * Seasonal naive: the same as one season ago. The second of the two naive forecasts that every other must beat.
 *
 * Input:      periodPoints, length of the season, ≥ 1.
 * Warm-up:    one season.
 * Assumes:    a season of exactly this length.
 * Fails when: the level moves.
 * Cost:       O(horizon).
 * Throws:     never.
 *
 * @example
 * seasonalNaive(24).name // => 'seasonal-naive-24'
 */
export function seasonalNaive(periodPoints: number): Forecaster {
  return createForecaster(`seasonal-naive-${periodPoints}`, periodPoints, (values) => {
    const season = values.slice(values.length - periodPoints);
    return {
      predict: (horizonPoints) => Float64Array.from({ length: horizonPoints }, (_, h) => season[h % periodPoints]!),
    };
  });
}
