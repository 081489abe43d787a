import { medianInPlace } from '../numeric/median-in-place.ts';

/** What history says of a season: it is there, it may be there, or it is not. */
export type SeasonVerdict = 'seasonal' | 'possible' | 'none';

/** One-sided 95 % quantile of a normal: chance alone goes beyond it once in twenty. */
const SURE = 1.645;
/** Fewer seasons than this cannot be tested. */
const FEWEST_SEASONS = 3;
/** Longer seasons are taken as they were named: the test takes each lag up to the season. */
const LONGEST_TESTED = 400;
/** No change counts for more than this many medians of all that are not zero. */
const LARGEST_CHANGE = 4;

/** Shorter common seasons than this cannot be told from memory that fades. */
const SHORTEST_COMMON = 4;
/** What a common season and its double must reach, in standard deviations over all series. */
const COMMON = 3;
/** Of a season and its multiples the season is meant. */
const SHARE_OF_LARGEST = 2 / 3;
/** No single series counts for more than this many of its own. */
const MOST_OF_ONE = 4;
/** More series and older values say little more about what all have in common. */
const MOST_SERIES = 200;
const NEWEST_POINTS = 2_000;
/** Fewer series than this have nothing in common that one of them could not have by chance. */
const FEWEST_SERIES = 5;

/**
 * Season test: do changes repeat after one season?
 *
 * Definition: autocorrelation of the changes from step to step at the season, one-sided against Bartlett's standard
 *             deviation √((1 + 2 Σ acf(k)², k < season) / n). Above 1.645 the series is seasonal, above zero it may be.
 * Input:      values, finite; periodPoints ≥ 2.
 * Output:     see SeasonVerdict.
 * Edge:       less than three seasons → possible; a season of more than 400 points → seasonal, untested.
 * Cost:       O(n · periodPoints).
 * Throws:     never.
 *
 * @example
 * testSeason(Float64Array.of(1, 5, 2, 1, 5, 2, 1, 5, 2, 1, 5, 2, 1, 5, 2), 3) // => 'seasonal'
 * testSeason(Float64Array.of(1, 2, 3), 3) // => 'possible'
 */
export function testSeason(values: Float64Array, periodPoints: number): SeasonVerdict {
  if (periodPoints > LONGEST_TESTED) return 'seasonal';
  if (values.length < FEWEST_SEASONS * periodPoints) return 'possible';
  const statistic = seasonStatistics(values, periodPoints)[periodPoints - 1] ?? Number.NaN;
  if (Number.isNaN(statistic)) return 'none';
  return statistic > SURE ? 'seasonal' : statistic > 0 ? 'possible' : 'none';
}

/**
 * The season that many series have in common, found where none was named: series of one source share their step, and
 * with it the week or the year.
 *
 * Definition: statistics of testSeason at each lag, summed over at most 200 series and divided by the root of their
 *             number. A common season is a lag from 4 on, larger than its neighbours, that reaches 3 together with its
 *             double; the shortest of those that reach two thirds of the largest.
 * Input:      series of finite values.
 * Output:     the season in points, or null where there is none.
 * Cost:       O(series · 2000 · 400).
 * Throws:     never.
 *
 * @example
 * commonSeason([]) // => null
 */
export function commonSeason(series: readonly Float64Array[]): number | null {
  const every = Math.max(1, Math.ceil(series.length / MOST_SERIES));
  const sums = new Float64Array(LONGEST_TESTED + 2);
  const counts = new Float64Array(LONGEST_TESTED + 2);
  for (let i = 0; i < series.length; i += every) {
    const values = series[i]!.subarray(Math.max(0, series[i]!.length - NEWEST_POINTS));
    const longest = Math.min(LONGEST_TESTED + 1, Math.floor(values.length / 2));
    seasonStatistics(values, longest).forEach((statistic, k) => {
      if (Number.isNaN(statistic)) return;
      sums[k + 1]! += Math.max(-MOST_OF_ONE, Math.min(MOST_OF_ONE, statistic));
      counts[k + 1]!++;
    });
  }
  const pooled = sums.map((sum, lag) => (counts[lag]! >= FEWEST_SERIES ? sum / Math.sqrt(counts[lag]!) : 0));
  const standing: number[] = [];
  for (let lag = SHORTEST_COMMON; 2 * lag <= LONGEST_TESTED; lag++) {
    const stands = pooled[lag]! > Math.max(pooled[lag - 1]!, pooled[lag + 1]!);
    if (stands && Math.min(pooled[lag]!, pooled[2 * lag]!) >= COMMON) standing.push(lag);
  }
  const largest = Math.max(...standing.map((lag) => pooled[lag]!));
  return standing.find((lag) => pooled[lag]! >= SHARE_OF_LARGEST * largest) ?? null;
}

/** The test's statistic at lags 1, 2, …, longest; NaN for a series that does not change. */
function seasonStatistics(values: Float64Array, longest: number): Float64Array {
  const changes = boundedChanges(values);
  const squares = products(changes, 0);
  const statistics = new Float64Array(Math.max(0, Math.min(longest, changes.length - 1))).fill(Number.NaN);
  if (!(squares > 0)) return statistics;
  let before = 0;
  return statistics.map((_, k) => {
    const correlation = products(changes, k + 1) / squares;
    const statistic = correlation / Math.sqrt((1 + 2 * before) / changes.length);
    before += correlation * correlation;
    return statistic;
  });
}

/** Changes from step to step, centred; wild ones cut, so that one day does not decide. */
function boundedChanges(values: Float64Array): Float64Array {
  const changes = values.slice(1);
  for (let i = 0; i < changes.length; i++) changes[i]! -= values[i]!;
  const sizes = changes.map(Math.abs).filter((size) => size > 0);
  if (sizes.length === 0) return changes;
  const most = LARGEST_CHANGE * medianInPlace(sizes);
  let mean = 0;
  for (let i = 0; i < changes.length; i++) {
    changes[i] = Math.max(-1, Math.min(1, changes[i]! / most));
    mean += changes[i]! / changes.length;
  }
  return changes.map((change) => change - mean);
}

function products(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let i = lag; i < values.length; i++) sum += values[i]! * values[i - lag]!;
  return sum;
}
