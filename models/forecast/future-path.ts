import type { Limit } from '../domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../domain/rollup.ts';
import type { Random } from '../numeric/random.ts';
import type { FutureSource } from './outcome.ts';
import type { ErrorBand } from './scale-forecast.ts';

/** p10 and p90 of a standard normal lie this far from its middle. */
const NORMAL_P90 = 1.2815515655446004;
/** Simulated errors go this much beyond the largest that were seen. */
const BEYOND_SEEN = 1.1;
const DAY_HOURS = 24;

/**
 * First crossing of a limit on one simulated future.
 *
 * Definition: each step is centre + error, where the error is a two-piece normal with the band's p10 and p90, cut at
 *             1.1 times the largest error seen. Its normal is √persistence · (one draw for the whole future) +
 *             √(1 − persistence) · (autoregression of order one). Days after the second carry their usual shape and
 *             the strays from it of some recent day; the crossing is the first hour of the day that reaches
 *             the limit.
 * Input:      source; limit; random, which advances.
 * Output:     time of the crossing, or null where this future does not cross.
 * Cost:       O(steps until the crossing).
 * Throws:     never.
 */
export function crossingTimeMs(
  source: FutureSource,
  limit: Pick<Limit, 'bound' | 'value'>,
  random: Random,
): number | null {
  const sign = limit.bound === 'max' ? 1 : -1;
  const goal = sign * limit.value;
  const reach = (value: number): number => sign * (source.nonNegative ? Math.max(0, value) : value);
  const lasting = random.normal();
  const hourly = errorWalk(source.hourly, lasting, random);
  for (let hour = 0; hour < source.hourly.centre.length; hour++) {
    if (reach(source.hourly.centre[hour]! + hourly(hour)) >= goal) return source.startMs + hour * HOUR_MS;
  }
  const daily = errorWalk(source.daily, lasting, random);
  const { shapes, strays } = source.days;
  for (let day = source.hourly.centre.length / DAY_HOURS; day < source.daily.centre.length; day++) {
    const mean = source.daily.centre[day]! + daily(day);
    const stray = strays[random.below(strays.length)]!;
    const hour = shapes[day % shapes.length]!.findIndex((usual, h) => reach(mean + usual + stray[h]!) >= goal);
    if (hour >= 0) return source.startMs + day * DAY_MS + hour * HOUR_MS;
  }
  return null;
}

/** Error at each step, to be asked in order. */
function errorWalk(band: ErrorBand, lasting: number, random: Random): (step: number) => number {
  const { persistence, autocorrelation } = band.memory;
  const fresh = Math.sqrt(1 - autocorrelation * autocorrelation);
  let fading = random.normal();
  return (step) => {
    const standard = Math.sqrt(persistence) * lasting + Math.sqrt(1 - persistence) * fading;
    fading = autocorrelation * fading + fresh * random.normal();
    const units = standard / NORMAL_P90;
    return units > 0
      ? Math.min(units, BEYOND_SEEN * Math.max(1, band.highestErrors)) * band.above[step]!
      : Math.max(units, -BEYOND_SEEN * Math.max(1, band.lowestErrors)) * band.below[step]!;
  };
}
