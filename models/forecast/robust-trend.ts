import { medianInPlace } from '../numeric/median-in-place.ts';
import { theilSenSlope } from '../numeric/theil-sen.ts';
import { blockMeans } from './blocks.ts';
import { createForecaster, type Forecaster } from './forecaster.ts';
import { seasonalProfile } from './seasonal-profile.ts';

export interface RobustTrendOptions {
  readonly name: string;
  /** Steps that make one point of the line: 24 for hours seen as days, 1 for days. */
  readonly blockPoints: number;
  /** How many of the newest blocks the line is drawn through. */
  readonly blocks: number;
  /** Seasons from short to long, each a multiple of the one before. */
  readonly seasons: readonly number[];
  /** How many of the newest values say where the line stands now. */
  readonly levelPoints: number;
}

/** A slope from fewer blocks than this is chance. */
const NEEDED_BLOCKS = 3;

/**
 * Robust trend: a straight line through recent days that no spike or clean-up tilts, with the seasons put back on.
 *
 * Definition: Theil–Sen slope over block means; profiles of the seasons, one after the other, from what the line
 *             leaves; level = median of the newest values without line and seasons.
 * Warm-up:    three blocks; a season takes part once it was seen twice.
 * Assumes:    additive seasons, a trend that goes on.
 * Fails when: growth saturates or turns.
 * Cost:       O(n + blocks²) to fit.
 * Throws:     never.
 *
 * @example
 * robustTrend({ name: 'trend', blockPoints: 1, blocks: 14, seasons: [], levelPoints: 3 }).neededPoints // => 3
 */
export function robustTrend(options: RobustTrendOptions): Forecaster {
  return createForecaster(options.name, NEEDED_BLOCKS * options.blockPoints, (values) => {
    const days = blockMeans(values, options.blockPoints);
    const slope = theilSenSlope(days.subarray(Math.max(0, days.length - options.blocks))) / options.blockPoints;
    const last = values.length - 1;
    const rest = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) rest[i] = values[i]! - slope * (i - last);
    const profiles = options.seasons.map((periodPoints) => {
      const profile = seasonalProfile(rest, periodPoints, 0);
      for (let i = 0; i < rest.length; i++) rest[i]! -= profile[i % periodPoints]!;
      return profile;
    });
    const level = medianInPlace(rest.slice(-options.levelPoints));
    return {
      predict: (horizonPoints) =>
        Float64Array.from({ length: horizonPoints }, (_, h) => {
          let value = level + slope * (h + 1);
          for (const profile of profiles) value += profile[(last + 1 + h) % profile.length]!;
          return value;
        }),
    };
  });
}
