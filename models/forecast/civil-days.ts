import { DAY_MS } from '../domain/rollup.ts';

const DAY_HOURS = 24;
/** With fewer hours a mean says more about the hour of the day than about the day. */
const NEEDED_HOURS = 12;

/** A day of the calendar, and its place in week and month. */
export interface CivilDate {
  /** Days since 1 January 1970. */
  readonly day: number;
  /** 0 = Sunday. */
  readonly weekday: number;
  /** 0 on the first day of a month. */
  readonly fromMonthStart: number;
  /** 0 on the last day of a month. */
  readonly toMonthEnd: number;
}

/** Daily means by the dates of people's calendars. */
export interface CivilDays {
  /** Date of the first mean, in days since 1 January 1970. */
  readonly firstDay: number;
  /** NaN = missing. */
  readonly means: Float64Array;
}

export interface CivilPast {
  /** Hourly values on local clocks, NaN = missing. */
  readonly values: Float64Array;
  /** Local hour of the first of them, in hours since 1 January 1970, 00:00. */
  readonly firstHour: number;
  /** Means of 24 hours each, oldest first, NaN = missing. */
  readonly olderDays: Float64Array;
  /** Local hour in the middle of each of them. */
  readonly olderMiddleHours: ArrayLike<number>;
}

/**
 * Place of a day in week and month.
 *
 * Cost:       one date.
 * Throws:     never.
 *
 * @example
 * civilDate(58) // => { day: 58, weekday: 6, fromMonthStart: 27, toMonthEnd: 0 }
 * civilDate(59).fromMonthStart // => 0
 */
export function civilDate(day: number): CivilDate {
  const date = new Date(day * DAY_MS);
  const nextMonthMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return {
    day,
    weekday: date.getUTCDay(),
    fromMonthStart: date.getUTCDate() - 1,
    toMonthEnd: nextMonthMs / DAY_MS - 1 - day,
  };
}

/**
 * Civil days: what is known of the past, as one mean for each date.
 *
 * Used to find effects of the calendar, which follow dates.
 *
 * Definition: a date with at least 12 hours has their mean. Any other date has the older mean of 24 hours that lies
 *             mostly on it, where there is one.
 * Output:     see CivilDays; up to the date of the newest hour.
 * Cost:       O(hours + older days); the input is not changed.
 * Throws:     never.
 *
 * @example
 * civilDays({ values: new Float64Array(24), firstHour: 48, olderDays: Float64Array.of(3), olderMiddleHours: [36] }).firstDay // => 1
 */
export function civilDays({ values, firstHour, olderDays, olderMiddleHours }: CivilPast): CivilDays {
  const firstHourDay = Math.floor(firstHour / DAY_HOURS);
  const oldest = olderDays.length > 0 ? Math.floor(olderMiddleHours[0]! / DAY_HOURS) : firstHourDay;
  const firstDay = Math.min(firstHourDay, oldest);
  const count = Math.floor((firstHour + Math.max(0, values.length - 1)) / DAY_HOURS) - firstDay + 1;
  const means = new Float64Array(count).fill(Number.NaN);
  olderDays.forEach((mean, k) => {
    const index = Math.floor(olderMiddleHours[k]! / DAY_HOURS) - firstDay;
    if (index < count) means[index] = mean;
  });
  const sums = new Float64Array(count);
  const counts = new Uint8Array(count);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    const index = Math.floor((firstHour + i) / DAY_HOURS) - firstDay;
    sums[index]! += values[i]!;
    counts[index]!++;
  }
  for (let day = 0; day < count; day++) if (counts[day]! >= NEEDED_HOURS) means[day] = sums[day]! / counts[day]!;
  return { firstDay, means };
}
