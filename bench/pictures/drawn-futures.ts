import { LIMIT_HORIZON_DAYS } from '../../models/domain/forecast.ts';
import { dayDrawer } from '../../models/forecast/draw-days.ts';
import type { FutureSource } from '../../models/forecast/outcome.ts';
import { createRandom } from '../../models/numeric/random.ts';

/** As many as time to limit draws. */
const PATHS = 400;

/** Futures of a series day by day, and the quantiles of all of them on each day. */
export interface DrawnFutures {
  /** Highest hour of each day. */
  readonly paths: readonly Float64Array[];
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
}

/** Draws futures as time to limit does for a `max`: means of days, each with the peak of its day, held by what turns it back. */
export function drawFutures({ futures, days, turning }: FutureSource, seed: number): DrawnFutures {
  const random = createRandom(seed);
  const draw = dayDrawer(futures, { paths: PATHS, horizonDays: LIMIT_HORIZON_DAYS });
  const { shapes, strays } = days;
  const paths = Array.from({ length: PATHS }, (_, path) => {
    const isTurned = turning.max !== null && random.uniform() >= turning.max.lapseProbability;
    const means = new Float64Array(LIMIT_HORIZON_DAYS);
    draw(path, random, means);
    return means.map((mean, day) => {
      const stray = strays[random.below(strays.length)]!;
      const peak = Math.max(...shapes[day % shapes.length]!.map((usual, hour) => usual + stray[hour]!));
      const most = isTurned ? turning.max.level + turning.max.slope * 24 * day : Number.POSITIVE_INFINITY;
      return Math.min(mean + peak, most);
    });
  });
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((share) => quantileByDay(paths, share)) as ThreeColumns;
  return { paths, p10, p50, p90 };
}

type ThreeColumns = [Float64Array, Float64Array, Float64Array];

function quantileByDay(paths: readonly Float64Array[], share: number): Float64Array {
  return Float64Array.from({ length: LIMIT_HORIZON_DAYS }, (_, day) => {
    const ascending = Float64Array.from(paths, (path) => path[day]!).sort();
    return ascending[Math.ceil(share * PATHS) - 1]!;
  });
}
