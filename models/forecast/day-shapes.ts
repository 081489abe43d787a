import { median } from '../numeric/median.ts';
import { quantile } from '../numeric/quantile.ts';

/** What happens inside a day, for futures that are simulated in days. */
export interface DayShapes {
  /** Usual distance of each hour from the mean of its day; entry d for the days d, d + 7, … of the forecast. */
  readonly shapes: readonly Float64Array[];
  /** How the hours of each recent day strayed from that. */
  readonly strays: readonly Float64Array[];
}

const REMEMBERED_WEEKS = 4;
const WEEK_DAYS = 7;
/**
 * What only one day in four exceeds is cut off: a day on which a disk was cleaned up lies far above its mean in its
 * first hours without ever having been fuller.
 */
const USUAL_SHARE = 0.75;

/**
 * Shapes of the days: how the hours of a day usually lie around its mean, and how recent days strayed from that.
 *
 * Used by time to limit, because a limit is crossed by the peak of a day and not by its mean.
 *
 * Definition: the newest four weeks, cut into days from the end; for each of the seven days to come, the median by hour
 *             over the same day of those weeks. Strays are what each of those days differs by from its shape, cut to
 *             the 75th percentile of the days' largest strays each way.
 * Input:      values, hourly, finite, at least seven days; dayPoints ≥ 1.
 * Output:     seven shapes, seven to 28 strays, each of dayPoints values.
 * Cost:       O(28 · dayPoints); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...dayShapes(Float64Array.of(1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 2, 4), 2).shapes[0]] // => [-1, 1]
 */
export function dayShapes(values: Float64Array, dayPoints: number): DayShapes {
  const strays: Float64Array[] = [];
  const shapes = Array.from({ length: WEEK_DAYS }, (_, weekDay) => {
    const days = daysLike(values, dayPoints, weekDay).map(aroundMean);
    const shape = Float64Array.from({ length: dayPoints }, (_, hour) => median(days.map((day) => day[hour]!)));
    for (const day of days) strays.push(day.map((deviation, hour) => deviation - shape[hour]!));
    return shape;
  });
  const highest = quantile(
    strays.map((stray) => Math.max(...stray)),
    USUAL_SHARE,
  );
  const lowest = quantile(
    strays.map((stray) => Math.min(...stray)),
    1 - USUAL_SHARE,
  );
  return { shapes, strays: strays.map((stray) => stray.map((value) => Math.min(highest, Math.max(lowest, value)))) };
}

/** The days of recent weeks that correspond to the given day of the week to come. */
function daysLike(values: Float64Array, dayPoints: number, weekDay: number): Float64Array[] {
  return Array.from({ length: REMEMBERED_WEEKS }, (_, week) => {
    const from = values.length - ((week + 1) * WEEK_DAYS - weekDay) * dayPoints;
    return from < 0 ? new Float64Array(0) : values.subarray(from, from + dayPoints);
  }).filter((day) => day.length > 0);
}

function aroundMean(day: Float64Array): Float64Array {
  const mean = day.reduce((sum, value) => sum + value, 0) / day.length;
  return day.map((value) => value - mean);
}
