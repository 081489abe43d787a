import { dampedTrend } from './damped-trend.ts';
import { drift } from './drift.ts';
import { fadingOffset } from './fading-offset.ts';
import type { Forecaster } from './forecaster.ts';
import { intermittentDemand } from './intermittent-demand.ts';
import { lastValue } from './last-value.ts';
import { onLogScale } from './log-scale.ts';
import { piecewiseTrend } from './piecewise-trend.ts';
import { medianAutoregression, profileAutoregression } from './profile-autoregression.ts';
import { robustTrend } from './robust-trend.ts';
import { seasonalMean } from './seasonal-mean.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { similarSeasons } from './similar-seasons.ts';
import { differencedAutoregression, sparseAutoregression } from './sparse-autoregression.ts';

/** Share of a trend that is left after one season. */
const DAMPING = 0.5;
/** Share of an offset from similar seasons that is left after one season. */
const OFFSET_LEFT = 0.5;
/** Points of a season of which the newest few tell how the series stands now. */
const FINE_STEPS = 96;

/** What competes at one scale; the naive ones are also what the combination must beat. */
export interface CandidateSet {
  readonly lastValue: Forecaster;
  readonly seasonalNaives: readonly Forecaster[];
  readonly others: readonly Forecaster[];
}

/**
 * Candidates for a series of any step whose seasons are known.
 *
 * Input:      seasons in points, ascending, each ≥ 2; none where there is no season.
 * Output:     naive ones, means, autoregressions and a trend; names are unique within it.
 * Cost:       O(seasons).
 * Throws:     never.
 *
 * @example
 * seasonalCandidates([24, 168]).seasonalNaives.length // => 2
 */
export function seasonalCandidates(seasons: readonly number[]): CandidateSet {
  const [short] = seasons;
  const long = seasons.at(-1);
  const autoregression = sparseAutoregression(seasons);
  return {
    lastValue: lastValue(),
    seasonalNaives: seasons.map(seasonalNaive),
    others: [
      ...seasons.map((season, k) => seasonalMean(season, k === 0 ? 7 : 4)),
      dampedTrend(seasons, DAMPING ** (1 / (short ?? 1))),
      autoregression,
      onLogScale(autoregression, 'unsuited'),
      onLogScale(differencedAutoregression(1, seasons), 'as_they_are'),
      intermittentDemand(),
      piecewiseTrend(seasons),
      ...(short === undefined || long === undefined
        ? []
        : [
            onLogScale(differencedAutoregression(short, [short]), 'as_they_are'),
            onLogScale(profileAutoregression(long, short), 'as_they_are'),
            onLogScale(medianAutoregression(seasons), 'as_they_are'),
            onLogScale(fadingOffset({ periodPoints: long, seasons: 4, shortSeason: short }), 'as_they_are'),
            ...similarSeasonsOf(seasons),
          ]),
    ],
  };
}

/** By how the last season went and, where steps are fine, by how the series stands now; from there back, or not. */
function similarSeasonsOf(seasons: readonly number[]): Forecaster[] {
  return [
    { name: 'similar-seasons', likenessHalfLife: 1 / 2 },
    ...(seasons[0]! >= FINE_STEPS ? [{ name: 'similar-now', likenessHalfLife: 1 / 32 }] : []),
  ].flatMap(({ name, likenessHalfLife }) => [
    onLogScale(similarSeasons({ name, seasons, likenessHalfLife, offsetLeft: OFFSET_LEFT }), 'as_they_are'),
    similarSeasons({ name: `${name}-held`, seasons, likenessHalfLife, offsetLeft: 1 }),
  ]);
}

const HOURLY_SEASONS = seasonalCandidates([24, 168]);

/** For 48 hours in steps of one hour. */
export const HOURLY_CANDIDATES: CandidateSet = {
  ...HOURLY_SEASONS,
  others: [
    ...HOURLY_SEASONS.others,
    robustTrend({ name: 'robust-trend', blockPoints: 24, blocks: 56, seasons: [24, 168], levelPoints: 24 }),
    robustTrend({ name: 'recent-trend', blockPoints: 24, blocks: 7, seasons: [24], levelPoints: 12 }),
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
    intermittentDemand(),
    piecewiseTrend([7]),
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
