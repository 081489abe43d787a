import type { Calendar, CalendarDays } from '../domain/calendar.ts';
import { selects } from '../domain/selector.ts';
import type { Labels } from '../domain/series.ts';
import { createUtcOffset, type UtcOffset } from '../numeric/utc-offset.ts';
import { readableOccurrences } from './excluded-times.ts';
import type { Occurrence } from './expand-calendar.ts';

const DAY_MS = 86_400_000;
/** Forecasts look so far back and ahead. */
const REACH_DAYS = 401;
/** A day is one of the calendar's where it covers so much of it. */
const HALF_DAY_MS = DAY_MS / 2;

export interface CalendarDaysOptions {
  /** IANA zone whose days are meant. */
  readonly timeZone: string;
  readonly nowMs: number;
}

/**
 * Days of calendars: the dates on which something of a calendar takes place, for forecasts to learn what it does.
 *
 * Calendars are expanded once, whatever the number of series.
 *
 * Definition: dates of which one occurrence covers at least half, from 401 days back to 401 days ahead. Calendars that are
 *             excluded from training teach nothing and are left out, as are those without such a date.
 * Input:      calendars of a workspace; options.
 * Output:     a function from the labels of a series to its calendars. A calendar that cannot be expanded any more has
 *             no days: detection tells of it.
 * Cost:       that of expandCalendar once, O(calendars) a series.
 * Throws:     RangeError for an unknown zone.
 *
 * @example
 * calendarDays([], { timeZone: 'UTC', nowMs: 0 })([['env', 'prod']]) // => []
 */
export function calendarDays(
  calendars: readonly Calendar[],
  { timeZone, nowMs }: CalendarDaysOptions,
): (labels: Labels) => readonly CalendarDays[] {
  const utcOffset = createUtcOffset(timeZone);
  const today = Math.floor(nowMs / DAY_MS);
  const known = calendars
    .filter(({ excludeFromTraining }) => !excludeFromTraining)
    .map((calendar) => {
      const days = new Set(readableOccurrences(calendar).flatMap((occurrence) => datesOf(occurrence, utcOffset)));
      const near = [...days].filter((day) => Math.abs(day - today) <= REACH_DAYS).sort((a, b) => a - b);
      return { selector: calendar.selector, dated: { calendarId: calendar.calendarId, days: near } };
    })
    .filter(({ dated }) => dated.days.length > 0);
  return (labels) => known.flatMap(({ selector, dated }) => (selects(selector, labels) ? [dated] : []));
}

function datesOf({ startMs, endMs }: Occurrence, utcOffset: UtcOffset): number[] {
  const fromMs = startMs + utcOffset(startMs);
  const toMs = endMs + utcOffset(endMs);
  const dates: number[] = [];
  for (let day = Math.floor(fromMs / DAY_MS); day * DAY_MS < toMs; day++) {
    const covered = Math.min(toMs, (day + 1) * DAY_MS) - Math.max(fromMs, day * DAY_MS);
    if (covered >= HALF_DAY_MS) dates.push(day);
  }
  return dates;
}
