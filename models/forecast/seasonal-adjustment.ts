/** A series without its seasons, and the way back. */
export interface SeasonalAdjustment {
  readonly rest: Float64Array;
  /** What the seasons add to the step h after the last value, h from 0. */
  readonly seasonAt: (h: number) => number;
}

/** Fewer seasons than this do not tell a season from chance. */
const FEWEST_SEASONS = 2.5;
/** Seasons older than this say little about the present shape. */
const KEPT_SEASONS = 10;

/**
 * Seasonal adjustment: takes the seasons off a series, as far as they can be told from chance.
 *
 * Used by the smoothing forecasters, which know no season themselves.
 *
 * Definition: classical decomposition, season after season: mean by phase of value − centred moving average of one
 *             season, over at most ten seasons, centred on zero and shrunk by 1 − 1/F, where F compares the variance
 *             between the phases with that within them (James and Stein). An F of one or less is no season.
 * Input:      values, finite; seasons in points, ascending, each ≥ 2.
 * Output:     see SeasonalAdjustment; rest is a new array.
 * Edge:       a season of which less than two and a half were seen is left in.
 * Cost:       O(n · seasons); the input is not changed.
 * Throws:     never.
 * Source:     Miller and Williams, "Shrinkage estimators of time series seasonal factors" (2003).
 *
 * @example
 * [...adjustSeasons(Float64Array.of(1, 3, 1, 3, 1, 3), [2]).rest] // => [2, 2, 2, 2, 2, 2]
 * [...adjustSeasons(Float64Array.of(1, 3, 1), [2]).rest] // => [1, 3, 1]
 */
export function adjustSeasons(values: Float64Array, seasons: readonly number[]): SeasonalAdjustment {
  const rest = Float64Array.from(values);
  const shapes = seasons
    .filter((periodPoints) => values.length >= FEWEST_SEASONS * periodPoints)
    .map((periodPoints) => {
      const shape = seasonalIndices(rest, periodPoints);
      for (let i = 0; i < rest.length; i++) rest[i]! -= shape[i % periodPoints]!;
      return shape;
    });
  const seasonAt = (h: number): number =>
    shapes.reduce((sum, shape) => sum + shape[(values.length + h) % shape.length]!, 0);
  return { rest, seasonAt };
}

/** One deviation for each phase, mean zero; the phase of index i is i mod periodPoints. */
function seasonalIndices(values: Float64Array, periodPoints: number): Float64Array {
  const deviations = fromMovingMean(values, periodPoints);
  const offset = (values.length - deviations.length) >> 1;
  const from = Math.max(0, deviations.length - KEPT_SEASONS * periodPoints);
  const sums = new Float64Array(periodPoints);
  const counts = new Float64Array(periodPoints);
  for (let i = from; i < deviations.length; i++) {
    sums[(offset + i) % periodPoints]! += deviations[i]!;
    counts[(offset + i) % periodPoints]!++;
  }
  const means = sums.map((sum, phase) => sum / counts[phase]!);
  const centre = means.reduce((sum, mean) => sum + mean, 0) / periodPoints;
  const shape = means.map((mean) => mean - centre);
  let within = 0;
  for (let i = from; i < deviations.length; i++) within += (deviations[i]! - means[(offset + i) % periodPoints]!) ** 2;
  const between = shape.reduce((sum, index, phase) => sum + counts[phase]! * index * index, 0);
  const chance = within / (deviations.length - from - periodPoints);
  const share = between > 0 ? Math.max(0, 1 - (chance * (periodPoints - 1)) / between) : 0;
  return shape.map((index) => share * index);
}

/** value − moving average of one season around it (an even season counts its two ends half), where that is whole. */
function fromMovingMean(values: Float64Array, periodPoints: number): Float64Array {
  const half = periodPoints >> 1;
  const even = periodPoints % 2 === 0;
  const deviations = new Float64Array(values.length - 2 * half);
  let sum = 0;
  for (let i = 0; i <= 2 * half; i++) sum += values[i]!;
  for (let i = 0; i < deviations.length; i++) {
    if (i > 0) sum += values[i + 2 * half]! - values[i - 1]!;
    const ends = even ? (values[i]! + values[i + 2 * half]!) / 2 : 0;
    deviations[i] = values[i + half]! - (sum - ends) / periodPoints;
  }
  return deviations;
}
