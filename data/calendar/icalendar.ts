import ICAL from 'ical.js';
import type { CalendarEvent, CivilTime } from '../../models/domain/calendar.ts';

/** What an iCalendar file says: its name, its zone and its events. */
export interface ICalendarFile {
  readonly title: string;
  /** IANA name; undefined where the file names none. */
  readonly timeZone: string | undefined;
  readonly events: readonly CalendarEvent[];
}

const DAY_SECONDS = 86_400;

/**
 * Reads events of an iCalendar file (RFC 5545). Whole days are days on the clock of the calendar's zone; an end is kept on
 * the wall clock; cancelled events are left out, and single occurrences that were moved are events of their own.
 *
 * `zoneFor` says which IANA zone a file means by a name that is none, as some programs write; undefined refuses it.
 * Throws RangeError, in words for whoever sent the file.
 */
export function readICalendar(text: string, zoneFor: (tzid: string) => string | undefined): ICalendarFile {
  try {
    return readRoot(parse(text), zoneFor);
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    // Values are read when they are asked for, each with complaints of its own.
    throw new RangeError(`the file is no iCalendar: ${cause instanceof Error ? cause.message : 'unreadable'}`, {
      cause,
    });
  }
}

function readRoot(root: ICAL.Component, zoneFor: (tzid: string) => string | undefined): ICalendarFile {
  const components = root.getAllSubcomponents('vevent').filter((event) => wordOf(event, 'status') !== 'CANCELLED');
  const events = components.map((event) => readEvent(event, zoneFor));
  const moved = Map.groupBy(
    components.filter((event) => event.hasProperty('recurrence-id')),
    (event) => wordOf(event, 'uid'),
  );
  const zone = wordOf(root, 'x-wr-timezone');
  return {
    title: wordOf(root, 'x-wr-calname'),
    timeZone: zone === '' ? undefined : zoneNamed(zone, zoneFor),
    events: events.map((event, i) => {
      const component = components[i]!;
      if (event.rrule === null || component.hasProperty('recurrence-id')) return event;
      const gone = (moved.get(wordOf(component, 'uid')) ?? []).flatMap((one) => timesOf(one, 'recurrence-id'));
      return { ...event, except: [...event.except, ...gone] };
    }),
  };
}

function parse(text: string): ICAL.Component {
  const root = new ICAL.Component(ICAL.parse(text));
  if (root.name !== 'vcalendar') throw new RangeError('the file is no VCALENDAR');
  return root;
}

function wordOf(component: ICAL.Component, name: string): string {
  const value: unknown = component.getFirstPropertyValue(name);
  return typeof value === 'string' ? value : '';
}

function readEvent(event: ICAL.Component, zoneFor: (tzid: string) => string | undefined): CalendarEvent {
  const title = wordOf(event, 'summary')
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 200)
    .toWellFormed();
  const startProperty = event.getFirstProperty('dtstart');
  const start: unknown = startProperty?.getFirstValue();
  if (!startProperty || !(start instanceof ICAL.Time))
    throw new RangeError(`event ${JSON.stringify(title)} has no start`);
  const rule: unknown = event.getFirstPropertyValue('rrule');
  return {
    title,
    start: civil(start),
    ...lengthOf(event, start, title),
    timeZone: zoneOf(startProperty, start, zoneFor),
    rrule: rule instanceof ICAL.Recur ? rule.toString() : null,
    except: timesOf(event, 'exdate', start),
    also: timesOf(event, 'rdate'),
  };
}

function civil(time: ICAL.Time): CivilTime {
  const text = time.toString().replace(/Z$/, '');
  return time.isDate ? `${text}T00:00:00` : text;
}

function lengthOf(event: ICAL.Component, start: ICAL.Time, title: string): Pick<CalendarEvent, 'end' | 'durationMs'> {
  const end: unknown = event.getFirstPropertyValue('dtend');
  if (end instanceof ICAL.Time) return { end: civil(end), durationMs: null };
  const given: unknown = event.getFirstPropertyValue('duration');
  const seconds = given instanceof ICAL.Duration ? given.toSeconds() : start.isDate ? DAY_SECONDS : 0;
  if (seconds <= 0) throw new RangeError(`event ${JSON.stringify(title)} has neither an end nor a duration`);
  // Whole days are days of the wall clock.
  if (seconds % DAY_SECONDS !== 0) return { end: null, durationMs: seconds * 1_000 };
  const after = start.clone();
  after.addDuration(ICAL.Duration.fromSeconds(seconds));
  return { end: civil(after), durationMs: null };
}

/** Times of a property, of which a file may have several with several values each. */
function timesOf(event: ICAL.Component, name: string, start?: ICAL.Time): readonly CivilTime[] {
  return event.getAllProperties(name).flatMap((property) =>
    property.getValues().map((value: unknown) => {
      if (!(value instanceof ICAL.Time)) throw new RangeError(`${name.toUpperCase()} must hold times, not periods`);
      // A day alone leaves out what starts on it.
      return value.isDate && start !== undefined && !start.isDate
        ? `${value.toString()}T${civil(start).slice(11)}`
        : civil(value);
    }),
  );
}

function zoneOf(
  property: ICAL.Property,
  start: ICAL.Time,
  zoneFor: (tzid: string) => string | undefined,
): string | null {
  if (start.isDate) return null;
  const tzid: unknown = property.getParameter('tzid');
  if (typeof tzid === 'string') return zoneNamed(tzid, zoneFor);
  return start.zone === ICAL.Timezone.utcTimezone ? 'UTC' : null;
}

function zoneNamed(tzid: string, zoneFor: (tzid: string) => string | undefined): string {
  const zone = zoneFor(tzid);
  if (zone === undefined) throw new RangeError(`${tzid} is no IANA time zone: say which one is meant`);
  return zone;
}
