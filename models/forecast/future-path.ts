import { LIMIT_HORIZON_DAYS } from '../domain/forecast.ts';
import { type LimitCourse, limitAt } from '../domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../domain/rollup.ts';
import type { Random } from '../numeric/random.ts';
import { dayDrawer } from './draw-days.ts';
import type { FutureSource } from './outcome.ts';
import type { ErrorBand } from './scale-forecast.ts';

/** p10 and p90 of a standard normal lie this far from its middle. */
const NORMAL_P90 = 1.2815515655446004;
/** Simulated errors of hours go this much beyond the largest that were seen. */
const BEYOND_SEEN = 1.1;
const DAY_HOURS = 24;

/** What one future does with a limit. */
export interface FutureOutcome {
  /** When it first crosses, or null where it does not within the horizon. */
  readonly crossedMs: number | null;
  /** How far beyond the limit it comes at most until the end of each of `excessDays`; negative where it stays within. */
  readonly excess: readonly number[];
}

export interface SimulationOptions {
  readonly paths: number;
  /** Ascending, in days. */
  readonly excessDays: readonly number[];
  /** Hours that come as they are told, whatever is forecast; none where absent. */
  readonly told?: ToldHours | undefined;
}

/** Values of hours from a time on. */
export interface ToldHours {
  readonly startMs: number;
  readonly values: Float64Array;
}

/** Draws one future; paths are numbered from 0. */
export type DrawFuture = (path: number, random: Random) => FutureOutcome;

/**
 * Simulated futures against a limit: each call draws one and says when it crosses, and by how much.
 *
 * Definition: for two days each hour is centre + error, where the error is a two-piece normal with the band's p10 and
 *             p90, cut at 1.1 times the largest error seen; its normal is √persistence · (one draw for all hours) +
 *             √(1 − persistence) · (autoregression of order one). Then daily means are drawn (see dayDrawer), and each
 *             day carries its usual shape and the strays from it of some recent day, and what effects of the calendar
 *             make of its highest hour. It crosses with the first hour that reaches the limit as it is then. Where the
 *             series was turned back again and again, no hour of a future comes beyond the line of the turns, unless
 *             that habit lapses in it.
 * Input:      source; course of the limit; options. The generator that a call is given advances.
 * Output:     a function that draws one future.
 * Cost:       O(days of the horizon) a draw.
 * Throws:     never.
 */
export function futureSimulator(source: FutureSource, course: LimitCourse, options: SimulationOptions): DrawFuture {
  const sign = course.bound === 'max' ? 1 : -1;
  const goals = goalsOf(source, course, sign);
  const told = options.told && toldHighest(source, sign, options.told);
  const reach = (value: number): number => sign * (source.nonNegative ? Math.max(0, value) : value);
  const dayOf = daysOf(source, sign, reach);
  const turning = source.turning[course.bound];
  const drawDays = dayDrawer(source.futures, { paths: options.paths, horizonDays: LIMIT_HORIZON_DAYS });
  const means = new Float64Array(LIMIT_HORIZON_DAYS);
  const highest = new Float64Array(LIMIT_HORIZON_DAYS);
  const { startMs, hourly } = source;
  const hours = hourly.centre.length;
  const firstDay = Math.ceil(hours / DAY_HOURS);
  return (path, random) => {
    const isTurned = turning !== null && random.uniform() >= turning.lapseProbability;
    // No hour comes beyond this line; where nothing turns the series back, it lies nowhere near.
    const mostNow = isTurned ? sign * turning.level : Number.POSITIVE_INFINITY;
    const mostSlope = isTurned ? sign * turning.slope : 0;
    highest.fill(Number.NEGATIVE_INFINITY);
    let crossedMs: number | null = null;
    const nextError = errorWalk(hourly, random.normal(), random);
    for (let hour = 0; hour < hours; hour++) {
      const reached = Math.min(reach(hourly.centre[hour]! + nextError(hour)), mostNow + mostSlope * hour);
      const beyond = (told?.hours[hour] ?? reached) - goals.hours[hour]!;
      if (beyond >= 0) crossedMs ??= startMs + hour * HOUR_MS;
      const day = Math.floor(hour / DAY_HOURS);
      highest[day] = Math.max(highest[day]!, beyond);
    }
    drawDays(path, random, means);
    for (let day = firstDay; day < LIMIT_HORIZON_DAYS; day++) {
      const strayDay = random.below(source.days.strays.length);
      const reached = Math.min(dayOf.highest(day, means[day]!, strayDay), mostNow + mostSlope * day * DAY_HOURS);
      const beyond = (told?.days[day] ?? reached) - goals.days[day]!;
      highest[day] = beyond;
      if (beyond < 0 || crossedMs !== null) continue;
      const hour = dayOf.hourOf(goals.days[day]!, day, means[day]!, strayDay);
      crossedMs = startMs + day * DAY_MS + hour * HOUR_MS;
    }
    return { crossedMs, excess: farthestUntil(highest, options.excessDays) };
  };
}

/** The farthest of the days before each of some days, which ascend. */
function farthestUntil(highest: Float64Array, untilDays: readonly number[]): readonly number[] {
  let farthest = Number.NEGATIVE_INFINITY;
  let day = 0;
  return untilDays.map((until) => {
    for (; day < Math.min(until, highest.length); day++) if (highest[day]! > farthest) farthest = highest[day]!;
    return farthest;
  });
}

/** What must be reached in each hour of the first days and on each day: a change counts from the next of them on. */
function goalsOf({ startMs, hourly }: FutureSource, course: LimitCourse, sign: number) {
  const goalAt = (atMs: number): number => sign * limitAt(course, atMs);
  return {
    hours: Float64Array.from(hourly.centre, (_, hour) => goalAt(startMs + hour * HOUR_MS)),
    days: Float64Array.from({ length: LIMIT_HORIZON_DAYS }, (_, day) => goalAt(startMs + day * DAY_MS)),
  };
}

/** The farthest that is told for each hour of the first days and for each day; undefined where nothing is. */
function toldHighest({ startMs, hourly }: FutureSource, sign: number, told: ToldHours) {
  const hours: (number | undefined)[] = [];
  const days: (number | undefined)[] = [];
  told.values.forEach((value, i) => {
    const hour = Math.floor((told.startMs - startMs) / HOUR_MS) + i;
    if (Number.isNaN(value) || hour < 0) return;
    const day = Math.floor(hour / DAY_HOURS);
    if (hour < hourly.centre.length) hours[hour] = sign * value;
    else days[day] = Math.max(days[day] ?? Number.NEGATIVE_INFINITY, sign * value);
  });
  return { hours, days };
}

/** How far a day with this mean and the strays of that recent day goes, and at which hour it reaches a goal. */
function daysOf({ days, futures }: FutureSource, sign: number, reach: (value: number) => number) {
  const { shapes, strays } = days;
  const moved = futures.changes?.[sign === 1 ? 'highest' : 'lowest'];
  // In one row: a peak is looked up for every day of every future.
  const peaks = new Float64Array(shapes.length * strays.length);
  shapes.forEach((shape, row) => {
    strays.forEach((stray, column) => {
      const peak = shape.reduce((most, usual, hour) => Math.max(most, sign * (usual + stray[hour]!)), -Infinity);
      peaks[row * strays.length + column] = peak;
    });
  });
  return {
    highest: (day: number, mean: number, strayDay: number): number =>
      reach(mean + (moved?.[day] ?? 0) + sign * peaks[(day % shapes.length) * strays.length + strayDay]!),
    hourOf(goal: number, day: number, mean: number, strayDay: number): number {
      const stray = strays[strayDay]!;
      const hour = shapes[day % shapes.length]!.findIndex((usual, i) => reach(mean + usual + stray[i]!) >= goal);
      return Math.max(0, hour);
    },
  };
}

/** Error of each hour, to be asked in order. */
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
