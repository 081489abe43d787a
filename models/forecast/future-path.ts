import { LIMIT_HORIZON_DAYS } from '../domain/forecast.ts';
import { type LimitCourse, limitAt } from '../domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../domain/rollup.ts';
import type { Random } from '../numeric/random.ts';
import type { DayShapes } from './day-shapes.ts';
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
 *             make of its highest hour. Where no value was ever negative none falls below zero, but for a lower limit,
 *             whose lack is told in full. It crosses with the first hour that reaches the limit as it is then. Where the
 *             series was turned back again and again, no hour of a future comes beyond the line of the turns, unless
 *             that habit lapses in it.
 * Input:      source; course of the limit; options. The generator that a call is given advances.
 * Output:     a function that draws one future.
 * Cost:       O(days of the horizon) a draw.
 * Throws:     never.
 */
export function futureSimulator(source: FutureSource, course: LimitCourse, options: SimulationOptions): DrawFuture {
  const draw = futureDrawer(source, course.bound, options);
  const compare = limitComparer(source, course, options.excessDays);
  return (path, random) => compare(draw(path, random));
}

/** One future, in units in which more is worse: where a series may fall too low, all values are negated. */
export interface Future {
  /** Of each hour of the first days. */
  readonly hours: Float64Array;
  /** The worst hour of each day after them. */
  readonly days: Float64Array;
  /** The mean of each of these days, and the recent day whose strays it carries. */
  readonly means: Float64Array;
  readonly strayDays: Uint8Array;
}

/**
 * Draws futures, for limits of one bound: several of these can be compared with the same ones.
 *
 * Definition: see futureSimulator.
 * Input:      source; bound of the limits; options. The generator that a call is given advances.
 * Output:     a function that draws one future, in the place of the one before.
 * Cost:       O(days of the horizon) a draw, ten nanoseconds a day.
 * Throws:     never.
 */
export function futureDrawer(
  source: FutureSource,
  bound: LimitCourse['bound'],
  { paths, told: toldHours }: Pick<SimulationOptions, 'paths' | 'told'>,
): (path: number, random: Random) => Future {
  const sign = signOf(bound);
  const { hourly } = source;
  // A supply that has run out would go on falling: what must be added is told from how far.
  const lowest = source.nonNegative && bound === 'max' ? 0 : Number.NEGATIVE_INFINITY;
  const turning = source.turning[bound];
  const firstDay = firstDayOf(source);
  const told = toldHours && toldHighest(source, sign, toldHours);
  const drawDays = dayDrawer(source.futures, { paths, horizonDays: LIMIT_HORIZON_DAYS });
  const drawErrors = errorDrawer(hourly);
  const { peaks, rows, strayCount } = peaksOf(source.days, sign);
  const moved =
    source.futures.changes?.[bound === 'max' ? 'highest' : 'lowest'] ?? new Float64Array(LIMIT_HORIZON_DAYS);
  const future = {
    hours: new Float64Array(hourly.centre.length),
    days: new Float64Array(LIMIT_HORIZON_DAYS),
    means: new Float64Array(LIMIT_HORIZON_DAYS),
    strayDays: new Uint8Array(LIMIT_HORIZON_DAYS),
  };
  const { hours, days, means, strayDays } = future;
  return (path, random) => {
    const isTurned = turning !== null && random.uniform() >= turning.lapseProbability;
    drawErrors(random, hours);
    for (let hour = 0; hour < hours.length; hour++) {
      hours[hour] = sign * Math.max(lowest, hourly.centre[hour]! + hours[hour]!);
    }
    drawDays(path, random, means);
    random.fillBelow(strayCount, strayDays, firstDay);
    for (let day = firstDay; day < LIMIT_HORIZON_DAYS; day++) {
      days[day] = sign * Math.max(lowest, means[day]! + moved[day]! + peaks[rows[day]! + strayDays[day]!]!);
    }
    if (isTurned) turnBack(future, firstDay, sign * turning.level, sign * turning.slope);
    if (told !== undefined) tell(future, firstDay, told);
    return future;
  };
}

function signOf(bound: LimitCourse['bound']): 1 | -1 {
  return bound === 'max' ? 1 : -1;
}

/** The first day that is drawn as a day and not by its hours. */
function firstDayOf({ hourly }: FutureSource): number {
  return Math.ceil(hourly.centre.length / DAY_HOURS);
}

/** No hour comes beyond this line. */
function turnBack({ hours, days }: Future, firstDay: number, level: number, slope: number): void {
  for (let hour = 0; hour < hours.length; hour++) hours[hour] = Math.min(hours[hour]!, level + slope * hour);
  for (let day = firstDay; day < days.length; day++) days[day] = Math.min(days[day]!, level + slope * day * DAY_HOURS);
}

/** What is told comes, whatever was drawn. */
function tell({ hours, days }: Future, firstDay: number, told: ReturnType<typeof toldHighest>): void {
  for (let hour = 0; hour < hours.length; hour++) hours[hour] = told.hours[hour] ?? hours[hour]!;
  for (let day = firstDay; day < days.length; day++) days[day] = told.days[day] ?? days[day]!;
}

/**
 * What one limit makes of futures that were drawn for its bound.
 *
 * Definition: see futureSimulator.
 * Input:      source that they were drawn from; course of the limit; days of which the excess is told, ascending.
 * Output:     a function that compares one future; the future is not changed.
 * Cost:       O(days of the horizon) a future, two nanoseconds a day.
 * Throws:     never.
 */
export function limitComparer(
  source: FutureSource,
  course: LimitCourse,
  excessDays: readonly number[],
): (future: Future) => FutureOutcome {
  const { startMs } = source;
  const sign = signOf(course.bound);
  const { hours: hourGoals, days: dayGoals, sinceHours } = goalsOf(source, course, sign);
  const hourOf = hourFinder(source.days, sign);
  const firstDay = firstDayOf(source);
  const most = worstOf(source, course);
  const untilDays = [...excessDays.map((days) => Math.min(days, LIMIT_HORIZON_DAYS)), LIMIT_HORIZON_DAYS];
  return ({ hours, days, means, strayDays }) => {
    const excess: number[] = [];
    let farthest = Number.NEGATIVE_INFINITY;
    let crossedHour = -1;
    let crossedDay = -1;
    let hour = 0;
    let day = firstDay;
    for (const untilDay of untilDays) {
      const untilHour = Math.min(hours.length, untilDay * DAY_HOURS);
      for (; hour < untilHour; hour++) {
        const beyond = Math.min(most, hours[hour]!) - hourGoals[hour]!;
        if (beyond > farthest) {
          if (beyond >= 0 && farthest < 0) crossedHour = hour;
          farthest = beyond;
        }
      }
      for (; day < untilDay; day++) {
        const beyond = Math.min(most, days[day]!) - dayGoals[day]!;
        if (beyond > farthest) {
          if (beyond >= 0 && farthest < 0) crossedDay = day;
          farthest = beyond;
        }
      }
      excess.push(farthest);
    }
    excess.pop(); // of the whole horizon, for which nobody asked
    if (crossedHour >= 0) return { crossedMs: startMs + crossedHour * HOUR_MS, excess };
    if (crossedDay < 0) return { crossedMs: null, excess };
    const at = hourOf(dayGoals[crossedDay]!, crossedDay, means[crossedDay]!, strayDays[crossedDay]!);
    const sinceHour = Math.max(at, sinceHours[crossedDay]!);
    return { crossedMs: startMs + crossedDay * DAY_MS + sinceHour * HOUR_MS, excess };
  };
}

/** The worst that a future may come to: what was never negative does not fall below a limit that is. */
function worstOf({ nonNegative }: FutureSource, { bound, value, changes = [] }: LimitCourse): number {
  const isNegative = value < 0 || changes.some((change) => change.value < 0);
  return bound === 'min' && nonNegative && isNegative ? 0 : Number.POSITIVE_INFINITY;
}

/**
 * What must be reached in each hour of the first days and on each day. A change counts from the next of these hours on;
 * on a day the strictest counts, from the hour at which it begins.
 */
function goalsOf({ startMs, hourly }: FutureSource, course: LimitCourse, sign: number) {
  const goalAt = (atMs: number): number => sign * limitAt(course, atMs);
  const days = Float64Array.from({ length: LIMIT_HORIZON_DAYS }, (_, day) => goalAt(startMs + day * DAY_MS));
  const sinceHours = new Uint8Array(LIMIT_HORIZON_DAYS);
  for (const { fromMs, value } of course.changes ?? []) {
    const hour = Math.ceil((fromMs - startMs) / HOUR_MS);
    const day = Math.floor(hour / DAY_HOURS);
    if (day < 0 || day >= LIMIT_HORIZON_DAYS || sign * value >= days[day]!) continue;
    days[day] = sign * value;
    sinceHours[day] = hour % DAY_HOURS;
  }
  return { hours: Float64Array.from(hourly.centre, (_, hour) => goalAt(startMs + hour * HOUR_MS)), days, sinceHours };
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

/** How far each day goes beyond its mean with the strays of each recent day, in one row: it is looked up for every day of every future. */
function peaksOf({ shapes, strays }: DayShapes, sign: number) {
  const peaks = new Float64Array(shapes.length * strays.length);
  shapes.forEach((shape, row) => {
    strays.forEach((stray, column) => {
      const peak = shape.reduce((most, usual, hour) => Math.max(most, sign * (usual + stray[hour]!)), -Infinity);
      peaks[row * strays.length + column] = sign * peak;
    });
  });
  const rows = Uint16Array.from({ length: LIMIT_HORIZON_DAYS }, (_, day) => (day % shapes.length) * strays.length);
  return { peaks, rows, strayCount: strays.length };
}

/** At which hour a day with this mean and the strays of that recent day reaches a goal. */
function hourFinder({ shapes, strays }: DayShapes, sign: number) {
  return (goal: number, day: number, mean: number, strayDay: number): number => {
    const stray = strays[strayDay]!;
    const hour = shapes[day % shapes.length]!.findIndex((usual, i) => sign * (mean + usual + stray[i]!) >= goal);
    return Math.max(0, hour);
  };
}

/** Draws the errors of all hours. */
function errorDrawer(band: ErrorBand): (random: Random, errors: Float64Array) => void {
  const { persistence, autocorrelation } = band.memory;
  const fresh = Math.sqrt(1 - autocorrelation * autocorrelation);
  const lastingShare = Math.sqrt(persistence);
  const fadingShare = Math.sqrt(1 - persistence);
  const highest = BEYOND_SEEN * Math.max(1, band.highestErrors);
  const lowest = -BEYOND_SEEN * Math.max(1, band.lowestErrors);
  return (random, errors) => {
    const lasting = lastingShare * random.normal();
    let fading = random.normal();
    for (let hour = 0; hour < errors.length; hour++) {
      const units = (lasting + fadingShare * fading) / NORMAL_P90;
      fading = autocorrelation * fading + fresh * random.normal();
      errors[hour] =
        units > 0 ? Math.min(units, highest) * band.above[hour]! : Math.max(units, lowest) * band.below[hour]!;
    }
  };
}
