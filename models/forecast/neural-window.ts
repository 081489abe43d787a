import type { NeuralLayout } from '../domain/neural-model.ts';

/** One place of a series as the neural model sees it. */
export interface NeuralWindow {
  readonly features: Float32Array;
  /** What the model corrects, for each step ahead. */
  readonly base: Float64Array;
  /** Size of one unit of its corrections. */
  readonly unit: number;
}

/** A scaled value beyond this many spreads is told as this many: one spike must not blind the network. */
const LARGEST_FEATURE = 8;
/** The unit is at least this share of the spread: a perfect season would have none. */
const SMALLEST_UNIT = 0.05;
/** A spread below this share of the largest magnitude is rounding. */
const ROUNDING = 1e-9;

/**
 * Features of a window: its values, their changes over a season, and how the sizes of the two compare.
 *
 * All are free of the unit and of the level of the series, so that one network serves every series. The phase of the
 * season needs no feature: a window holds whole seasons and ends where the forecast begins.
 *
 * Definition: (x − mean) / spread of the window; (x − x one season before) / unit; log(unit / spread), where unit is the
 *             mean absolute seasonal change. The base is the mean of the values one season and one window before.
 * Input:      values, finite; end, index of the first value to be forecast, at least layout.windowPoints.
 * Output:     see NeuralWindow; null where the window is constant.
 * Cost:       O(window).
 * Throws:     RangeError when fewer values than a window lie before end.
 *
 * @example
 * neuralWindow(Float64Array.of(1, 3, 2, 4), 4, { seasonPoints: 2, windowPoints: 4, horizonPoints: 1 }).unit // => 1
 * neuralWindow(new Float64Array(4), 4, { seasonPoints: 2, windowPoints: 4, horizonPoints: 1 }) // => null
 */
export function neuralWindow(values: Float64Array, end: number, layout: NeuralLayout): NeuralWindow | null {
  const { seasonPoints, windowPoints, horizonPoints } = layout;
  if (end < windowPoints)
    throw new RangeError(`neural: a window needs ${windowPoints} values before its end, got ${end}`);
  const window = values.subarray(end - windowPoints, end);
  const { mean, spread } = meanAndSpread(window);
  if (spread === 0) return null;
  const unit = Math.max(seasonalChange(window, seasonPoints), SMALLEST_UNIT * spread);
  const features = new Float32Array(featureCount(layout));
  for (let i = 0; i < windowPoints; i++) features[i] = bounded((window[i]! - mean) / spread);
  for (let i = seasonPoints; i < windowPoints; i++) {
    features[windowPoints + i - seasonPoints] = bounded((window[i]! - window[i - seasonPoints]!) / unit);
  }
  features[features.length - 1] = Math.log(unit / spread);
  const base = new Float64Array(horizonPoints);
  for (let h = 0; h < horizonPoints; h++) {
    const season = window[windowPoints - seasonPoints + (h % seasonPoints)]!;
    base[h] = (season + window[h % windowPoints]!) / 2;
  }
  return { features, base, unit };
}

/**
 * Number of features of a window.
 *
 * Input:      layout.
 * Output:     number of values, of their seasonal changes, and one for the ratio of their sizes.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * featureCount({ seasonPoints: 24, windowPoints: 168, horizonPoints: 48 }) // => 313
 */
export function featureCount({ seasonPoints, windowPoints }: NeuralLayout): number {
  return windowPoints + (windowPoints - seasonPoints) + 1;
}

function meanAndSpread(window: Float64Array): { mean: number; spread: number } {
  let mean = 0;
  let largest = 0;
  for (const value of window) {
    mean += value / window.length;
    largest = Math.max(largest, Math.abs(value));
  }
  let squares = 0;
  // Divided by the largest first: squares of large magnitudes would leave the range of numbers.
  for (const value of window) squares += ((value - mean) / (largest || 1)) ** 2;
  const share = Math.sqrt(squares / window.length);
  return { mean, spread: share > ROUNDING ? share * largest : 0 };
}

function seasonalChange(window: Float64Array, seasonPoints: number): number {
  let sum = 0;
  for (let i = seasonPoints; i < window.length; i++) sum += Math.abs(window[i]! - window[i - seasonPoints]!);
  return sum / (window.length - seasonPoints);
}

function bounded(feature: number): number {
  return Math.max(-LARGEST_FEATURE, Math.min(LARGEST_FEATURE, feature));
}
