import { createForecaster, type Forecaster } from './forecaster.ts';

/**
 * Last value: tomorrow is like now. The first of the two naive forecasts that every other must beat.
 *
 * Warm-up:    one value.
 * Assumes:    nothing.
 * Fails when: there is a season or a trend.
 * Cost:       O(horizon).
 * Throws:     never.
 *
 * @example
 * lastValue().name // => 'last-value'
 */
export function lastValue(): Forecaster {
  return createForecaster('last-value', 1, (values) => ({
    predict: (horizonPoints) => new Float64Array(horizonPoints).fill(values.at(-1)!),
  }));
}
