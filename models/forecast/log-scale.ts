import { createForecaster, type FittedModel, type Forecaster } from './forecaster.ts';

/** Share of the mean that is added before the logarithm, so that a value near zero is not endlessly far away. */
const OFFSET_SHARE = 0.001;
/** A path may rise above what was seen by this many ranges: what grows by factors could run away. */
const LEEWAY_RANGES = 1;

/** What becomes of values that have no logarithm, because one is negative or all are zero. */
export type WithoutLog = 'as_they_are' | 'unsuited';

/**
 * A candidate on a logarithmic scale: for what grows and swings by factors, such as traffic.
 *
 * Definition: the candidate sees log(value + offset), where the offset is a thousandth of the mean; its path is turned
 *             back by the exponential, and is the median, not the mean, of what may come.
 * Input:      forecaster, any candidate; withoutLog, whether values that have no logarithm are given to it as they are.
 * Warm-up:    that of the candidate.
 * Assumes:    values that are never negative.
 * Fails when: values near zero are noise around zero and not small numbers.
 * Cost:       that of the candidate, and O(n) logarithms.
 * Throws:     never.
 *
 * @example
 * onLogScale({ name: 'one', neededPoints: 1, fit: () => ({ kind: 'unsuited' }) }, 'unsuited').name // => 'one-log'
 */
export function onLogScale(forecaster: Forecaster, withoutLog: WithoutLog): Forecaster {
  return createForecaster(`${forecaster.name}-log`, forecaster.neededPoints, (values) => {
    const { low, high, mean } = summary(values);
    if (low < 0 || high === 0) return withoutLog === 'unsuited' ? null : fitted(forecaster, values);
    const offset = OFFSET_SHARE * mean;
    const logs = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) logs[i] = Math.log(values[i]! + offset);
    const model = fitted(forecaster, logs);
    if (model === null) return null;
    const most = high + LEEWAY_RANGES * (high - low);
    return {
      predict: (horizonPoints) =>
        model.predict(horizonPoints).map((value) => Math.min(most, Math.max(0, Math.exp(value) - offset))),
    };
  });
}

function fitted(forecaster: Forecaster, values: Float64Array): FittedModel | null {
  const fit = forecaster.fit(values);
  return fit.kind === 'fitted' ? fit.model : null;
}

function summary(values: Float64Array): { low: number; high: number; mean: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value;
  }
  return { low, high, mean: sum / values.length };
}
