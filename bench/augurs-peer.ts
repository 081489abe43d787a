import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initSync, MSTL } from '@bsull/augurs/mstl';
import type { IntervalForecast } from './forecast-scores.ts';

/** Its own loader fetches a URL, which Node does not do for files: the module is read here. */
export function startAugurs(): void {
  const script = fileURLToPath(import.meta.resolve('@bsull/augurs/mstl'));
  initSync({ module: readFileSync(script.replace(/\.js$/, '_bg.wasm')) });
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
  if (known.length === 0) return null;
  const model = MSTL.ets([...known]);
  try {
    model.fit(train);
    const { point, intervals } = model.predict(horizonPoints, 0.95);
    if (intervals === undefined) return null;
    const paths = [point, intervals.lower, intervals.upper].map((path) => Float64Array.from(path));
    if (!paths.every((path) => path.every(Number.isFinite))) return null;
    const [centre, lower, upper] = paths;
    return { centre: centre!, lower: lower!, upper: upper! };
  } catch {
    // It throws a string for every series that it cannot fit; the caller counts those.
    return null;
  } finally {
    model.free();
  }
}
