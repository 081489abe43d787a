import { LIMIT_HORIZON_DAYS } from '../domain/forecast.ts';
import { quantileSorted } from '../numeric/quantile.ts';
import { blockMeans } from './blocks.ts';
import type { DayChanges } from './effect-changes.ts';
import type { ErrorBand } from './scale-forecast.ts';

const DAY_HOURS = 24;
/** Each day further from the hourly forecast, the drawn days keep this share of their difference to it. */
const JOIN_FADING = 0.5;
/** Share of the way to the combination's centre that futures are moved, as far as that was backtested. */
const CENTRE_SHARE = 0.5;
/** But never by more than this share of their own spread: futures that are sure are not led astray. */
const MOST_OF_SPREAD = 0.25;
/** The width at the joint is changed by no more than this factor. */
const MOST_WIDENING = 4;

/** How drawn days are moved: value · times + plus, one entry for each day to the horizon of the dates. */
export type DayMoves = Pick<DayChanges, 'times' | 'plus'>;

export interface MovesInput {
  /** What was drawn of each day, ascending. */
  readonly drawn: readonly Float64Array[];
  /** Means of the first days by the hourly forecast: see daysOfHours. */
  readonly near: Pick<ErrorBand, 'centre' | 'below' | 'above'>;
  /** The combination's centre of each drawn day, joined to the hours. */
  readonly centre: Float64Array;
  /** Days on which the combination was backtested. */
  readonly backtestDays: number;
}

/**
 * Moves of drawn days: what joins them to the hourly forecast, and to what the backtest has shown.
 *
 * Definition: the middle of each day is moved half the way to the combination's centre, at most by a quarter of the mean
 *             distance to p10 and p90; beyond the backtest less, by the share of the days that were backtested. Near the
 *             hours it is moved all of the way, and the width is that of the last day of hours, both fading by half from
 *             day to day. Days after the last drawn one are moved as that one is.
 * Input:      see MovesInput.
 * Output:     see DayMoves; times above zero.
 * Cost:       O(days).
 * Throws:     never.
 */
export function dayMoves({ drawn, near, centre, backtestDays }: MovesInput): DayMoves {
  const times = new Float64Array(LIMIT_HORIZON_DAYS).fill(1);
  const plus = new Float64Array(LIMIT_HORIZON_DAYS);
  const last = near.centre.length - 1;
  const spreadOf = (day: number): number => (quantileSorted(drawn[day]!, 0.9) - quantileSorted(drawn[day]!, 0.1)) / 2;
  const ratio = (near.below[last]! + near.above[last]!) / 2 / spreadOf(last);
  const widening = ratio > 0 ? Math.min(MOST_WIDENING, Math.max(1 / MOST_WIDENING, ratio)) : 1;
  for (let day = last + 1; day < LIMIT_HORIZON_DAYS; day++) {
    if (day >= drawn.length) {
      plus[day] = plus[day - 1]!;
      continue;
    }
    const fading = JOIN_FADING ** (day - last);
    const middle = quantileSorted(drawn[day]!, 0.5);
    const gap = centre[day]! - middle;
    const most = MOST_OF_SPREAD * spreadOf(day);
    const led = Math.min(1, backtestDays / (day + 1)) * Math.min(most, Math.max(-most, CENTRE_SHARE * gap));
    times[day] = widening ** fading;
    plus[day] = middle * (1 - times[day]!) + fading * gap + (1 - fading) * led;
  }
  return { times, plus };
}

/**
 * Days of the hourly forecast: their means, and how far those may be off.
 *
 * Definition: distances are the means of those of the hours, times the deviation of the mean over a day of errors of
 *             unit variance that hang together as those of the hours do.
 * Input:      hourly, a whole number of days.
 * Output:     one entry for each day.
 * Cost:       O(hours).
 * Throws:     never.
 *
 * @example
 * [...daysOfHours({ centre: new Float64Array(24).fill(4), below: new Float64Array(24).fill(2), above: new Float64Array(24), memory: { persistence: 1, autocorrelation: 0 } }).below] // => [2]
 */
export function daysOfHours(
  hourly: Pick<ErrorBand, 'centre' | 'below' | 'above' | 'memory'>,
): Pick<ErrorBand, 'centre' | 'below' | 'above'> {
  const { persistence, autocorrelation } = hourly.memory;
  let fading = 1 / DAY_HOURS;
  for (let lag = 1; lag < DAY_HOURS; lag++) {
    fading += (2 * (DAY_HOURS - lag) * autocorrelation ** lag) / DAY_HOURS ** 2;
  }
  const deviation = Math.sqrt(persistence + (1 - persistence) * fading);
  const distances = (hours: Float64Array): Float64Array => blockMeans(hours, DAY_HOURS).map((mean) => mean * deviation);
  return {
    centre: blockMeans(hourly.centre, DAY_HOURS),
    below: distances(hourly.below),
    above: distances(hourly.above),
  };
}

/**
 * Changes of days to come with the moves after them.
 *
 * Input:      changes by the calendar, null where there are none; moves.
 * Output:     new changes.
 * Cost:       O(days).
 * Throws:     never.
 *
 * @example
 * [...movedChanges(null, { times: Float64Array.of(2), plus: Float64Array.of(3) }).plus] // => [3]
 */
export function movedChanges(changes: DayChanges | null, moves: DayMoves): DayChanges {
  if (changes === null) {
    const nothing = new Float64Array(moves.times.length);
    return { ...moves, doubt: nothing, highest: nothing, lowest: nothing };
  }
  return {
    ...changes,
    times: changes.times.map((times, day) => times * moves.times[day]!),
    plus: changes.plus.map((plus, day) => plus * moves.times[day]! + moves.plus[day]!),
    doubt: changes.doubt.map((doubt, day) => doubt * moves.times[day]!),
  };
}
