import type { Random } from '../numeric/random.ts';
import type { DayFutures } from './day-futures.ts';
import type { StepChanges } from './effect-changes.ts';
import { advance, type Filter, observe } from './structural-filter.ts';

/** Fewer surprises say nothing of their tails: a normal is drawn instead. */
const ENOUGH_SURPRISES = 20;
/** Surprises are drawn in runs of a week, so that what still hangs together in them stays together. */
const RUN_DAYS = 7;
const WEEK_DAYS = 7;
/** A variance is never thought smaller than this share of its estimate. */
const LEAST_VARIANCE = 0.1;
/** A pace of growth is thought to have changed half a time in the days that were seen and so many more. */
const UNSEEN_DAYS = 30;
const CHANGES_SEEN = 0.5;
/** By a change it doubles or halves, or so: deviation of the logarithm of the factor. */
const PACE_DEVIATION = Math.LN2;

/** Draws the daily means of one future into `days`; paths are numbered from 0, and each model has its share of them. */
export type DrawDays = (path: number, random: Random, days: Float64Array) => void;

export interface DrawOptions {
  readonly paths: number;
  readonly horizonDays: number;
}

/**
 * Futures in days: draws paths of daily means from the models that the past allows.
 *
 * Used by time to limit, and for the published days.
 *
 * Definition: each path belongs to one model. Its variance is drawn from its posterior (scaled inverse chi-squared);
 *             then each day is what the filter expects plus an error of the filter's own size for that day, and the
 *             filter learns from it. So a path carries the doubt about level and slope as well as the errors, and a
 *             random walk strays as one. Errors are runs of seven past one-day-ahead errors, so that their tails, their
 *             skew and what is left of their correlation are those of the series; normal where fewer than 20 are known.
 *             A slope changes its pace by chance, by a log-normal factor whose deviation is a doubling: as often as if
 *             half a change had been seen so far (Jeffreys' rule), so that what held for long is trusted for long.
 *             Effects of the calendar are put onto their dates last.
 * Input:      futures; options, whole numbers ≥ 1. The generator that a call is given advances.
 * Output:     see DrawDays.
 * Cost:       O(models · horizon) once, O(horizon) a path, five nanoseconds a day.
 * Throws:     never.
 */
export function dayDrawer({ members, week, changes }: DayFutures, { paths, horizonDays }: DrawOptions): DrawDays {
  const drawers: DrawMember[] = [];
  const weekdays = Float64Array.from({ length: horizonDays }, (_, day) => week[day % WEEK_DAYS]!);
  let passed = 0;
  for (const { weight, filter } of members) {
    const count = Math.round((passed + weight) * paths) - Math.round(passed * paths);
    passed += weight;
    if (count === 0) continue;
    const draw = memberDrawer(filter, weekdays, horizonDays);
    for (let k = 0; k < count; k++) drawers.push(draw);
  }
  return (path, random, days) => {
    drawers[path % drawers.length]!(random, days);
    if (changes !== null) change(days, changes, random.normal());
  };
}

/** Effects of the calendar: how large one is, is as uncertain in one future on all its dates. */
function change(days: Float64Array, { times, plus, doubt }: StepChanges, doubtUnits: number): void {
  for (let day = 0; day < days.length; day++) {
    days[day] = days[day]! * times[day]! + plus[day]! + doubtUnits * doubt[day]!;
  }
}

type DrawMember = (random: Random, days: Float64Array) => void;

function memberDrawer(filter: Filter, weekdays: Float64Array, horizonDays: number): DrawMember {
  const { model, freedom, deviation } = filter;
  const { sizes, levels, slopes, strays } = futureGains(filter, horizonDays);
  const drawSurprises = surpriseDrawer(filter.surprises);
  const surprises = new Float64Array(horizonDays);
  const kept = model.slope?.kept ?? 0;
  const paceDays = model.slope === null ? Number.POSITIVE_INFINITY : (freedom + UNSEEN_DAYS) / CHANGES_SEEN;
  const { memory } = model;
  return (random, days) => {
    let { level, slope, stray } = filter.state;
    const scale = deviation * Math.sqrt(freedom / chiSquared(freedom, random));
    drawSurprises(random, surprises);
    let paceEnds = waitingTime(paceDays, random);
    for (let day = 0; day < horizonDays; ) {
      if (day >= paceEnds) {
        slope *= Math.exp(PACE_DEVIATION * random.normal());
        paceEnds = day + 1 + waitingTime(paceDays, random);
      }
      const until = paceEnds < horizonDays ? Math.max(day + 1, Math.ceil(paceEnds)) : horizonDays;
      for (; day < until; day++) {
        const error = scale * sizes[day]! * surprises[day]!;
        days[day] = level + stray + error + weekdays[day]!;
        slope = kept * (slope + slopes[day]! * error);
        level += levels[day]! * error + slope;
        stray = memory * (stray + strays[day]! * error);
      }
    }
  };
}

/** Deviation of each day's error, and what the filter learns from it. */
function futureGains(filter: Filter, horizonDays: number) {
  const covariance = { ...filter.covariance };
  const state = { ...filter.state };
  const [sizes, levels, slopes, strays] = [0, 1, 2, 3].map(() => new Float64Array(horizonDays)) as FourColumns;
  for (let day = 0; day < horizonDays; day++) {
    const gain = observe(covariance, filter.model);
    sizes[day] = Math.sqrt(gain.variance);
    levels[day] = gain.level;
    slopes[day] = gain.slope;
    strays[day] = gain.stray;
    advance(state, covariance, filter.model);
  }
  return { sizes, levels, slopes, strays };
}

type FourColumns = [Float64Array, Float64Array, Float64Array, Float64Array];

function surpriseDrawer(surprises: Float64Array): DrawMember {
  const mean = surprises.reduce((sum, units) => sum + units, 0) / surprises.length;
  const spread = Math.sqrt(surprises.reduce((sum, units) => sum + (units - mean) ** 2, 0) / surprises.length);
  if (surprises.length < ENOUGH_SURPRISES || !(spread > 0)) {
    return (random, drawn) => {
      for (let day = 0; day < drawn.length; day++) drawn[day] = random.normal();
    };
  }
  const standard = surprises.map((units) => (units - mean) / spread);
  // After the last of them comes the first.
  const around = Float64Array.from([...standard, ...standard.subarray(0, RUN_DAYS)]);
  return (random, drawn) => {
    for (let from = 0; from < drawn.length; from += RUN_DAYS) {
      const shift = random.below(standard.length) - from;
      const until = Math.min(from + RUN_DAYS, drawn.length);
      for (let day = from; day < until; day++) drawn[day] = around[shift + day]!;
    }
  };
}

/** Days until something happens that comes by chance, once in so many days on average. */
function waitingTime(meanDays: number, random: Random): number {
  return -Math.log(1 - random.uniform()) * meanDays;
}

/** Chi-squared of so many degrees by the cube of a normal, after Wilson and Hilferty (1931). */
function chiSquared(freedom: number, random: Random): number {
  const part = 2 / (9 * freedom);
  return freedom * Math.max(LEAST_VARIANCE, (1 - part + random.normal() * Math.sqrt(part)) ** 3);
}
