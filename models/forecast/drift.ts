import { theilSenSlope } from '../numeric/theil-sen.ts';
import { createForecaster, type Forecaster } from './forecaster.ts';

/**
 * Drift: from where it stands now, on at the usual pace. For what wanders but leans one way.
 *
 * Definition: last value + Theil–Sen slope of the newest points for each step.
 * Input:      points, how many of the newest values give the pace, ≥ 3.
 * Warm-up:    three values.
 * Assumes:    no season; the last value is no outlier.
 * Cost:       O(points²) to fit.
 * Throws:     never.
 *
 * @example
 * drift(28).name // => 'drift'
 */
export function drift(points: number): Forecaster {
  return createForecaster('drift', 3, (values) => {
    const slope = theilSenSlope(values.subarray(Math.max(0, values.length - points)));
    const last = values.at(-1)!;
    return {
      predict: (horizonPoints) => Float64Array.from({ length: horizonPoints }, (_, h) => last + slope * (h + 1)),
    };
  });
}
