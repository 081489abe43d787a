import type { Limit } from '../domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../domain/rollup.ts';
import type { Random } from '../numeric/random.ts';
import type { DayShapes } from './day-shapes.ts';
import type { FutureSource } from './outcome.ts';
import type { ErrorBand } from './scale-forecast.ts';

/** p10 and p90 of a standard normal lie this far from its middle. */
const NORMAL_P90 = 1.2815515655446004;
/** Simulated errors go this much beyond the largest that were seen. */
const BEYOND_SEEN = 1.1;
const DAY_HOURS = 24;

/** Draws one future: the time at which it first crosses the limit, or null where it does not. */
export type DrawCrossing = (random: Random) => number | null;

/**
 * Simulated futures against a limit: each call draws one and says when it crosses.
 *
 * Definition: each step is centre + error, where the error is a two-piece normal with the band's p10 and p90, cut at
 *             1.1 times the largest error seen. Its normal is √persistence · (one draw for the whole future) +
 *             √(1 − persistence) · (autoregression of order one). Days after the second carry their usual shape and
 *             the strays from it of some recent day; the crossing is the first hour of the day that reaches the limit.
 *             Where the series was turned back again and again, a future crosses only when that lapses, or once the
 *             turning level itself has come to the limit.
 * Input:      source; limit. The generator that a call is given advances.
 * Output:     a function that draws one future.
 * Cost:       O(steps until the crossing) a draw; hours of a day are looked at only where its peak may reach the limit.
 * Throws:     never.
 */
export function crossingSimulator(source: FutureSource, limit: Pick<Limit, 'bound' | 'value'>): DrawCrossing {
  const sign = limit.bound === 'max' ? 1 : -1;
  const goal = sign * limit.value;
  const reach = (value: number): number => sign * (source.nonNegative ? Math.max(0, value) : value);
  const crossingHour = dayCrossing(source.days, goal, sign, reach);
  const turning = source.turning[limit.bound];
  return (random) => {
    const isTurned = turning !== null && random.uniform() >= turning.lapseProbability;
    const mayCross = (hour: number): boolean => !isTurned || sign * (turning.level + turning.slope * hour) >= goal;
    const lasting = random.normal();
    const hourly = errorWalk(source.hourly, lasting, random);
    const hours = source.hourly.centre.length;
    for (let hour = 0; hour < hours; hour++) {
      const reached = reach(source.hourly.centre[hour]! + hourly(hour));
      if (reached >= goal && mayCross(hour)) return source.startMs + hour * HOUR_MS;
    }
    const daily = errorWalk(source.daily, lasting, random);
    for (let day = hours / DAY_HOURS; day < source.daily.centre.length; day++) {
      const hour = crossingHour(day, source.daily.centre[day]! + daily(day), random.below(source.days.strays.length));
      if (hour >= 0 && mayCross(day * DAY_HOURS)) return source.startMs + day * DAY_MS + hour * HOUR_MS;
    }
    return null;
  };
}

/** Hour at which a day with this mean and the strays of that recent day reaches the goal, or −1. */
function dayCrossing(
  { shapes, strays }: DayShapes,
  goal: number,
  sign: number,
  reach: (value: number) => number,
): (day: number, mean: number, strayDay: number) => number {
  const shapePeaks = shapes.map((shape) => Math.max(...shape.map((usual) => sign * usual)));
  const strayPeaks = strays.map((stray) => Math.max(...stray.map((value) => sign * value)));
  return (day, mean, strayDay) => {
    const shape = shapes[day % shapes.length]!;
    if (sign * mean + shapePeaks[day % shapes.length]! + strayPeaks[strayDay]! < goal) return -1;
    const stray = strays[strayDay]!;
    return shape.findIndex((usual, hour) => reach(mean + usual + stray[hour]!) >= goal);
  };
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
