import type { Random } from '../numeric/random.ts';
import type { DayFutures } from './day-futures.ts';
import { advance, correct, type Filter, type Gain, observe, type State } from './structural-filter.ts';

/** Fewer surprises say nothing of their tails: a normal is drawn instead. */
const ENOUGH_SURPRISES = 20;
/** Surprises are drawn in runs of a week, so that what still hangs together in them stays together. */
const RUN_DAYS = 7;
const WEEK_DAYS = 7;
/** A variance is never thought smaller than this share of its estimate. */
const LEAST_VARIANCE = 0.1;

/** Means of the days of one future, to be asked in order, as many as the horizon has. */
export type NextDay = () => number;

/** Draws one future; paths are numbered from 0, and each model has as many of them as its weight asks for. */
export type DrawDays = (path: number, random: Random) => NextDay;

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
 * Input:      futures; options, whole numbers ≥ 1. The generator that a call is given advances.
 * Output:     see DrawDays.
 * Cost:       O(models · horizon) once, O(1) a day.
 * Throws:     never.
 */
export function dayDrawer({ members, week }: DayFutures, { paths, horizonDays }: DrawOptions): DrawDays {
  const drawers: ((random: Random) => NextDay)[] = [];
  let passed = 0;
  for (const { weight, filter } of members) {
    const count = Math.round((passed + weight) * paths) - Math.round(passed * paths);
    passed += weight;
    if (count === 0) continue;
    const draw = memberDrawer(filter, week, horizonDays);
    for (let k = 0; k < count; k++) drawers.push(draw);
  }
  return (path, random) => drawers[path % drawers.length]!(random);
}

function memberDrawer(filter: Filter, week: Float64Array, horizonDays: number): (random: Random) => NextDay {
  const { model, freedom, deviation } = filter;
  const gains = futureGains(filter, horizonDays);
  const nextSurprise = surpriseDrawer(filter.surprises);
  const kept = model.slope?.kept ?? 0;
  return (random) => {
    const state: State = { ...filter.state };
    const scale = deviation * Math.sqrt(freedom / chiSquared(freedom, random));
    const surprise = nextSurprise(random);
    let day = 0;
    return () => {
      const gain = gains[day]!;
      const error = scale * Math.sqrt(gain.variance) * surprise();
      const mean = state.level + state.stray + error + week[day % WEEK_DAYS]!;
      correct(state, gain, error);
      state.slope *= kept;
      state.level += state.slope;
      state.stray *= model.memory;
      day++;
      return mean;
    };
  };
}

function futureGains(filter: Filter, horizonDays: number): readonly Gain[] {
  const covariance = { ...filter.covariance };
  const state = { ...filter.state };
  return Array.from({ length: horizonDays }, () => {
    const gain = observe(covariance, filter.model);
    advance(state, covariance, filter.model);
    return gain;
  });
}

function surpriseDrawer(surprises: Float64Array): (random: Random) => () => number {
  const mean = surprises.reduce((sum, units) => sum + units, 0) / surprises.length;
  const spread = Math.sqrt(surprises.reduce((sum, units) => sum + (units - mean) ** 2, 0) / surprises.length);
  if (surprises.length < ENOUGH_SURPRISES || !(spread > 0)) return (random) => () => random.normal();
  const standard = surprises.map((units) => (units - mean) / spread);
  return (random) => {
    let at = 0;
    let left = 0;
    return () => {
      if (left === 0) {
        at = random.below(standard.length);
        left = RUN_DAYS;
      }
      left--;
      const drawn = standard[at]!;
      at = at + 1 === standard.length ? 0 : at + 1;
      return drawn;
    };
  };
}

/** Chi-squared of so many degrees by the cube of a normal, after Wilson and Hilferty (1931). */
function chiSquared(freedom: number, random: Random): number {
  const part = 2 / (9 * freedom);
  return freedom * Math.max(LEAST_VARIANCE, (1 - part + random.normal() * Math.sqrt(part)) ** 3);
}
