import { createForecaster, type Forecaster } from './forecaster.ts';
import { fitLags } from './lag-regression.ts';
import { sparseLags } from './sparse-lags.ts';

/** A season wants this many points around it before its lags say anything. */
const SEASONS_SEEN = 3;
const FEWEST_POINTS = 12;

/**
 * Sparse-lag autoregression: each value from a few telling values before it. The strongest single model on busy
 * seasonal series.
 *
 * Definition: Huber regression of the value on its sparse lags (sparse-lags.ts), as far as there is history.
 * Input:      seasons in points, ascending.
 * Warm-up:    three of the shortest season, at least 12 values.
 * Assumes:    equal steps.
 * Fails when: a steady trend carries the series out of the range that it has seen by more than that range.
 * Cost:       O(n · lags²) to fit, O(horizon · lags) to predict.
 * Throws:     never.
 *
 * @example
 * sparseAutoregression([24, 168]).name // => 'sparse-autoregression'
 */
export function sparseAutoregression(seasons: readonly number[]): Forecaster {
  const lags = sparseLags(seasons);
  return createForecaster('sparse-autoregression', neededPoints(seasons), (values) =>
    fitLags(values, { lags, robust: true }),
  );
}

/**
 * Autoregression of differences: how much a value differs from the one a season (or a step) before, from earlier
 * differences. For what wanders between its seasons.
 *
 * Definition: ridge regression of value − value[lag steps before] on sparse lags of the same differences; the path adds
 *             the predicted differences back on.
 * Input:      lag ≥ 1, the difference that is taken; seasons in points, ascending.
 * Warm-up:    three of the shortest season, at least 12 values, after the first difference.
 * Assumes:    equal steps.
 * Fails when: the season changes its size: it is carried on as it last was.
 * Cost:       O(n · lags²) to fit, O(horizon · lags) to predict.
 * Throws:     never.
 *
 * @example
 * differencedAutoregression(24, [24]).name // => 'differenced-autoregression-24'
 */
export function differencedAutoregression(lag: number, seasons: readonly number[]): Forecaster {
  const lags = sparseLags(seasons);
  return createForecaster(`differenced-autoregression-${lag}`, neededPoints(seasons) + lag, (values) => {
    const differences = values.slice(lag);
    for (let i = 0; i < differences.length; i++) differences[i]! -= values[i]!;
    const model = fitLags(differences, { lags, robust: false });
    const bounds = rangeWithLeeway(values);
    return {
      predict: (horizonPoints) => {
        const path = new Float64Array(lag + horizonPoints);
        path.set(values.subarray(values.length - lag));
        model.predict(horizonPoints).forEach((difference, h) => {
          path[lag + h] = Math.min(bounds.most, Math.max(bounds.least, path[h]! + difference));
        });
        return path.subarray(lag);
      },
    };
  });
}

function neededPoints(seasons: readonly number[]): number {
  return Math.max(FEWEST_POINTS, SEASONS_SEEN * (seasons[0] ?? 1));
}

/** One range beyond what was seen, each way: sums of differences could wander off. */
function rangeWithLeeway(values: Float64Array): { least: number; most: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { least: low - (high - low), most: high + (high - low) };
}
