import type { Calendar, CalendarEvent } from '../domain/calendar.ts';
import { createUtcOffset, type UtcOffset } from '../numeric/utc-offset.ts';
import { instantOf, parseCivilTime } from './civil-time.ts';
import { recurrence } from './recurrence.ts';
import { parseRecurrenceRule } from './recurrence-rule.ts';

/** One time that an event takes place, in UTC; its end is excluded. */
export interface Occurrence {
  readonly title: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A calendar reaches so far to both sides of the day on which it was put. */
export const CALENDAR_REACH_MS = 5 * 366 * 86_400_000;
/** Every sample of many series is looked up among them. */
export const MOST_OCCURRENCES = 10_000;
/** Recurring events are followed day by day from their first start. */
const EARLIEST_START_MS = Date.UTC(1900, 0);

/**
 * Occurrences of a calendar: every time that its events take place, on the clocks of their zones.
 *
 * Used by the detect and forecast rooms, and once when a calendar is put, to refuse what cannot be expanded.
 *
 * Definition: starts as RFC 5545 has them; an `end` on the wall clock is kept on the wall clock (1:00 to 5:00 ends at 5:00
 *             also in the night in which clocks change), a duration is kept as time that passes. An end in an hour that is
 *             shown twice is the later one, a start the earlier one. Occurrences within five years of the day on which the
 *             calendar was put.
 * Output:     ascending by start.
 * Cost:       O(days from an event's first start).
 * Throws:     RangeError, in words for whoever put the calendar: a time, rule or zone that cannot be read, an event that
 *             ends before it begins, more than 10,000 occurrences.
 *
 * @example
 * expandCalendar({ calendarId: 'c', title: '', timeZone: 'UTC', selector: [], muteAlerts: true, excludeFromTraining: false, shiftMs: 0, events: [], updatedAtMs: 0 }) // => []
 */
export function expandCalendar(calendar: Calendar): readonly Occurrence[] {
  const found: Occurrence[] = [];
  const offsets = new Map<string, UtcOffset>();
  for (const event of calendar.events) {
    const timeZone = event.timeZone ?? calendar.timeZone;
    const utcOffset = offsets.get(timeZone) ?? createUtcOffset(timeZone);
    offsets.set(timeZone, utcOffset);
    for (const occurrence of occurrencesOf(event, utcOffset, calendar.updatedAtMs)) {
      found.push(occurrence);
      if (found.length > MOST_OCCURRENCES) {
        throw new RangeError(`more than ${MOST_OCCURRENCES} occurrences within five years: say it with fewer events`);
      }
    }
  }
  return found.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}

function* occurrencesOf(event: CalendarEvent, utcOffset: UtcOffset, nowMs: number): Generator<Occurrence> {
  const firstMs = readTime(event, event.start);
  if (firstMs < EARLIEST_START_MS) throw new RangeError(`${named(event)} starts before 1900`);
  const lengthMs = event.end === null ? null : readTime(event, event.end) - firstMs;
  if ((lengthMs ?? event.durationMs ?? 0) <= 0) throw new RangeError(`${named(event)} does not end after its start`);
  const except = new Set(event.except.map((time) => readTime(event, time)));
  for (const startMs of startsOf(event, firstMs, nowMs + CALENDAR_REACH_MS, utcOffset)) {
    if (except.has(startMs)) continue;
    const from = instantOf(startMs, utcOffset, 'first');
    const to = lengthMs === null ? from + event.durationMs! : instantOf(startMs + lengthMs, utcOffset, 'last');
    if (to > nowMs - CALENDAR_REACH_MS && to > from) yield { title: event.title, startMs: from, endMs: to };
  }
}

/** Those of the rule, and those besides it; each once. */
function* startsOf(event: CalendarEvent, firstMs: number, endMs: number, utcOffset: UtcOffset): Generator<number> {
  const also = new Set(event.also.map((time) => readTime(event, time)));
  if (event.rrule === null) also.add(firstMs);
  else {
    for (const startMs of recurrence(parseRecurrenceRule(event.rrule), firstMs, endMs, utcOffset)) {
      also.delete(startMs);
      yield startMs;
    }
  }
  for (const startMs of also) if (startMs < endMs) yield startMs;
}

function readTime(event: CalendarEvent, text: string): number {
  const localMs = parseCivilTime(text);
  if (localMs === undefined) throw new RangeError(`${named(event)}: ${text} is no time like 2026-12-24T18:00:00`);
  return localMs;
}

function named({ title, start }: CalendarEvent): string {
  return `event ${JSON.stringify(title.slice(0, 60))} of ${start}`;
}
