import { holt } from './holt.ts';
import { onLogScale } from './log-scale.ts';
import { type CandidateSet, seasonalCandidates } from './registry.ts';
import { theta } from './theta.ts';

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
 * stepsCandidates([12]).others.filter(({ name }) => name === 'holt').length // => 1
 */
export function stepsCandidates(seasons: readonly number[]): CandidateSet {
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
