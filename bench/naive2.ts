import type { IntervalForecast } from './forecast-scores.ts';

/** The share of normal errors that lies below this many standard deviations is 95 %. */
const NORMAL_95 = 1.645;

/**
 * Naive2, the reference of the M4 competition: the last value, with the season taken off before and put back on after
 * where an autocorrelation test finds one.
 *
 * Definition: seasonal where there are three seasons and |acf(m)| > 1.645 · √((1 + 2 Σ acf(k)², k < m) / n); indices
 *             from classical multiplicative decomposition (ratio to the centred moving average, mean 1). Beyond the
 *             competition, whose values are all positive and complete: a missing value is the last one before it, and
 *             where a value is not positive the indices are differences.
 * Source:     Makridakis, Spiliotis, Assimakopoulos: "The M4 Competition" (2020).
 */
export function naive2(train: Float64Array, seasonPoints: number, horizonPoints: number): Float64Array {
  const values = filled(train);
  const last = values.at(-1) ?? 0;
  if (!isSeasonal(values, seasonPoints)) return new Float64Array(horizonPoints).fill(last);
  const scale: Scale = values.every((value) => value > 0) ? FACTORS : DIFFERENCES;
  const indices = seasonalIndices(values, seasonPoints, scale);
  const level = scale.without(last, indices[(values.length - 1) % seasonPoints]!);
  return Float64Array.from({ length: horizonPoints }, (_, h) =>
    scale.with(level, indices[(values.length + h) % seasonPoints]!),
  );
}

/** Half of the width in which 95 % of normal errors lie, in standard deviations. */
const NORMAL_95_BOTH = 1.96;

/** The last value, in the interval of a random walk with normal steps; zeros where there is no value at all. */
export function naiveInterval(train: Float64Array, horizonPoints: number): IntervalForecast {
  const values = filled(train);
  const last = values.at(-1) ?? 0;
  let squares = 0;
  for (let i = 1; i < values.length; i++) squares += (values[i]! - values[i - 1]!) ** 2;
  const half = values.length > 1 ? NORMAL_95_BOTH * Math.sqrt(squares / (values.length - 1)) : 0;
  const path = (side: number): Float64Array =>
    Float64Array.from({ length: horizonPoints }, (_, h) => last + side * half * Math.sqrt(h + 1));
  return { centre: path(0), lower: path(-1), upper: path(1) };
}

/** How a season is taken off a value and put back on. */
interface Scale {
  readonly without: (value: number, season: number) => number;
  readonly with: (value: number, season: number) => number;
}

const FACTORS: Scale = { without: (value, season) => value / season, with: (value, season) => value * season };
const DIFFERENCES: Scale = { without: (value, season) => value - season, with: (value, season) => value + season };

/** Each missing value is the one before it; those at the start are left out. */
function filled(values: Float64Array): Float64Array {
  const from = values.findIndex(Number.isFinite);
  const whole = from === -1 ? new Float64Array(0) : values.slice(from);
  whole.forEach((value, i) => {
    if (!Number.isFinite(value)) whole[i] = whole[i - 1]!;
  });
  return whole;
}

function isSeasonal(values: Float64Array, seasonPoints: number): boolean {
  if (seasonPoints < 2 || values.length < 3 * seasonPoints) return false;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const apart = values.map((value) => value - mean);
  const product = (lag: number): number => apart.subarray(lag).reduce((sum, value, i) => sum + value * apart[i]!, 0);
  const variance = product(0);
  if (!(variance > 0)) return false;
  let squares = 0;
  for (let lag = 1; lag < seasonPoints; lag++) squares += (product(lag) / variance) ** 2;
  const limit = NORMAL_95 * Math.sqrt((1 + 2 * squares) / values.length);
  return Math.abs(product(seasonPoints) / variance) > limit;
}

function seasonalIndices(values: Float64Array, seasonPoints: number, scale: Scale): Float64Array {
  const sums = new Float64Array(seasonPoints);
  const counts = new Float64Array(seasonPoints);
  const half = Math.floor(seasonPoints / 2);
  for (let i = half; i + half < values.length; i++) {
    sums[i % seasonPoints]! += scale.without(values[i]!, centredMean(values, i, seasonPoints));
    counts[i % seasonPoints]!++;
  }
  const means = sums.map((sum, phase) => sum / counts[phase]!);
  const mean = means.reduce((sum, one) => sum + one, 0) / seasonPoints;
  return means.map((one) => scale.without(one, mean));
}

/** Moving average of one season around a value; an even season counts its two ends half. */
function centredMean(values: Float64Array, at: number, seasonPoints: number): number {
  const half = Math.floor(seasonPoints / 2);
  let sum = 0;
  for (let i = at - half; i <= at + half; i++) sum += values[i]!;
  if (seasonPoints % 2 === 0) sum -= (values[at - half]! + values[at + half]!) / 2;
  return sum / seasonPoints;
}
