import { medianInPlace } from '../numeric/median-in-place.ts';

/** Seasons older than this say little about the present shape. */
const KEPT_SEASONS = 6;

/**
 * Seasonal profile: how far each phase of the season usually lies from the level of its own season.
 *
 * Used by the trend forecasters to look at a series without its season.
 *
 * Definition: over the last whole seasons (at most six), the median by phase of value − mean of that season − trend
 *             within it, centred on zero. Phase of index i is i mod periodPoints.
 * Input:      values, finite; periodPoints ≥ 1; slope, the trend for each step that is not season.
 * Output:     periodPoints deviations in the unit of the values, mean 0.
 * Edge:       less than two whole seasons, or a period of one point → all zero: one season cannot be told from chance.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...seasonalProfile(Float64Array.of(1, 3, 1, 3, 1, 3), 2, 0)] // => [-1, 1]
 * [...seasonalProfile(Float64Array.of(1, 3), 2, 0)] // => [0, 0]
 */
export function seasonalProfile(values: Float64Array, periodPoints: number, slope: number): Float64Array {
  const profile = new Float64Array(periodPoints);
  const seasons = Math.min(KEPT_SEASONS, Math.floor(values.length / periodPoints));
  if (seasons < 2 || periodPoints < 2) return profile;
  const from = values.length - seasons * periodPoints;
  const levels = Float64Array.from({ length: seasons }, (_, season) => seasonMean(values, from, season, periodPoints));
  const deviations = new Float64Array(seasons);
  const middle = (periodPoints - 1) / 2;
  for (let step = 0; step < periodPoints; step++) {
    for (let season = 0; season < seasons; season++) {
      const value = values[from + season * periodPoints + step]!;
      deviations[season] = value - levels[season]! - slope * (step - middle);
    }
    profile[(from + step) % periodPoints] = medianInPlace(deviations);
  }
  return centre(profile);
}

function seasonMean(values: Float64Array, from: number, season: number, periodPoints: number): number {
  let sum = 0;
  for (let step = 0; step < periodPoints; step++) sum += values[from + season * periodPoints + step]!;
  return sum / periodPoints;
}

function centre(profile: Float64Array): Float64Array {
  const mean = profile.reduce((sum, deviation) => sum + deviation, 0) / profile.length;
  return profile.map((deviation) => deviation - mean);
}
