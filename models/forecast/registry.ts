import { dampedTrend } from './damped-trend.ts';
import { drift } from './drift.ts';
import type { Forecaster } from './forecaster.ts';
import { lastValue } from './last-value.ts';
import { robustTrend } from './robust-trend.ts';
import { seasonalMean } from './seasonal-mean.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { sparseAutoregression } from './sparse-autoregression.ts';

/** What competes at one scale; the naive ones are also what the combination must beat. */
export interface CandidateSet {
  readonly lastValue: Forecaster;
  readonly seasonalNaives: readonly Forecaster[];
  readonly others: readonly Forecaster[];
}

/** For 48 hours in steps of one hour. */
export const HOURLY_CANDIDATES: CandidateSet = {
  lastValue: lastValue(),
  seasonalNaives: [seasonalNaive(24), seasonalNaive(168)],
  others: [
    seasonalMean(24, 7),
    seasonalMean(168, 4),
    robustTrend({ name: 'robust-trend', blockPoints: 24, blocks: 56, seasons: [24, 168], levelPoints: 24 }),
    robustTrend({ name: 'recent-trend', blockPoints: 24, blocks: 7, seasons: [24], levelPoints: 12 }),
    dampedTrend([24, 168], 0.97),
    sparseAutoregression(),
  ],
};

/** For 90 days in steps of one day. */
export const DAILY_CANDIDATES: CandidateSet = {
  lastValue: lastValue(),
  seasonalNaives: [seasonalNaive(7)],
  others: [
    seasonalMean(7, 4),
    drift(56),
    robustTrend({ name: 'robust-trend', blockPoints: 1, blocks: 84, seasons: [7], levelPoints: 7 }),
    robustTrend({ name: 'recent-trend', blockPoints: 1, blocks: 14, seasons: [7], levelPoints: 3 }),
    dampedTrend([7], 0.9),
  ],
};

/**
 * All candidates of a scale in one list: naive ones first.
 *
 * Output:     a new array; names are unique within it.
 * Throws:     never.
 *
 * @example
 * allCandidates(DAILY_CANDIDATES)[0].name // => 'last-value'
 */
export function allCandidates(set: CandidateSet): readonly Forecaster[] {
  return [set.lastValue, ...set.seasonalNaives, ...set.others];
}
