import type { Calendar } from '../domain/calendar.ts';
import { HOUR_MS } from '../domain/rollup.ts';
import { selects } from '../domain/selector.ts';
import type { Labels } from '../domain/series.ts';
import { expandCalendar, type Occurrence } from './expand-calendar.ts';

/**
 * Excluded times: when calendars exclude a series from training.
 *
 * Used before forecasts are made. Calendars are expanded once, whatever the number of series.
 *
 * Input:      calendars of a workspace.
 * Output:     a function from the labels of a series to its times, in no order. A calendar that cannot be expanded any
 *             more excludes nothing: detection tells of it, and forecasts go on.
 * Cost:       that of expandCalendar once, O(calendars) a series.
 * Throws:     never.
 *
 * @example
 * excludedTimes([])([['env', 'prod']]) // => []
 */
export function excludedTimes(calendars: readonly Calendar[]): (labels: Labels) => readonly Occurrence[] {
  const excluding = calendars
    .filter(({ excludeFromTraining }) => excludeFromTraining)
    .map((calendar) => ({ selector: calendar.selector, occurrences: readableOccurrences(calendar) }));
  return (labels) => excluding.flatMap(({ selector, occurrences }) => (selects(selector, labels) ? occurrences : []));
}

/** Occurrences of a calendar, none where it cannot be expanded: it could when it was put, a later release may refuse it. */
export function readableOccurrences(calendar: Calendar): readonly Occurrence[] {
  try {
    return expandCalendar(calendar);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/**
 * Hours without excluded times: what is learned is learned from the others.
 *
 * Input:      hours, values at steps of an hour from startMs on; excluded, half-open.
 * Output:     the same where nothing is excluded; else a copy in which each hour is missing that any part is excluded of.
 * Cost:       O(hours + excluded); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...withoutTimes({ startMs: 0, values: Float64Array.of(1, 2) }, [{ startMs: 5, endMs: 6 }]).values] // => [NaN, 2]
 */
export function withoutTimes<T extends { readonly startMs: number; readonly values: Float64Array }>(
  hours: T,
  excluded: readonly Pick<Occurrence, 'startMs' | 'endMs'>[],
): T {
  if (excluded.length === 0) return hours;
  const values = hours.values.slice();
  for (const { startMs, endMs } of excluded) {
    const first = Math.max(0, Math.floor((startMs - hours.startMs) / HOUR_MS));
    const last = Math.min(values.length, Math.ceil((endMs - hours.startMs) / HOUR_MS));
    if (first < last) values.fill(Number.NaN, first, last);
  }
  return { ...hours, values };
}
