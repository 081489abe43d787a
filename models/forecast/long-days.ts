import { blockMeans } from './blocks.ts';
import type { FilledHistory } from './gaps.ts';

const DAY_HOURS = 24;
/** A gap of so many days parts history, as one of as many hours does for the hourly forecast. */
const PARTING_DAYS = 7;

/**
 * Long days: daily means of the whole past, further back than forecasts of hours look.
 *
 * Definition: days counted back from the newest hour. Hours that forecasts look at are taken as they look at them, gaps
 *             filled and levels aligned; those before them are moved by as much as the oldest of these was. Starts after
 *             the last gap of seven days.
 * Input:      values, hourly, NaN = missing; history, its newest part; aligned, the same with its levels aligned.
 * Output:     means, oldest first; NaN where a day has no value.
 * Cost:       O(values); the inputs are not changed.
 * Throws:     never.
 *
 * @example
 * longDays(new Float64Array(48), { firstIndex: 24, values: new Float64Array(24) }, new Float64Array(24)).length // => 2
 */
export function longDays(
  values: Float64Array,
  history: Pick<FilledHistory, 'firstIndex' | 'values'>,
  aligned: Float64Array,
): Float64Array {
  const moved = aligned[0]! - history.values[0]!;
  const joined = new Float64Array(history.firstIndex + aligned.length);
  for (let i = 0; i < history.firstIndex; i++) joined[i] = values[i]! + moved;
  joined.set(aligned, history.firstIndex);
  const days = blockMeans(joined, DAY_HOURS);
  let missing = 0;
  for (let day = days.length - 1; day >= 0; day--) {
    missing = Number.isNaN(days[day]!) ? missing + 1 : 0;
    if (missing === PARTING_DAYS) return days.subarray(day + PARTING_DAYS);
  }
  return days.subarray(missing);
}
