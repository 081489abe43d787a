import { createForecaster, type Forecaster } from './forecaster.ts';
import { adjustSeasons } from './seasonal-adjustment.ts';

/** How the trend of the smoothed series goes on. */
export type HoltTrend = 'none' | 'linear' | 'damped';

/** Values older than this hardly move a level that is smoothed. */
const SMOOTHED_POINTS = 300;
const LEVEL_WEIGHTS: readonly number[] = [0.05, 0.3, 0.6, 0.9];
/** Share of the level's weight with which the trend follows. */
const TREND_WEIGHTS: readonly number[] = [0.02, 0.2];
/** Share of the trend that is left after each step. */
const DAMPING: readonly number[] = [0.85, 0.95];
/** First steps of the search around the best of these, halved after each round. */
const LEVEL_STEP = 0.15;
const TREND_STEP = 0.1;
const ROUNDS = 4;

interface Weights {
  readonly level: number;
  readonly trend: number;
  readonly damping: number;
}

interface Smoothed {
  readonly weights: Weights;
  readonly level: number;
  readonly trend: number;
  readonly squares: number;
}

const NAMES: Readonly<Record<HoltTrend, string>> = {
  none: 'exponential-smoothing',
  linear: 'holt',
  damped: 'holt-damped',
};

/**
 * Exponential smoothing with fitted weights: a level, and with it a trend that goes on or fades (Holt; Gardner and
 * McKenzie), on the series without its seasons.
 *
 * Definition: smoothing weights by search for the least squared one-step error over the last 300 values, the first
 *             level and trend solved for each of them by least squares. Seasons are taken off before and put back on
 *             after (seasonal-adjustment.ts).
 * Input:      trend; seasons in points, ascending, each ≥ 2.
 * Warm-up:    four values.
 * Assumes:    additive seasons.
 * Fails when: a spike is the newest value and the series otherwise calls for quick smoothing.
 * Cost:       some thirty passes over min(n, 300) values.
 * Throws:     never.
 * Source:     Gardner and McKenzie, "Forecasting trends in time series" (1985).
 *
 * @example
 * holt('damped', []).name // => 'holt-damped'
 */
export function holt(trend: HoltTrend, seasons: readonly number[]): Forecaster {
  return createForecaster(NAMES[trend], 4, (values) => {
    const { rest, seasonAt } = adjustSeasons(values, seasons);
    const best = bestSmoothing(rest.subarray(Math.max(0, rest.length - SMOOTHED_POINTS)), trend);
    return {
      predict: (horizonPoints) => {
        let step = best.trend;
        let value = best.level;
        return Float64Array.from({ length: horizonPoints }, (_, h) => {
          step *= best.weights.damping;
          value += step;
          return value + seasonAt(h);
        });
      },
    };
  });
}

function bestSmoothing(values: Float64Array, trend: HoltTrend): Smoothed {
  let best: Smoothed | undefined;
  const attempt = (weights: Weights): void => {
    const { level, trend: trendWeight, damping } = weights;
    if (!(level > 0 && level < 1 && trendWeight >= 0 && trendWeight < 1 && damping <= 1)) return;
    const smoothed = smooth(values, weights, trend !== 'none');
    if (best === undefined || smoothed.squares < best.squares) best = smoothed;
  };
  for (const level of LEVEL_WEIGHTS) {
    for (const trendWeight of trend === 'none' ? [0] : TREND_WEIGHTS) {
      for (const damping of trend === 'damped' ? DAMPING : [1]) attempt({ level, trend: trendWeight, damping });
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const levelStep = LEVEL_STEP / 2 ** round;
    const trendStep = TREND_STEP / 2 ** round;
    for (const sign of [-1, 1]) {
      const { weights } = best!;
      attempt({ ...weights, level: weights.level + sign * levelStep });
      if (trend !== 'none') attempt({ ...weights, trend: weights.trend + sign * trendStep });
    }
  }
  return best!;
}

/**
 * One pass. The one-step errors are linear in the first level and trend, so that these are solved for afterwards: the
 * errors of a start at zero, and how they answer to one unit of level and of trend, are followed side by side.
 */
function smooth(values: Float64Array, weights: Weights, hasTrend: boolean): Smoothed {
  const { damping } = weights;
  const levelGain = weights.level;
  const trendGain = weights.level * weights.trend;
  let level = values[0]!;
  let trend = 0;
  let levelOfLevel = 1;
  let trendOfLevel = 0;
  let levelOfTrend = 0;
  let trendOfTrend = hasTrend ? 1 : 0;
  let [ee, el, et, ll, lt, tt] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const expected = level + damping * trend;
    const expectedOfLevel = levelOfLevel + damping * trendOfLevel;
    const expectedOfTrend = levelOfTrend + damping * trendOfTrend;
    const error = values[i]! - expected;
    ee += error * error;
    el += error * expectedOfLevel;
    et += error * expectedOfTrend;
    ll += expectedOfLevel * expectedOfLevel;
    lt += expectedOfLevel * expectedOfTrend;
    tt += expectedOfTrend * expectedOfTrend;
    level = expected + levelGain * error;
    trend = damping * trend + trendGain * error;
    levelOfLevel = (1 - levelGain) * expectedOfLevel;
    trendOfLevel = damping * trendOfLevel - trendGain * expectedOfLevel;
    levelOfTrend = (1 - levelGain) * expectedOfTrend;
    trendOfTrend = damping * trendOfTrend - trendGain * expectedOfTrend;
  }
  const { first, second } = solvePair({ ll, lt, tt: hasTrend ? tt : 0, el, et });
  return {
    weights,
    level: level + first * levelOfLevel + second * levelOfTrend,
    trend: trend + first * trendOfLevel + second * trendOfTrend,
    squares: ee - first * el - second * et,
  };
}

interface NormalEquations {
  readonly ll: number;
  readonly lt: number;
  readonly tt: number;
  readonly el: number;
  readonly et: number;
}

/** Least squares of two columns; of the first alone where the second is empty or its twin. */
function solvePair({ ll, lt, tt, el, et }: NormalEquations): { first: number; second: number } {
  const determinant = ll * tt - lt * lt;
  if (!(determinant > 1e-9 * ll * tt)) return { first: el / ll, second: 0 };
  return { first: (el * tt - et * lt) / determinant, second: (et * ll - el * lt) / determinant };
}
