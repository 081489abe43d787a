import { quantileSorted } from '../numeric/quantile.ts';
import { createRandom } from '../numeric/random.ts';
import type { DayFutures } from './day-futures.ts';
import { type DayMoves, dayMoves, daysOfHours, type MovesInput, movedChanges } from './day-moves.ts';
import { dayDrawer } from './draw-days.ts';
import type { FutureSource } from './outcome.ts';
import type { TurningLevel } from './turning-level.ts';

const DAY_HOURS = 24;
const PATHS = 400;
/** Any seed will do; a fixed one makes equal forecasts of equal pasts. */
const SEED = 1;

/** Quantiles of days, one entry for each. */
export interface DayBand {
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
}

type DayBandInput = Pick<FutureSource, 'futures' | 'hourly' | 'turning' | 'nonNegative'> &
  Pick<MovesInput, 'centre' | 'backtestDays'>;

/**
 * Band of the days, made of the same futures as the dates, so that both tell one story.
 *
 * Definition: the first two days are those of the hourly forecast (daysOfHours). For the others 400 paths are drawn
 *             (dayDrawer) and moved (dayMoves); p10, p50 and p90 are the quantiles of the paths. None comes beyond the
 *             line at which the series was turned back, unless that habit lapses, and none below zero where no value
 *             was.
 * Input:      see FutureSource and MovesInput; the band is as long as the centre.
 * Output:     band, p10 ≤ p50 ≤ p90; futures, whose paths are moved in the same way from now on.
 * Cost:       O(paths · days · log paths), 2 ms; the input is not changed.
 * Throws:     never.
 */
export function dayBand(input: DayBandInput): { readonly band: DayBand; readonly futures: DayFutures } {
  const { futures, hourly, centre, backtestDays, turning, nonNegative } = input;
  const near = daysOfHours(hourly);
  const drawn = drawnDays(futures, centre.length);
  const moves = dayMoves({ drawn, near, centre, backtestDays });
  const quantileOf = turnedQuantile(drawn, moves, turning);
  const bounded = (value: number): number => (nonNegative ? Math.max(0, value) : value);
  const path = (share: number, distance: (day: number) => number): Float64Array =>
    centre.map((_, day) =>
      bounded(day < near.centre.length ? near.centre[day]! + distance(day) : quantileOf(day, share)),
    );
  return {
    band: {
      p10: path(0.1, (day) => -near.below[day]!),
      p50: path(0.5, () => 0),
      p90: path(0.9, (day) => near.above[day]!),
    },
    futures: { ...futures, changes: movedChanges(futures.changes, moves) },
  };
}

/** What was drawn of each day, ascending. */
function drawnDays(futures: DayFutures, horizonDays: number): readonly Float64Array[] {
  const columns = Array.from({ length: horizonDays }, () => new Float64Array(PATHS));
  const draw = dayDrawer(futures, { paths: PATHS, horizonDays });
  const random = createRandom(SEED);
  const days = new Float64Array(horizonDays);
  for (let path = 0; path < PATHS; path++) {
    draw(path, random, days);
    for (let day = 0; day < horizonDays; day++) columns[day]![path] = days[day]!;
  }
  return columns.map((column) => column.sort());
}

/** Quantile of a moved day, of which all paths but the lapsed ones stay within the lines of the turns. */
function turnedQuantile(
  drawn: readonly Float64Array[],
  { times, plus }: DayMoves,
  { max, min }: FutureSource['turning'],
): (day: number, share: number) => number {
  const lineOf = ({ level, slope }: TurningLevel, day: number): number => level + slope * day * DAY_HOURS;
  return (day, share) => {
    const quantile = (of: number): number => quantileSorted(drawn[day]!, of) * times[day]! + plus[day]!;
    let value = quantile(share);
    // Beyond its line lie only lapsed paths; on it all of the others.
    if (max !== null && value > lineOf(max, day)) {
      const lapsed = (1 - share) / max.lapseProbability;
      value = lapsed < 1 ? Math.max(lineOf(max, day), quantile(1 - lapsed)) : lineOf(max, day);
    }
    if (min !== null && value < lineOf(min, day)) {
      const lapsed = share / min.lapseProbability;
      value = lapsed < 1 ? Math.min(lineOf(min, day), quantile(lapsed)) : lineOf(min, day);
    }
    return value;
  };
}
