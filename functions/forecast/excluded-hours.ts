import { expandCalendar, type Occurrence } from '../../models/calendar/expand-calendar.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import { selects } from '../../models/domain/selector.ts';
import type { Labels } from '../../models/domain/series.ts';
import type { HourlySeries } from './hourly-series.ts';

/** The times that calendars exclude from the training of a series. Calendars are expanded once. */
export function excludedTimes(calendars: readonly Calendar[]): (labels: Labels) => readonly Occurrence[] {
  const excluding = calendars
    .filter(({ excludeFromTraining }) => excludeFromTraining)
    .map((calendar) => ({ selector: calendar.selector, occurrences: occurrencesOf(calendar) }));
  return (labels) => excluding.flatMap(({ selector, occurrences }) => (selects(selector, labels) ? occurrences : []));
}

/** A calendar was expanded when it was put; where a later release cannot, detection tells of it, and forecasts go on. */
function occurrencesOf(calendar: Calendar): readonly Occurrence[] {
  try {
    return expandCalendar(calendar);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** Hours of which any part is excluded are missing: what is learned is learned from the others. */
export function withoutTimes(hours: HourlySeries, excluded: readonly Occurrence[]): HourlySeries {
  if (excluded.length === 0) return hours;
  const values = hours.values.slice();
  for (const { startMs, endMs } of excluded) {
    const first = Math.max(0, Math.floor((startMs - hours.startMs) / HOUR_MS));
    const last = Math.min(values.length, Math.ceil((endMs - hours.startMs) / HOUR_MS));
    if (first < last) values.fill(Number.NaN, first, last);
  }
  return { ...hours, values };
}
