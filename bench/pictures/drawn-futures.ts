import { LIMIT_HORIZON_DAYS } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { futureDrawer, limitComparer } from '../../models/forecast/future-path.ts';
import type { FutureSource } from '../../models/forecast/outcome.ts';
import { createRandom } from '../../models/numeric/random.ts';

/** As many as time to limit draws. */
const PATHS = 400;

/** Futures of a series day by day, the quantiles of all of them on each day, and when they cross the limit. */
export interface DrawnFutures {
  /** Highest hour of each day. */
  readonly paths: readonly Float64Array[];
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
  /** Of those that cross. */
  readonly crossingsMs: readonly number[];
}

/** The futures from which time to limit tells its dates, where it is given the same seed. The limit must be a `max`. */
export function drawFutures(source: FutureSource, limit: Limit, seed: number): DrawnFutures {
  const random = createRandom(seed);
  const draw = futureDrawer(source, 'max', { paths: PATHS });
  const compare = limitComparer(source, limit, []);
  const crossingsMs: number[] = [];
  const paths = Array.from({ length: PATHS }, (_, path) => {
    const future = draw(path, random);
    const { crossedMs } = compare(future);
    if (crossedMs !== null) crossingsMs.push(crossedMs);
    return highestByDay(future.hours, future.days);
  });
  const [p10, p50, p90] = [0.1, 0.5, 0.9].map((share) => quantileByDay(paths, share)) as ThreeColumns;
  return { paths, p10, p50, p90, crossingsMs };
}

/** The first days are told by their hours. */
function highestByDay(hours: Float64Array, days: Float64Array): Float64Array {
  const highest = days.slice();
  for (let day = 0; day * 24 < hours.length; day++) highest[day] = Math.max(...hours.subarray(day * 24, day * 24 + 24));
  return highest;
}

type ThreeColumns = [Float64Array, Float64Array, Float64Array];

function quantileByDay(paths: readonly Float64Array[], share: number): Float64Array {
  return Float64Array.from({ length: LIMIT_HORIZON_DAYS }, (_, day) => {
    const ascending = Float64Array.from(paths, (path) => path[day]!).sort();
    return ascending[Math.ceil(share * PATHS) - 1]!;
  });
}
