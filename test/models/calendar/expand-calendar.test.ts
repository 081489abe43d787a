import { describe, expect, test } from 'vitest';
import { expandCalendar } from '../../../models/calendar/expand-calendar.ts';
import type { Calendar, CalendarEvent } from '../../../models/domain/calendar.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';

const PUT_MS = Date.UTC(2025, 5, 1);

function event(replaced: Partial<CalendarEvent> = {}): CalendarEvent {
  return {
    title: 'backup',
    start: '2025-01-06T01:00:00',
    end: null,
    durationMs: HOUR_MS,
    timeZone: null,
    rrule: null,
    except: [],
    also: [],
    ...replaced,
  };
}

function calendar(events: readonly CalendarEvent[], replaced: Partial<Calendar> = {}): Calendar {
  return {
    calendarId: 'c',
    title: 'nights',
    timeZone: 'Europe/Berlin',
    selector: [],
    muteAlerts: true,
    excludeFromTraining: false,
    shiftMs: 0,
    events,
    updatedAtMs: PUT_MS,
    ...replaced,
  };
}

function utc(events: readonly CalendarEvent[], replaced?: Partial<Calendar>): readonly string[] {
  const text = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 16);
  return expandCalendar(calendar(events, replaced)).map(({ startMs, endMs }) => `${text(startMs)} ${text(endMs)}`);
}

describe('an expanded calendar', () => {
  test('keeps the wall clock over both changes of it, in two zones', () => {
    const nights = (start: string): CalendarEvent =>
      event({ start, end: start.replace('T01', 'T05'), durationMs: null, rrule: 'FREQ=DAILY;COUNT=2' });

    expect(utc([nights('2025-03-29T01:00:00')])).toEqual([
      '2025-03-29T00:00 2025-03-29T04:00',
      '2025-03-30T00:00 2025-03-30T03:00',
    ]);
    expect(utc([nights('2025-10-25T01:00:00')])).toEqual([
      '2025-10-24T23:00 2025-10-25T03:00',
      '2025-10-25T23:00 2025-10-26T04:00',
    ]);
    expect(utc([nights('2025-03-08T01:00:00')], { timeZone: 'America/New_York' })).toEqual([
      '2025-03-08T06:00 2025-03-08T10:00',
      '2025-03-09T06:00 2025-03-09T09:00',
    ]);
  });

  test('keeps a duration as time that passes', () => {
    expect(utc([event({ start: '2025-03-30T01:00:00', durationMs: 4 * HOUR_MS })])).toEqual([
      '2025-03-30T00:00 2025-03-30T04:00',
    ]);
  });

  test('leaves out and adds what it is told to', () => {
    const found = utc([
      event({
        timeZone: 'UTC',
        rrule: 'FREQ=WEEKLY;COUNT=3',
        except: ['2025-01-13T01:00:00'],
        also: ['2025-01-15T09:00:00', '2025-01-20T01:00:00'],
      }),
    ]);

    expect(found.map((text) => text.slice(0, 16))).toEqual([
      '2025-01-06T01:00',
      '2025-01-15T09:00',
      '2025-01-20T01:00',
    ]);
  });

  test('reaches five years to both sides of the day on which it was put', () => {
    const years = expandCalendar(calendar([event({ start: '1990-12-25T00:00:00', rrule: 'FREQ=YEARLY' })])).map(
      ({ startMs }) => new Date(startMs).getUTCFullYear(),
    );

    expect(years).toEqual([2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027, 2028, 2029]);
  });

  test.each([
    [event({ start: 'tomorrow' }), 'is no time like'],
    [event({ start: '1800-01-01T00:00:00' }), 'before 1900'],
    [event({ durationMs: 0 }), 'does not end after its start'],
    [event({ durationMs: null, end: '2025-01-05T00:00:00' }), 'does not end after its start'],
    [event({ rrule: 'FREQ=HOURLY' }), 'FREQ must be'],
    [event({ rrule: 'FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10' }), 'more than 10000 occurrences'],
    [event({ timeZone: 'Mars/Olympus' }), 'Mars/Olympus'],
  ])('fails when an event says what cannot be (%#)', (wrong, message) => {
    expect(() => expandCalendar(calendar([wrong]))).toThrow(message);
    expect(() => expandCalendar(calendar([wrong]))).toThrow(RangeError);
  });
});
