import type { BacktestPlan } from './backtest.ts';
import { disagreement } from './combination.ts';
import type { Competition } from './competition.ts';
import { type ErrorScale, type ErrorUnits, errorScale } from './error-scale.ts';
import { growSpread, growthExponent, RANDOM_WALK } from './spread-growth.ts';

export interface IntervalOptions {
  readonly plan: BacktestPlan;
  readonly horizonPoints: number;
  /** Season whose phases have intervals of their own; 1 for none. */
  readonly periodPoints: number;
}

/** Unit of the errors at each step ahead, and how the errors are spread in it. */
export interface StepsIntervals {
  readonly spread: Float64Array;
  readonly units: ErrorUnits;
}

/** A level below this share of the mean counts as this much, so that nothing is expected exactly at zero. */
const LOWEST_LEVEL = 0.1;
/** Short horizons borrow from fewer neighbours: at least so many groups stay apart. */
const NEIGHBOUR_GROUPS = 4;
const MOST_NEIGHBOURS = 3;
/** Squared coefficient of variation of the mean of absolute normal errors, for one of them. */
const CHANCE_OF_ONE = 0.57;
/** Half of the squared variation of the scale is one over the degrees of freedom that it is worth. */
const SHARE_OF_VARIATION = 0.5;
/** The older past counts like so many errors when it was wilder than the backtested stretch, up to so much. */
const OLDER_ERRORS = 2;
const WILDEST = 3;
/** Longer histories are thinned before the growth of the spread is read from them: it takes all pairs of values. */
const GROWTH_POINTS = 400;

/**
 * Intervals for steps of any length: error scale by horizon and phase, for series whose noise changes.
 *
 * Definition: the conformal scale of error-scale.ts with three corrections. Where all values are positive errors are
 *             measured in roots of the level, half way between noise that ignores the level and noise that is a share of
 *             it. Origins whose errors differ in size by more than chance say that the scale itself is uncertain: they
 *             are worth fewer independent errors. Where changes over a season were larger before the backtested
 *             stretch than within it, the spread is drawn towards them.
 * Input:      values, finite; competition and options made for them.
 * Output:     see StepsIntervals; horizonPoints spreads, ≥ 0.
 * Cost:       O(errors log errors + n + 400²); the inputs are not changed.
 * Throws:     never.
 */
export function stepsIntervals(
  values: Float64Array,
  { held, rows, paths, weights, centre }: Competition,
  { plan, horizonPoints, periodPoints }: IntervalOptions,
): StepsIntervals {
  const rootOf = levelRoot(values);
  const rootsOf = (path: Float64Array): Float64Array => localMeans(path, periodPoints).map(rootOf);
  const scaled = rows.map((row, k) => divided(row, rootsOf(held[k]!)));
  const neighbours = Math.min(MOST_NEIGHBOURS, Math.floor(plan.horizonPoints / NEIGHBOUR_GROUPS));
  const scale = errorScale({ rows: scaled, origins: plan.origins }, periodPoints, neighbours);
  const roots = rootsOf(centre);
  const spread = growSpread(scale.byHorizon, {
    horizonPoints,
    exponent: horizonPoints > 2 * plan.horizonPoints ? thinnedExponent(scale.byHorizon, values) : RANDOM_WALK,
    disagreement: divided(disagreement(paths, weights, centre), roots),
  });
  const calm = calmFactor(values, { rootOf, from: plan.origins.at(-1)!, lag: lagOf(plan, periodPoints) }, scale.units);
  const phases = scale.byPhase.length;
  return {
    spread: spread.map((size, h) => calm * size * roots[h]! * scale.byPhase[(values.length + h) % phases]!),
    units: { ...scale.units, independent: independentErrors(scaled, scale) },
  };
}

/** Root of a level in units of the root of the mean level; 1 for all where a value is not positive. */
function levelRoot(values: Float64Array): (level: number) => number {
  let mean = 0;
  for (const value of values) {
    if (!(value > 0)) return () => 1;
    mean += value / values.length;
  }
  return (level) => Math.sqrt(Math.max(LOWEST_LEVEL, level / mean));
}

/** Mean over one season around each step, as far as the path goes: its level without its season. */
function localMeans(path: Float64Array, periodPoints: number): Float64Array {
  const half = periodPoints >> 1;
  const sums = new Float64Array(path.length + 1);
  path.forEach((value, h) => {
    sums[h + 1] = sums[h]! + value;
  });
  return path.map((_, h) => {
    const from = Math.max(0, h - half);
    const to = Math.min(path.length, h + half + 1);
    return (sums[to]! - sums[from]!) / (to - from);
  });
}

function divided(values: Float64Array, by: Float64Array): Float64Array {
  return values.map((value, h) => value / by[h]!);
}

/** How many independent errors the pool is worth once its origins differ in the size of their errors. */
function independentErrors(rows: readonly Float64Array[], { byHorizon, units, memory }: ErrorScale): number {
  const sizes = rows.map((row) => relativeSize(row, byHorizon)).filter((size) => !Number.isNaN(size));
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  if (sizes.length < 2 || !(mean > 0)) return units.independent;
  const variance = sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / (sizes.length - 1);
  const fading = (byHorizon.length * (1 - memory.autocorrelation)) / (1 + memory.autocorrelation);
  const independentInRow = 1 / (memory.persistence + (1 - memory.persistence) / Math.max(1, fading));
  const variation = Math.max(0, variance / (mean * mean) - CHANCE_OF_ONE / independentInRow);
  return Math.max(2, 1 / (1 / units.independent + SHARE_OF_VARIATION * variation));
}

/** Mean absolute error of a row in units of the typical one at each horizon; NaN where nothing was observed. */
function relativeSize(row: Float64Array, byHorizon: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let h = 0; h < row.length; h++) {
    if (Number.isNaN(row[h]!)) continue;
    sum += byHorizon[h]! > 0 ? Math.abs(row[h]!) / byHorizon[h]! : 0;
    count++;
  }
  return sum / count;
}

function lagOf(plan: BacktestPlan, periodPoints: number): number {
  return periodPoints > 1 ? periodPoints : Math.max(1, Math.round(plan.horizonPoints / 2));
}

interface CalmOptions {
  readonly rootOf: (level: number) => number;
  /** Index at which the backtested stretch begins. */
  readonly from: number;
  readonly lag: number;
}

/** Factor ≥ 1 where the backtested stretch was calmer than what came before. */
function calmFactor(values: Float64Array, { rootOf, from, lag }: CalmOptions, units: ErrorUnits): number {
  let recent = 0;
  let older = 0;
  for (let i = lag; i < values.length; i++) {
    const change = Math.abs(values[i]! - values[i - lag]!) / rootOf((values[i]! + values[i - lag]!) / 2);
    if (i >= from) recent += change;
    else older += change;
  }
  const recentCount = values.length - Math.max(from, lag);
  const olderCount = Math.max(0, from - lag);
  if (!(recent > 0 && recentCount > 0 && olderCount > 0)) return 1;
  const ratio = Math.min(WILDEST, Math.max(1, older / olderCount / (recent / recentCount)));
  const weight = (OLDER_ERRORS * olderCount) / (olderCount + recentCount);
  return (units.independent + weight * ratio) / (units.independent + weight);
}

function thinnedExponent(byHorizon: Float64Array, values: Float64Array): number {
  const every = Math.ceil(values.length / GROWTH_POINTS);
  const newest = (all: Float64Array): Float64Array => {
    const kept = Math.max(1, Math.floor(all.length / every));
    return Float64Array.from({ length: kept }, (_, i) => all[all.length - 1 - (kept - 1 - i) * every]!);
  };
  return growthExponent(newest(byHorizon), newest(values));
}
