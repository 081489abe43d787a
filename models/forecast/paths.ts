import type { QuantilePath } from '../domain/forecast.ts';
import type { ErrorBand } from './scale-forecast.ts';

export interface PathOptions {
  readonly startMs: number;
  readonly stepMs: number;
  readonly nonNegative: boolean;
}

/**
 * Band as quantiles: what is published.
 *
 * Output:     p10 ≤ p50 ≤ p90 at each step; none below zero where nonNegative.
 * Cost:       O(steps); the band is not changed.
 * Throws:     never.
 *
 * @example
 * quantilePath({ centre: Float64Array.of(1), below: Float64Array.of(2), above: Float64Array.of(3) }, { startMs: 0, stepMs: 1, nonNegative: true }).p10 // => [0]
 */
export function quantilePath(band: Pick<ErrorBand, 'centre' | 'below' | 'above'>, options: PathOptions): QuantilePath {
  const bounded = (value: number): number => (options.nonNegative ? Math.max(0, value) : value);
  const centre = Array.from(band.centre);
  return {
    startMs: options.startMs,
    stepMs: options.stepMs,
    p10: centre.map((value, h) => bounded(value - band.below[h]!)),
    p50: centre.map(bounded),
    p90: centre.map((value, h) => bounded(value + band.above[h]!)),
  };
}
