import { medianInPlace } from '../numeric/median-in-place.ts';
import { theilSenSlope } from '../numeric/theil-sen.ts';

/** Exponent of a random walk: what is assumed where nothing can be seen, or little is asked. */
export const RANDOM_WALK = 0.5;

/**
 * Growth of the spread: the power of the horizon with which a series strays from where it is expected.
 *
 * Definition: mean of two exponents, each from a horizon to its double. First, that of the backtested errors between
 *             half and whole horizon. Second, that of the series' own straying between the horizon and twice the
 *             horizon: median difference over those lags, of what a robust line leaves. 0 = stays where it is,
 *             0.5 = random walk, 1 = a wrong slope.
 * Input:      byHorizon, backtested spread, never falling; values, the history.
 * Output:     between 0 and 1; at least 0.5 where history is shorter than four horizons.
 * Cost:       O(n² + n · horizon); the inputs are not changed.
 * Throws:     never.
 *
 * @example
 * growthExponent(Float64Array.of(1, 2), Float64Array.of(1, 2, 3)) // => 1
 * growthExponent(Float64Array.of(1, 1), Float64Array.of(1, 2, 3)) // => 0.5
 */
export function growthExponent(byHorizon: Float64Array, values: Float64Array): number {
  const horizon = byHorizon.length;
  const measured = doublings(byHorizon[Math.ceil(horizon / 2) - 1]!, byHorizon[horizon - 1]!);
  if (values.length < 4 * horizon) return clamp(Math.max(RANDOM_WALK, measured));
  const slope = theilSenSlope(values);
  const rest = values.map((value, i) => value - slope * i);
  const strayed = doublings(straying(rest, Math.ceil(horizon / 2), horizon), straying(rest, horizon, 2 * horizon));
  return clamp((clamp(measured) + strayed) / 2);
}

/** Median absolute difference over a range of lags: a range, so that no hidden season falls into step with it. */
function straying(values: Float64Array, fromLag: number, toLag: number): number {
  const differences: number[] = [];
  for (let lag = fromLag; lag <= toLag; lag++) {
    for (let i = lag; i < values.length; i++) differences.push(Math.abs(values[i]! - values[i - lag]!));
  }
  return medianInPlace(Float64Array.from(differences));
}

function doublings(near: number, far: number): number {
  if (!(near > 0)) return far > 0 ? 1 : 0;
  return Math.max(-1, Math.log2(far / near));
}

function clamp(exponent: number): number {
  return Math.min(1, Math.max(0, exponent));
}

export interface GrowthOptions {
  readonly horizonPoints: number;
  readonly exponent: number;
  /** Disagreement of the candidates at each step of the whole horizon, in the unit of the spread. */
  readonly disagreement: Float64Array;
}

/**
 * Spread over the whole horizon: as measured as far as it was measured, then by an honest law.
 *
 * Definition: beyond the last measured horizon H, spread(h)² = (spread(H) · (h/H)^exponent)² + growth of the
 *             candidates' squared disagreement since H.
 * Input:      byHorizon, length H ≥ 1, never falling; options, disagreement at least horizonPoints long.
 * Output:     horizonPoints spreads, never falling.
 * Cost:       O(horizonPoints); the inputs are not changed.
 * Throws:     never.
 *
 * @example
 * [...growSpread(Float64Array.of(2), { horizonPoints: 4, exponent: 0.5, disagreement: new Float64Array(4) })].at(-1) // => 4
 */
export function growSpread(byHorizon: Float64Array, options: GrowthOptions): Float64Array {
  const measured = byHorizon.length;
  const last = byHorizon.at(-1)!;
  const known = options.disagreement[Math.min(measured, options.horizonPoints) - 1]! ** 2;
  let most = 0;
  return Float64Array.from({ length: options.horizonPoints }, (_, h) => {
    if (h < measured) return byHorizon[h]!;
    const strayed = last * ((h + 1) / measured) ** options.exponent;
    const apart = Math.max(0, options.disagreement[h]! ** 2 - known);
    most = Math.max(most, Math.sqrt(strayed * strayed + apart));
    return most;
  });
}
