/** The share of normal errors that lies below this many standard deviations is 95 %. */
const NORMAL_95 = 1.645;

/**
 * Naive2, the reference of the M4 competition: the last value, with the season taken off before and put back on after
 * where an autocorrelation test finds one.
 *
 * Definition: seasonal where there are three seasons and |acf(m)| > 1.645 · √((1 + 2 Σ acf(k)², k < m) / n); indices
 *             from classical multiplicative decomposition (ratio to the centred moving average, mean 1).
 * Source:     Makridakis, Spiliotis, Assimakopoulos: "The M4 Competition" (2020).
 */
export function naive2(train: Float64Array, seasonPoints: number, horizonPoints: number): Float64Array {
  const last = train.at(-1)!;
  if (!isSeasonal(train, seasonPoints)) return new Float64Array(horizonPoints).fill(last);
  const indices = seasonalIndices(train, seasonPoints);
  const level = last / indices[(train.length - 1) % seasonPoints]!;
  return Float64Array.from({ length: horizonPoints }, (_, h) => level * indices[(train.length + h) % seasonPoints]!);
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

function seasonalIndices(values: Float64Array, seasonPoints: number): Float64Array {
  const sums = new Float64Array(seasonPoints);
  const counts = new Float64Array(seasonPoints);
  const half = Math.floor(seasonPoints / 2);
  for (let i = half; i + half < values.length; i++) {
    sums[i % seasonPoints]! += values[i]! / centredMean(values, i, seasonPoints);
    counts[i % seasonPoints]!++;
  }
  const ratios = sums.map((sum, phase) => sum / counts[phase]!);
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / seasonPoints;
  return ratios.map((ratio) => ratio / mean);
}

/** Moving average of one season around a value; an even season counts its two ends half. */
function centredMean(values: Float64Array, at: number, seasonPoints: number): number {
  const half = Math.floor(seasonPoints / 2);
  let sum = 0;
  for (let i = at - half; i <= at + half; i++) sum += values[i]!;
  if (seasonPoints % 2 === 0) sum -= (values[at - half]! + values[at + half]!) / 2;
  return sum / seasonPoints;
}
