import { blockMeans } from './blocks.ts';
import type { FilledHistory } from './gaps.ts';
import { weekProfile } from './week-profile.ts';

const DAY_HOURS = 24;
/** A gap of so many days parts history, as one of as many hours does for the hourly forecast. */
const PARTING_DAYS = 7;
const WEEK_DAYS = 7;
/** So many days tell how weekdays differ. */
const NEEDED_DAYS = 28;

export interface LongPast {
  /** Hourly, NaN = missing. */
  readonly values: Float64Array;
  /** Means of the days before these hours, oldest first, NaN = missing. */
  readonly olderDays: Float64Array;
}

/**
 * Long days: daily means of the whole past, further back than forecasts of hours look.
 *
 * Definition: days counted back from the newest hour. Hours that forecasts look at are taken as they look at them, gaps
 *             filled and levels aligned; all before them is moved by as much as the oldest of these was. A part of a day
 *             between hours and older days is missing. Older days end at midnight and these at any hour, so that a
 *             weekend lies on other days of theirs: they are given the week of the newer days instead of their own.
 *             Starts after the last gap of seven days.
 * Input:      past; history, the newest part of its hours; aligned, the same with its levels aligned.
 * Output:     means, oldest first; NaN where a day has no value.
 * Cost:       O(values); the inputs are not changed.
 * Throws:     never.
 *
 * @example
 * longDays({ values: new Float64Array(48), olderDays: new Float64Array(3) }, { firstIndex: 24, values: new Float64Array(24) }, new Float64Array(24)).length // => 5
 */
export function longDays(
  { values, olderDays }: LongPast,
  history: Pick<FilledHistory, 'firstIndex' | 'values'>,
  aligned: Float64Array,
): Float64Array {
  const moved = aligned[0]! - history.values[0]!;
  const hours = new Float64Array(history.firstIndex + aligned.length);
  for (let i = 0; i < history.firstIndex; i++) hours[i] = values[i]! + moved;
  hours.set(aligned, history.firstIndex);
  const parted = olderDays.length > 0 && hours.length % DAY_HOURS > 0 ? [Number.NaN] : [];
  const newer = Float64Array.from([...parted, ...blockMeans(hours, DAY_HOURS)]);
  const days = Float64Array.from([...withWeekOf(newer, olderDays).map((day) => day + moved), ...newer]);
  let missing = 0;
  for (let day = days.length - 1; day >= 0; day--) {
    missing = Number.isNaN(days[day]!) ? missing + 1 : 0;
    if (missing === PARTING_DAYS) return days.subarray(day + PARTING_DAYS);
  }
  return days.subarray(missing);
}

/** Older days with the weekdays of the days that follow them. */
function withWeekOf(newer: Float64Array, older: Float64Array): Float64Array {
  if (newer.length < NEEDED_DAYS || older.length < NEEDED_DAYS) return older;
  const own = weekProfile(older);
  const wanted = weekProfile(newer);
  // Profiles begin with the day after their days.
  const place = (daysBefore: number): number => (WEEK_DAYS - (daysBefore % WEEK_DAYS)) % WEEK_DAYS;
  return older.map((day, k) => {
    const before = older.length - k;
    return day - own[place(before)]! + wanted[place(before + newer.length)]!;
  });
}
