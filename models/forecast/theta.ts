import { createForecaster, type Forecaster } from './forecaster.ts';
import { adjustSeasons } from './seasonal-adjustment.ts';

/** Smoothing weights that are tried: finer where small ones differ much. */
const SMOOTHING: readonly number[] = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99];
/** Halvings of the distance to the neighbours around the best of them. */
const REFINEMENTS = 4;
/** Half of the slope of the line is carried on: the theta method with theta = 2. */
const SLOPE_SHARE = 0.5;

interface Smoothed {
  readonly weight: number;
  readonly level: number;
  readonly squares: number;
}

/**
 * Theta: simple exponential smoothing with half of the overall slope, on the series without its seasons.
 *
 * Definition: the line with doubled curvature, 2 · value − least-squares line, is smoothed exponentially (weight with
 *             the least squared one-step error); the path is the mean of that level and of the line. Seasons are taken
 *             off before and put back on after (seasonal-adjustment.ts).
 * Input:      seasons in points, ascending, each ≥ 2.
 * Warm-up:    three values.
 * Assumes:    additive seasons; growth slower than what was seen.
 * Fails when: the slope has turned: the line is drawn through all of history.
 * Cost:       O(n · (smoothing weights + seasons)).
 * Throws:     never.
 * Source:     Assimakopoulos and Nikolopoulos, "The theta model" (2000); Hyndman and Billah, "Unmasking the Theta
 *             method" (2003).
 *
 * @example
 * theta([12]).name // => 'theta'
 */
export function theta(seasons: readonly number[]): Forecaster {
  return createForecaster('theta', 3, (values) => {
    const { rest, seasonAt } = adjustSeasons(values, seasons);
    const { centre, slope } = leastSquaresLine(rest);
    const middle = (rest.length - 1) / 2;
    const lineAt = (i: number): number => centre + slope * (i - middle);
    const curved = rest.map((value, i) => 2 * value - lineAt(i));
    const { level } = bestSmoothing(curved);
    return {
      predict: (horizonPoints) =>
        Float64Array.from({ length: horizonPoints }, (_, h) => {
          const line = lineAt(rest.length + h);
          return SLOPE_SHARE * line + (1 - SLOPE_SHARE) * level + seasonAt(h);
        }),
    };
  });
}

function leastSquaresLine(values: Float64Array): { centre: number; slope: number } {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = (values.length - 1) / 2;
  let products = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    products += (i - middle) * (values[i]! - centre);
    squares += (i - middle) ** 2;
  }
  return { centre, slope: products / squares };
}

function bestSmoothing(values: Float64Array): Smoothed {
  let best: Smoothed = { weight: 0, level: values.at(-1)!, squares: Number.POSITIVE_INFINITY };
  const attempt = (weight: number): void => {
    if (!(weight > 0 && weight < 1)) return;
    const smoothed = smooth(values, weight);
    if (smoothed.squares < best.squares) best = smoothed;
  };
  SMOOTHING.forEach(attempt);
  const at = SMOOTHING.indexOf(best.weight);
  let step = ((SMOOTHING[at + 1] ?? 1) - (SMOOTHING[at - 1] ?? 0)) / 4;
  for (let round = 0; round < REFINEMENTS; round++) {
    const { weight } = best;
    attempt(weight - step);
    attempt(weight + step);
    step /= 2;
  }
  return best;
}

function smooth(values: Float64Array, weight: number): Smoothed {
  let level = values[0]!;
  let squares = 0;
  for (let i = 1; i < values.length; i++) {
    const error = values[i]! - level;
    squares += error * error;
    level += weight * error;
  }
  return { weight, level, squares };
}
