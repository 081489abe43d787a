import { describe, expect, test } from 'vitest';
import { civilDate } from '../../../models/forecast/civil-days.ts';
import { effectDays } from '../../../models/forecast/effect-days.ts';

const DAY_MS = 86_400_000;
const dayOf = (date: string): number => Date.parse(date) / DAY_MS;

function datesOf(name: string, from: string, to: string, calendars: Parameters<typeof effectDays>[0] = []): string[] {
  const { holds } = effectDays(calendars).find((one) => one.name === name)!;
  const dates: string[] = [];
  for (let day = dayOf(from); day <= dayOf(to); day++) {
    if (holds(civilDate(day))) dates.push(new Date(day * DAY_MS).toISOString().slice(5, 10));
  }
  return dates;
}

describe('ends and beginnings of months', () => {
  test.each([
    ['last-day-of-month', ['02-29']],
    ['last-2-days-of-month', ['02-28', '02-29']],
    ['last-3-days-of-month', ['02-27', '02-28', '02-29']],
    ['first-day-of-month', ['03-01']],
    ['first-2-days-of-month', ['03-01', '03-02']],
    ['first-3-days-of-month', ['03-01', '03-02', '03-03']],
    ['turn-of-month', ['02-29', '03-01']],
  ])('%s, in a leap year', (name, dates) => {
    expect(datesOf(name, '2024-02-10', '2024-03-20')).toEqual(dates);
  });

  test('the last working day is the Friday before a weekend that ends a month', () => {
    // February 2026 ends on a Saturday, May on a Sunday, June on a Tuesday.
    expect(datesOf('last-working-day-of-month', '2026-02-10', '2026-03-10')).toEqual(['02-27']);
    expect(datesOf('last-working-day-of-month', '2026-05-10', '2026-06-10')).toEqual(['05-29']);
    expect(datesOf('last-working-day-of-month', '2026-06-10', '2026-07-10')).toEqual(['06-30']);
  });

  test('the first working day is the Monday after a weekend that begins a month', () => {
    // August 2026 begins on a Saturday, November on a Sunday, September on a Tuesday.
    expect(datesOf('first-working-day-of-month', '2026-07-10', '2026-08-20')).toEqual(['08-03']);
    expect(datesOf('first-working-day-of-month', '2026-10-10', '2026-11-20')).toEqual(['11-02']);
    expect(datesOf('first-working-day-of-month', '2026-08-20', '2026-09-20')).toEqual(['09-01']);
  });
});

describe('the days of a calendar', () => {
  const calendars = [
    { calendarId: 'easter', days: ['2025-04-20', '2025-04-21', '2026-04-05', '2026-04-06'].map(dayOf) },
  ];

  test('are its dates, wherever they move', () => {
    expect(datesOf('calendar easter', '2025-01-01', '2026-12-31', calendars)).toEqual([
      '04-20',
      '04-21',
      '04-05',
      '04-06',
    ]);
  });

  test('count a second time without weekends', () => {
    expect(datesOf('calendar easter, Monday to Friday', '2025-01-01', '2026-12-31', calendars)).toEqual([
      '04-21',
      '04-06',
    ]);
  });

  test('have names of their own', () => {
    const names = effectDays([...calendars, { calendarId: 'fair', days: [] }]).map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});
