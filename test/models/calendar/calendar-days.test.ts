import { describe, expect, test } from 'vitest';
import { calendarDays } from '../../../models/calendar/calendar-days.ts';
import type { Calendar, CalendarEvent } from '../../../models/domain/calendar.ts';

const NOW_MS = Date.UTC(2026, 5, 15);

function event(change: Partial<CalendarEvent>): CalendarEvent {
  const once = { title: 'closed', start: '2026-06-01T00:00:00', end: '2026-06-02T00:00:00', durationMs: null };
  return { ...once, timeZone: null, rrule: null, except: [], also: [], ...change };
}

function calendar(change: Partial<Calendar>): Calendar {
  return {
    calendarId: 'holidays',
    title: '',
    timeZone: 'Europe/Vienna',
    selector: [],
    muteAlerts: true,
    excludeFromTraining: false,
    shiftMs: 0,
    events: [event({})],
    updatedAtMs: NOW_MS,
    ...change,
  };
}

function datesOf(change: Partial<Calendar>, timeZone = 'Europe/Vienna'): readonly string[] {
  const [found] = calendarDays([calendar(change)], { timeZone, nowMs: NOW_MS })([['env', 'prod']]);
  return (found?.days ?? []).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
}

describe('a day belongs to a calendar', () => {
  test('of which an event covers the whole', () => {
    expect(datesOf({})).toEqual(['2026-06-01']);
  });

  test('of which an event covers half, and no less', () => {
    const until = (end: string) => datesOf({ events: [event({ end: `2026-06-01T${end}` })] });

    expect(until('12:00:00')).toEqual(['2026-06-01']);
    expect(until('11:59:00')).toEqual([]);
  });

  test('for as many days as an event lasts', () => {
    const events = [event({ start: '2025-12-31T14:00:00', end: '2026-01-02T13:00:00' })];

    expect(datesOf({ events })).toEqual(['2026-01-01', '2026-01-02']);
  });

  test('whose clocks change', () => {
    const events = [
      event({ start: '2026-03-29T00:00:00', end: '2026-03-30T00:00:00' }),
      event({ start: '2026-10-25T00:00:00', end: '2026-10-26T00:00:00' }),
    ];

    expect(datesOf({ events })).toEqual(['2026-03-29', '2026-10-25']);
  });

  test('by the clocks of the forecasts: a day in Tokyo lies on two in Los Angeles', () => {
    // From 15:00 UTC to 15:00 UTC: from 8 in the morning to 8 in the morning.
    expect(datesOf({ timeZone: 'Asia/Tokyo' }, 'America/Los_Angeles')).toEqual(['2026-05-31']);
  });

  test('once, however many events lie on it, and in order', () => {
    const events = [
      event({ start: '2026-12-25T00:00:00', end: '2026-12-27T00:00:00' }),
      event({ start: '2026-12-26T00:00:00', end: '2026-12-27T00:00:00' }),
      event({ start: '2025-12-25T00:00:00', end: '2025-12-26T00:00:00', rrule: 'FREQ=YEARLY' }),
    ];

    expect(datesOf({ events })).toEqual(['2025-12-25', '2026-12-25', '2026-12-26']);
  });

  test('within thirteen months back and ahead', () => {
    const events = [event({ start: '2020-06-01T00:00:00', end: '2020-06-02T00:00:00', rrule: 'FREQ=YEARLY' })];

    expect(datesOf({ events })).toEqual(['2025-06-01', '2026-06-01', '2027-06-01']);
  });
});

describe('a calendar is left out', () => {
  test('that is excluded from training', () => {
    expect(datesOf({ excludeFromTraining: true })).toEqual([]);
  });

  test('that selects other series', () => {
    expect(datesOf({ selector: [{ name: 'env', value: 'test' }] })).toEqual([]);
    expect(datesOf({ selector: [{ name: 'env', value: 'prod' }] })).toEqual(['2026-06-01']);
  });

  test('that cannot be expanded', () => {
    expect(datesOf({ events: [event({ end: '2026-05-01T00:00:00' })] })).toEqual([]);
  });
});

test('an unknown zone is refused', () => {
  expect(() => calendarDays([], { timeZone: 'Europe/Atlantis', nowMs: NOW_MS })).toThrow(RangeError);
});
