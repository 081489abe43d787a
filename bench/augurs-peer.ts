import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AutoETS, initSync as startEts } from '@bsull/augurs/ets';
import { MSTL, initSync as startMstl } from '@bsull/augurs/mstl';
import type { IntervalForecast } from './forecast-scores.ts';

/** Its own loaders fetch a URL, which Node does not do for files: the modules are read here. */
export function startAugurs(): void {
  startMstl({ module: moduleOf('@bsull/augurs/mstl') });
  startEts({ module: moduleOf('@bsull/augurs/ets') });
}

function moduleOf(name: string): Uint8Array<ArrayBuffer> {
  return readFileSync(fileURLToPath(import.meta.resolve(name)).replace(/\.js$/, '_bg.wasm'));
}

/**
 * The strongest model of the peer for these seasons: MSTL where two of a season were seen, else AutoETS without one.
 */
export function augursBest(
  train: Float64Array,
  seasons: readonly number[],
  horizonPoints: number,
): IntervalForecast | null {
  return augursMstl(train, seasons, horizonPoints) ?? forecastOf(() => new AutoETS(1, 'ZZN'), train, horizonPoints);
}

/**
 * MSTL with exponential smoothing of its trend (AutoETS), the strongest model of the peer that knows seasons, with its
 * own 95 % interval. Null where it refuses the series, for example for lack of two seasons.
 */
export function augursMstl(
  train: Float64Array,
  seasons: readonly number[],
  horizonPoints: number,
): IntervalForecast | null {
  const known = seasons.filter((season) => train.length > 2 * season);
  return known.length === 0 ? null : forecastOf(() => MSTL.ets([...known]), train, horizonPoints);
}

function forecastOf(create: () => MSTL | AutoETS, train: Float64Array, horizonPoints: number): IntervalForecast | null {
  try {
    const model = create();
    try {
      model.fit(train);
      const { point, intervals } = model.predict(horizonPoints, 0.95);
      if (intervals === undefined) return null;
      const paths = [point, intervals.lower, intervals.upper].map((path) => Float64Array.from(path));
      if (!paths.every((path) => path.every(Number.isFinite))) return null;
      const [centre, lower, upper] = paths;
      return { centre: centre!, lower: lower!, upper: upper! };
    } finally {
      model.free();
    }
  } catch {
    // It throws a string for every series that it cannot fit; the caller counts those.
    return null;
  }
}
