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
 *             √(1 − persistence) · (autoregression of order one). Days after the second carry the usual rise (or fall)
 *             within such a day. Between two days the time is interpolated.
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
  const lasting = random.normal();
  const reach = (value: number): number => sign * (source.nonNegative ? Math.max(0, value) : value);
  const hourly = errorWalk(source.hourly, lasting, random);
  const hours = source.hourly.centre.length;
  let peak = Number.NEGATIVE_INFINITY;
  for (let hour = 0; hour < hours; hour++) {
    const reached = reach(source.hourly.centre[hour]! + hourly(hour));
    if (reached >= goal) return source.startMs + hour * HOUR_MS;
    if (hour >= hours - DAY_HOURS) peak = Math.max(peak, reached);
  }
  const daily = errorWalk(source.daily, lasting, random);
  const swings = limit.bound === 'max' ? source.risesInDay : source.fallsInDay;
  for (let day = hours / DAY_HOURS; day < source.daily.centre.length; day++) {
    const mean = source.daily.centre[day]! + daily(day);
    const reached = reach(mean + sign * swings[day % swings.length]!);
    if (reached >= goal) return source.startMs + (day + (goal - peak) / (reached - peak)) * DAY_MS;
    peak = reached;
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
