import * as z from 'zod';
import { expandCalendar } from '../../models/calendar/expand-calendar.ts';
import type { Calendar, CalendarEvent } from '../../models/domain/calendar.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { ServiceError } from '../platform/errors.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { parseBody, parseJson, plainText } from './json-body.ts';
import { selectorJson, selectorOf } from './selector-wire.ts';
import { timeJson } from './wire.ts';

export const MAX_EVENTS = 500;
const MAX_TIMES = 1_000;
const MAX_SHIFT_SECONDS = 86_400;
const MAX_DURATION_MS = 370 * DAY_MS;
/** The next occurrences are shown, so that people see whether they said what they meant. */
const UPCOMING = 5;

/** A day is its midnight; seconds may be left out. */
const civilTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/, 'must be a time on the wall clock, like 2026-12-24T18:00:00')
  .transform((text) => (text.length === 10 ? `${text}T00:00:00` : text.length === 16 ? `${text}:00` : text));

const duration = z.union([z.string(), z.number()]).transform((given, context) => {
  const durationMs = parseDuration(given);
  if (durationMs === undefined || durationMs <= 0 || durationMs > MAX_DURATION_MS) {
    context.addIssue({ code: 'custom', message: 'must be like 90m, 4h, 2d or a number of seconds, at most 370 days' });
    return z.NEVER;
  }
  return durationMs;
});

const event = z
  .strictObject({
    title: plainText(200).default(''),
    start: civilTime,
    end: civilTime.nullish(),
    duration: duration.nullish(),
    time_zone: plainText(64).nullish(),
    rrule: plainText(500).nullish(),
    except: z.array(civilTime).max(MAX_TIMES).default([]),
    also: z.array(civilTime).max(MAX_TIMES).default([]),
  })
  .refine(({ end, duration: lasts }) => (end ?? null) === null || (lasts ?? null) === null, {
    message: 'must have either end or duration',
  })
  .refine(({ end, duration: lasts }) => (end ?? null) !== null || (lasts ?? null) !== null, {
    message: 'must have an end or a duration',
  });

const effects = {
  mute_alerts: z.boolean().default(false),
  exclude_from_training: z.boolean().default(false),
  shift_seconds: z.number().int().min(-MAX_SHIFT_SECONDS).max(MAX_SHIFT_SECONDS).default(0),
};

const calendar = z.strictObject({
  title: plainText(200).default(''),
  time_zone: plainText(64),
  selector: selectorOf(0),
  ...effects,
  events: z.array(event).min(1).max(MAX_EVENTS),
  // As a calendar is read, so may it be put back.
  calendar_id: z.unknown().optional(),
  updated_at: z.unknown().optional(),
  upcoming: z.unknown().optional(),
});

/** What people ask for: a calendar before it has a time. */
export type CalendarRequest = Omit<Calendar, 'calendarId' | 'updatedAtMs'>;

/** Throws `platform/request-invalid`, with a pointer to each mistake. */
export function parseCalendarBody(bytes: Uint8Array): CalendarRequest {
  const given = parseBody(calendar, parseJson(bytes), 'the calendar');
  return {
    title: given.title,
    timeZone: given.time_zone,
    selector: given.selector,
    muteAlerts: given.mute_alerts,
    excludeFromTraining: given.exclude_from_training,
    shiftMs: given.shift_seconds * 1_000,
    events: given.events.map(toEvent),
  };
}

function toEvent(given: z.infer<typeof event>): CalendarEvent {
  const { title, start, except, also } = given;
  return {
    title,
    start,
    end: given.end ?? null,
    durationMs: given.duration ?? null,
    timeZone: given.time_zone ?? null,
    rrule: given.rrule ?? null,
    except,
    also,
  };
}

/** What cannot be expanded is refused when it is put, in the words of what is wrong with it. */
export function requireExpandable(stored: Calendar): void {
  try {
    expandCalendar(stored);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ServiceError('platform/request-invalid', cause.message, { cause });
  }
}

/** In the form in which it is put, so that it can be read, edited and put again; with its next occurrences. */
export function calendarJson(stored: Calendar, nowMs: number) {
  const upcoming = expandCalendar(stored).filter(({ endMs }) => endMs > nowMs);
  return {
    calendar_id: stored.calendarId,
    title: stored.title,
    time_zone: stored.timeZone,
    selector: selectorJson(stored.selector),
    mute_alerts: stored.muteAlerts,
    exclude_from_training: stored.excludeFromTraining,
    shift_seconds: stored.shiftMs / 1_000,
    events: stored.events.map(eventJson),
    updated_at: timeJson(stored.updatedAtMs),
    upcoming: upcoming
      .slice(0, UPCOMING)
      .map(({ title, startMs, endMs }) => ({ title, start: timeJson(startMs), end: timeJson(endMs) })),
  };
}

function eventJson({ title, start, end, durationMs, timeZone, rrule, except, also }: CalendarEvent) {
  return {
    title,
    start,
    ...(end !== null && { end }),
    ...(durationMs !== null && { duration: formatDuration(durationMs) }),
    ...(timeZone !== null && { time_zone: timeZone }),
    ...(rrule !== null && { rrule }),
    ...(except.length > 0 && { except }),
    ...(also.length > 0 && { also }),
  };
}
