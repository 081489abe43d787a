import { createForecaster, type Forecaster } from './forecaster.ts';

/** Fewer zeros than this share are gaps in a flow, not the rule. */
const FEWEST_ZEROS = 0.2;
/** How fast the size of a burst and the chance of one follow the newest. */
const SIZE_SMOOTHING = 0.1;
const CHANCE_SMOOTHING = 0.05;

/**
 * Intermittent demand: mostly nothing, now and then a burst, such as batch jobs and rare errors.
 *
 * Definition: the method of Teunter, Syntetos and Babai: the size of a burst is smoothed at bursts only, the chance of
 *             one at every step, and the forecast is their product. Unlike Croston's it falls while nothing comes.
 * Warm-up:    eight values.
 * Assumes:    values that are never negative, at least a fifth of them zero and one not; unsuited otherwise.
 * Fails when: bursts come at fixed hours: a seasonal candidate sees them, this one does not.
 * Cost:       O(n) to fit.
 * Throws:     never.
 * Source:     Teunter, Syntetos, Babai, "Intermittent demand: linking forecasting to inventory obsolescence" (2011).
 *
 * @example
 * intermittentDemand().name // => 'intermittent-demand'
 */
export function intermittentDemand(): Forecaster {
  return createForecaster('intermittent-demand', 8, (values) => {
    const bursts = values.filter((value) => value !== 0);
    const zeros = values.length - bursts.length;
    if (bursts.length === 0 || zeros < FEWEST_ZEROS * values.length || bursts.some((value) => value < 0)) return null;
    let size = bursts[0]!;
    let chance = bursts.length / values.length;
    for (const value of values) {
      if (value !== 0) size += SIZE_SMOOTHING * (value - size);
      chance += CHANCE_SMOOTHING * ((value !== 0 ? 1 : 0) - chance);
    }
    const expected = chance * size;
    return { predict: (horizonPoints) => new Float64Array(horizonPoints).fill(expected) };
  });
}
