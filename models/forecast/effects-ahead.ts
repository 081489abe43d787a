import type { CalendarDays } from '../domain/calendar.ts';
import { LIMIT_HORIZON_DAYS } from '../domain/forecast.ts';
import { HOUR_MS } from '../domain/rollup.ts';
import { blockMeans } from './blocks.ts';
import { type CalendarEffect, calendarEffects, type WithoutEffects } from './calendar-effects.ts';
import type { CivilHours } from './civil-hours.ts';
import type { DayShapes } from './day-shapes.ts';
import { changedBand, type DayChanges, dayChanges, hourChanges } from './effect-changes.ts';
import type { ErrorBand } from './scale-forecast.ts';

const DAY_HOURS = 24;
const LEVEL_DAYS = 7;
const NO_DAYS = new Float64Array(0);

export interface GivenPast {
  readonly startMs: number;
  readonly olderDays?: Float64Array;
  readonly olderEndMs?: number;
  readonly calendars?: readonly CalendarDays[];
}

/**
 * Past of a forecast without effects of the calendar.
 *
 * Input:      given, see ForecastInput; civil, its hours on local clocks.
 * Output:     see WithoutEffects; values are those on local clocks.
 * Cost:       that of calendarEffects.
 * Throws:     never.
 */
export function pastWithoutEffects(given: GivenPast, civil: CivilHours): WithoutEffects {
  const { startMs, olderDays = NO_DAYS, olderEndMs = startMs, calendars = [] } = given;
  const olderEnd = Math.round((olderEndMs - startMs) / HOUR_MS);
  const middleOf = (k: number): number => olderEnd - DAY_HOURS * (olderDays.length - k) + DAY_HOURS / 2;
  return calendarEffects({
    values: civil.values,
    firstHour: civil.firstHour,
    olderDays,
    olderMiddleHours: Float64Array.from(olderDays, (_, k) => civil.firstHour + civil.indexOf(middleOf(k))),
    calendars,
  });
}

/**
 * Newest values with the effects of the calendar put back: as far as they really went.
 *
 * Input:      values, the newest hours of `past` as some later step has made them, from index `firstIndex` on; civil and
 *             past, the hours before and after the effects were taken out.
 * Output:     the same array where there are no effects, else a new one.
 * Cost:       O(n).
 * Throws:     never.
 */
export function withEffectsBack(
  values: Float64Array,
  firstIndex: number,
  civil: CivilHours,
  past: WithoutEffects,
): Float64Array {
  if (past.effects.length === 0) return values;
  return values.map((value, i) => {
    const taken = civil.values[firstIndex + i]! - past.values[firstIndex + i]!;
    return Number.isNaN(taken) ? value : value + taken;
  });
}

export interface Ahead {
  /** Of 48 hours. */
  readonly hours: ErrorBand;
  /** Middle of the days, the first two of which are the means of these hours. */
  readonly days: Float64Array;
}

export interface AheadContext {
  readonly effects: readonly CalendarEffect[];
  readonly civil: CivilHours;
  /** Index of the first hour to come in what was given. */
  readonly nextHour: number;
  readonly shapes: DayShapes['shapes'];
  /** Hourly history without effects. */
  readonly values: Float64Array;
}

/**
 * What is ahead, with the effects of the calendar on their dates.
 *
 * Input:      ahead, without effects; context.
 * Output:     both, and the changes of the days to the horizon of the dates; ahead as it was, and null, where no
 *             effect is known.
 * Cost:       O(days of the horizon).
 * Throws:     never.
 */
export function aheadWithEffects(ahead: Ahead, context: AheadContext): Ahead & { readonly changes: DayChanges | null } {
  const { effects, civil, nextHour, shapes, values } = context;
  if (effects.length === 0) return { ...ahead, changes: null };
  const localHour = (hour: number): number => civil.firstHour + civil.indexOf(nextHour + hour);
  const hours = changedBand(
    ahead.hours,
    hourChanges(
      effects,
      Array.from(ahead.hours.centre, (_, hour) => localHour(hour)),
    ),
  );
  const changes = dayChanges(effects, {
    startHours: Array.from({ length: LIMIT_HORIZON_DAYS }, (_, day) => localHour(day * DAY_HOURS)),
    shapes,
    level: blockMeans(values, LEVEL_DAYS * DAY_HOURS).at(-1)!,
  });
  if (changes === null) return { ...ahead, changes };
  const days = ahead.days.map((mean, day) => mean * changes.times[day]! + changes.plus[day]!);
  days.set(blockMeans(hours.centre, DAY_HOURS));
  return { hours, days, changes };
}
