import { mad } from '../numeric/mad.ts';
import { quantile } from '../numeric/quantile.ts';
import type { DayChanges } from './effect-changes.ts';
import { type Filter, filterDays, type StructuralModel, UNKNOWN } from './structural-filter.ts';
import { weekProfile } from './week-profile.ts';

/** Ways in which the days of a series may go on, each with the probability that the past gives it. */
export interface DayFutures {
  readonly members: readonly FutureMember[];
  /** What each of seven days adds, the first one being that of the first day to come. */
  readonly week: Float64Array;
  /** What effects of the calendar make of the days to come; null where there are none. */
  readonly changes: DayChanges | null;
}

export interface FutureMember {
  /** Sums to one over the members. */
  readonly weight: number;
  readonly filter: Filter;
}

const WEEK_DAYS = 7;
/** Models below this share of the likeliest one are left out: hardly a future would be drawn from them. */
const NEGLIGIBLE_WEIGHT = 1e-3;
/** A newest day that moved by so many usual deviations, and as no day did before, is a spike or a load, and no trend. */
const JUMP_DEVIATIONS = 8;
/** Scaled median deviation of a normal. */
const NORMAL_MAD = 1.4826;

/** A slope, and how likely it is before anything is seen, beside the others. */
interface PossibleSlope {
  readonly slope: StructuralModel['slope'];
  readonly prior: number;
}

/**
 * No slope; one that stays; three that wander, of which one forgets; three that grow by 3 to 12 % a month; four that level
 * off in two weeks to five months. The kinds are about as likely as each other.
 */
const SLOPES: readonly PossibleSlope[] = [
  { slope: null, prior: 1 },
  { slope: { kept: 1, variance: 0 }, prior: 1 },
  { slope: { kept: 1, variance: 1e-4 }, prior: 0.25 },
  { slope: { kept: 1, variance: 1e-2 }, prior: 0.25 },
  { slope: { kept: 0.9, variance: 1e-2 }, prior: 0.15 },
  { slope: { kept: 1.001, variance: 0 }, prior: 0.25 },
  { slope: { kept: 1.002, variance: 0 }, prior: 0.25 },
  { slope: { kept: 1.004, variance: 0 }, prior: 0.25 },
  { slope: { kept: 0.995, variance: 0 }, prior: 0.5 },
  { slope: { kept: 0.99, variance: 0 }, prior: 1 },
  { slope: { kept: 0.98, variance: 0 }, prior: 1 },
  { slope: { kept: 0.95, variance: 0 }, prior: 1 },
];
/** From errors that are forgotten overnight to those that never are, the latter also under noise of each day's own. */
const ERRORS: readonly Omit<StructuralModel, 'slope'>[] = [
  { memory: 0, strayVariance: 0, dayVariance: 1 },
  { memory: 0.5, strayVariance: 1, dayVariance: 0 },
  { memory: 0.8, strayVariance: 1, dayVariance: 0 },
  { memory: 0.95, strayVariance: 1, dayVariance: 0 },
  { memory: 1, strayVariance: 1, dayVariance: 0 },
  { memory: 1, strayVariance: 0.3, dayVariance: 0.7 },
  { memory: 1, strayVariance: 0.03, dayVariance: 0.97 },
];

/**
 * Futures of a series of days: which models of its line and of its errors the past allows, and how much each counts.
 *
 * Used to draw futures far beyond any backtest. One model would be too sure: whether errors add up, as those of a random
 * walk do, or fade, as those around a steady fill do, decides how wide the far future is, and short histories leave it open.
 *
 * Definition: 12 slopes × 7 kinds of errors, the kinds of errors as likely as each other before anything is seen; weights
 *             are the posterior probabilities, the slope having a prior that is worth one day of data. Weekdays are
 *             taken out first.
 * Input:      days, means, oldest first, NaN = missing, without effects of the calendar; changes by these, passed on.
 * Output:     members whose weights sum to one, most of them left out as negligible.
 * Edge:       days that all lie exactly on one line, or too few of them → all models count the same.
 * Cost:       84 filters: O(days) each, 0.7 ms for ten weeks.
 * Throws:     never.
 * Source:     Durbin and Koopman, "Time series analysis by state space methods" (2012); Hoeting and others, "Bayesian
 *             model averaging" (1999).
 */
export function dayFutures(days: Float64Array, changes: DayChanges | null = null): DayFutures {
  const known = withoutNewestJump(days);
  const week = weekProfile(known);
  const rest = known.map((day, i) => day - week[(WEEK_DAYS - ((days.length - i) % WEEK_DAYS)) % WEEK_DAYS]!);
  const candidates = ERRORS.flatMap((errors) => evidenceOf(rest, errors));
  const best = candidates.reduce((most, { evidence }) => Math.max(most, evidence), Number.NEGATIVE_INFINITY);
  const weighed = candidates.map(({ filter, evidence }) => ({
    filter,
    weight: Number.isFinite(best) ? Math.exp(evidence - best) : 1,
  }));
  const members = weighed.filter(({ weight }) => weight >= NEGLIGIBLE_WEIGHT);
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  return { week, changes, members: members.map(({ filter, weight }) => ({ filter, weight: weight / sum })) };
}

function evidenceOf(days: Float64Array, errors: Omit<StructuralModel, 'slope'>) {
  let price = 0;
  return SLOPES.map(({ slope, prior }) => {
    const filter = filterDays(days, { slope, ...errors });
    // One that wanders has the prior of the one that stays, which stands before it.
    if (slope?.variance === 0) price = slopePrice(filter, slope.kept, days.length);
    return { filter, evidence: filter.logLikelihood + Math.log(prior) + (slope === null ? 0 : price) };
  });
}

/** What the likelihood gains when the slope's prior is as wide as one day's data tell it, instead of knowing nothing. */
function slopePrice({ covariance }: Filter, kept: number, days: number): number {
  const variance = Math.max(covariance.slope * kept ** (-2 * days), Number.MIN_VALUE);
  return 0.5 * Math.log(UNKNOWN / (days * variance));
}

function withoutNewestJump(days: Float64Array): Float64Array {
  const moves = days.subarray(1).map((day, i) => day - days[i]!);
  const usual = quantile(moves, 0.5);
  const sizes = moves.map((move) => Math.abs(move - usual));
  const newest = sizes.at(-1) ?? 0;
  const isFar = newest > JUMP_DEVIATIONS * NORMAL_MAD * mad(moves);
  if (!isFar || sizes.subarray(0, -1).some((size) => size > newest / 2)) return days;
  const kept = days.slice();
  kept[kept.length - 1] = Number.NaN;
  return kept;
}
