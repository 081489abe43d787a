import { holt } from './holt.ts';
import { onLogScale } from './log-scale.ts';
import { type CandidateSet, seasonalCandidates } from './registry.ts';
import type { SeasonVerdict } from './season-test.ts';
import { theta } from './theta.ts';

/**
 * Candidates for a series whose season was tested: with the season, without it, or both where it may be there.
 *
 * Definition: as seasonedCandidates; where a season is possible those without a season and those with it, the backtest
 *             being left to choose.
 * Input:      seasons in points, ascending, each ≥ 2; verdict, of the season where there is only one.
 * Output:     see CandidateSet; names are unique within it.
 * Cost:       O(seasons).
 * Throws:     never.
 *
 * @example
 * stepsCandidates([12], 'none').seasonalNaives.length // => 0
 * stepsCandidates([12], 'possible').others.filter(({ name }) => name.startsWith('theta')).length // => 4
 */
export function stepsCandidates(seasons: readonly number[], verdict: SeasonVerdict): CandidateSet {
  if (verdict === 'seasonal' || seasons.length !== 1) return seasonedCandidates(seasons);
  const plain = seasonedCandidates([]);
  if (verdict === 'none') return plain;
  const seasoned = seasonedCandidates(seasons);
  const known = new Set(plain.others.map(({ name }) => name));
  const added = seasoned.others
    .filter(({ name }) => name !== INTERMITTENT)
    .map((forecaster) =>
      known.has(forecaster.name) ? { ...forecaster, name: `${forecaster.name}-${seasons[0]}` } : forecaster,
    );
  return { ...seasoned, others: [...plain.others, ...added] };
}

/** Knows of no season: once is enough. */
const INTERMITTENT = 'intermittent-demand';

/**
 * Candidates for a series of any step: the seasonal ones, and smoothing ones for what is short or has no fast season.
 *
 * Definition: those of seasonalCandidates, theta and damped smoothing, on logarithms too; without a second season, which
 *             tells of days and weeks, also a trend that is not damped.
 * Input:      seasons in points, ascending, each ≥ 2; none where there is no season.
 * Output:     see CandidateSet; names are unique within it.
 * Cost:       O(seasons).
 * Throws:     never.
 *
 * @example
 * seasonedCandidates([12]).others.filter(({ name }) => name === 'holt').length // => 1
 */
export function seasonedCandidates(seasons: readonly number[]): CandidateSet {
  const set = seasonalCandidates(seasons);
  const known = new Set(set.others.map(({ name }) => name));
  const added =
    seasons.length > 1
      ? [onLogScale(theta(seasons), 'unsuited'), holt('damped', seasons)]
      : [theta(seasons), holt('damped', seasons), holt('linear', seasons)].flatMap((forecaster) => [
          forecaster,
          onLogScale(forecaster, 'unsuited'),
        ]);
  return { ...set, others: [...set.others, ...added.filter(({ name }) => !known.has(name))] };
}
