import type { Selector } from './selector.ts';

/** A time on a wall clock, without a zone: `2026-12-24T18:00:00`. */
export type CivilTime = string;

/** One event of a calendar, once or recurring, on the clock of its zone. */
export interface CalendarEvent {
  readonly title: string;
  readonly start: CivilTime;
  /** On the wall clock too; null where the event lasts for `durationMs` whatever the clock does. */
  readonly end: CivilTime | null;
  readonly durationMs: number | null;
  /** IANA name; null = that of the calendar. */
  readonly timeZone: string | null;
  /** Recurrence as in RFC 5545, such as `FREQ=WEEKLY;BYDAY=SU`; null = once. */
  readonly rrule: string | null;
  /** Starts that are left out, and starts besides those of the rule. */
  readonly except: readonly CivilTime[];
  readonly also: readonly CivilTime[];
}

/**
 * Times in which some series are treated in another way: three effects, each by itself. Where none excludes its times,
 * forecasts learn what its days are like.
 */
export interface Calendar {
  readonly calendarId: string;
  readonly title: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly selector: Selector;
  /** Scored and learned, but nothing is raised. */
  readonly muteAlerts: boolean;
  /** Scored, but not learned; forecasts take these hours as missing. */
  readonly excludeFromTraining: boolean;
  /** The daily and weekly season is looked up this much later: at t, what is usual at t + shift is expected. */
  readonly shiftMs: number;
  readonly events: readonly CalendarEvent[];
  readonly updatedAtMs: number;
}

/** Dates of a calendar: what forecasts know of its events. */
export interface CalendarDays {
  readonly calendarId: string;
  /** Days since 1 January 1970 in the zone of the forecasts, ascending, each once; past and to come. */
  readonly days: readonly number[];
}
