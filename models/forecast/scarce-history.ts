import { unitsAt } from './error-scale.ts';

/** The future of a series of which next to nothing is known. */
export interface ScarceForecast {
  readonly centre: Float64Array;
  readonly quantile: (probability: number) => Float64Array;
}

/** A series that was seen not to change may still change by this share of its value at each step. */
const LEAST_CHANGE_SHARE = 0.1;
/** Fewest independent errors that a widening is defined for. */
const FEWEST_ERRORS = 2;

/**
 * Forecast from one to a handful of values: the last one, in a range that widens as that of a random walk.
 *
 * Used where history is too short for a backtest: an honest wide range instead of no answer.
 *
 * Definition: quantile(p) = last value + √h · mean absolute change (at least a tenth of the last value) · quantile of
 *             unit errors, widened for so few of them (unitsAt of error-scale.ts).
 * Input:      values, finite, at least one; horizonPoints ≥ 1.
 * Output:     horizonPoints values; quantiles never fall in the probability.
 * Edge:       only zeros → zero, with a range of no width.
 * Cost:       O(n + horizon).
 * Throws:     never.
 *
 * @example
 * [...scarceForecast(Float64Array.of(2, 4), 2).centre] // => [4, 4]
 */
export function scarceForecast(values: Float64Array, horizonPoints: number): ScarceForecast {
  const last = values.at(-1)!;
  const changes = values.length - 1;
  let sum = 0;
  for (let i = 1; i < values.length; i++) sum += Math.abs(values[i]! - values[i - 1]!);
  const unit = Math.max(changes > 0 ? sum / changes : 0, LEAST_CHANGE_SHARE * Math.abs(last));
  const units = { ascending: Float64Array.of(-1, 0, 1), meanSize: 1, independent: Math.max(FEWEST_ERRORS, changes) };
  return {
    centre: new Float64Array(horizonPoints).fill(last),
    quantile: (probability) =>
      Float64Array.from(
        { length: horizonPoints },
        (_, h) => last + Math.sqrt(h + 1) * unit * unitsAt(units, probability),
      ),
  };
}
