import type { CalendarDays } from '../domain/calendar.ts';
import type { CivilDate } from './civil-days.ts';

/** Dates on which something may be different. */
export interface EffectDays {
  /** Word used in the list of models of a forecast. */
  readonly name: string;
  holds(date: CivilDate): boolean;
}

const isWorkingDay = (weekday: number): boolean => weekday >= 1 && weekday <= 5;

/** On a Friday, the weekend that may end the month stands between it and the end. */
const isLastWorkingDay = ({ weekday, toMonthEnd }: CivilDate): boolean =>
  isWorkingDay(weekday) && (weekday === 5 ? toMonthEnd <= 2 : toMonthEnd === 0);

const isFirstWorkingDay = ({ weekday, fromMonthStart }: CivilDate): boolean =>
  isWorkingDay(weekday) && (weekday === 1 ? fromMonthStart <= 2 : fromMonthStart === 0);

/** Ends and beginnings of months that are looked at: batch jobs, invoices and reports run on them. */
const MONTH_DAYS: readonly EffectDays[] = [
  { name: 'last-day-of-month', holds: ({ toMonthEnd }) => toMonthEnd < 1 },
  { name: 'last-2-days-of-month', holds: ({ toMonthEnd }) => toMonthEnd < 2 },
  { name: 'last-3-days-of-month', holds: ({ toMonthEnd }) => toMonthEnd < 3 },
  { name: 'last-working-day-of-month', holds: isLastWorkingDay },
  { name: 'first-day-of-month', holds: ({ fromMonthStart }) => fromMonthStart < 1 },
  { name: 'first-2-days-of-month', holds: ({ fromMonthStart }) => fromMonthStart < 2 },
  { name: 'first-3-days-of-month', holds: ({ fromMonthStart }) => fromMonthStart < 3 },
  { name: 'first-working-day-of-month', holds: isFirstWorkingDay },
  { name: 'turn-of-month', holds: ({ fromMonthStart, toMonthEnd }) => fromMonthStart < 1 || toMonthEnd < 1 },
];

/**
 * Dates that may have an effect: month ends and beginnings, and the days of each calendar.
 *
 * Definition: a calendar counts with all its days, and a second time with those from Monday to Friday alone, because a
 *             holiday changes little on a day that is quiet anyway.
 * Output:     a new array; names are unique where the calendars' ids are.
 * Cost:       O(days of the calendars).
 * Throws:     never.
 *
 * @example
 * effectDays([])[0].holds({ day: 58, weekday: 6, fromMonthStart: 27, toMonthEnd: 0 }) // => true
 * effectDays([{ calendarId: 'holidays', days: [58] }]).at(-1).name // => 'calendar holidays, Monday to Friday'
 */
export function effectDays(calendars: readonly CalendarDays[]): readonly EffectDays[] {
  const ofCalendars = calendars.flatMap(({ calendarId, days }): readonly EffectDays[] => {
    const known = new Set(days);
    return [
      { name: `calendar ${calendarId}`, holds: ({ day }) => known.has(day) },
      {
        name: `calendar ${calendarId}, Monday to Friday`,
        holds: ({ day, weekday }) => isWorkingDay(weekday) && known.has(day),
      },
    ];
  });
  return [...MONTH_DAYS, ...ofCalendars];
}
