import { describe, expect, test } from 'vitest';
import type { CalendarDays } from '../../../models/domain/calendar.ts';
import { calendarEffects, type WithoutEffects } from '../../../models/forecast/calendar-effects.ts';
import { civilDate } from '../../../models/forecast/civil-days.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

interface Given {
  readonly from: string;
  /** Days of hours, and of means before them. */
  readonly days: number;
  readonly olderDays?: number;
  readonly seed?: number;
  readonly calendars?: readonly CalendarDays[];
  readonly change?: (usual: number, day: number) => number;
}

const isWeekend = (day: number): boolean => [0, 6].includes(civilDate(day).weekday);

/** Load of an office from a date on, by the clocks of people. */
function pastOf({ from, days, olderDays = 0, seed = 1, calendars = [], change = (usual) => usual }: Given) {
  const random = createRandom(seed);
  const firstDay = dayOf(from);
  let own = 0;
  const all = Float64Array.from({ length: (olderDays + days) * 24 }, (_, i) => {
    if (i % 24 === 0) own = 0.4 * own + 2 * random.normal();
    const day = firstDay + Math.floor(i / 24);
    const usual = 60 + own + 15 * Math.sin((2 * Math.PI * i) / 24) - (isWeekend(day) ? 20 : 0) + 3 * random.normal();
    return change(usual, day);
  });
  const meanOf = (day: number): number =>
    all.subarray(day * 24, day * 24 + 24).reduce((sum, value) => sum + value, 0) / 24;
  return {
    values: all.slice(olderDays * 24),
    firstHour: (firstDay + olderDays) * 24,
    olderDays: Float64Array.from({ length: olderDays }, (_, day) => meanOf(day)),
    olderMiddleHours: Array.from({ length: olderDays }, (_, day) => (firstDay + day) * 24 + 12),
    calendars,
  };
}

const find = (given: Given): WithoutEffects => calendarEffects(pastOf(given));
const namesOf = ({ effects }: WithoutEffects): string[] => effects.map(({ model }) => model.name);

describe('month ends', () => {
  const { toMonthEnd } = { toMonthEnd: (day: number) => civilDate(day).toMonthEnd };

  test('are found in ten weeks, and taken out of them', () => {
    const change = (usual: number, day: number): number => usual + (toMonthEnd(day) < 2 ? 20 : 0);
    const given: Given = { from: '2026-03-15', days: 70 };
    const found = find({ ...given, change });
    const { values } = pastOf(given);

    expect(namesOf(found)).toEqual(['effect last-2-days-of-month']);
    const off = found.values.map((value, i) => Math.abs(value - values[i]!));
    expect(Math.max(...off)).toBeLessThan(10);
    expect(found.effects[0]!.model.mase).toBeLessThan(1);
  });

  test('are found where February has 29 days', () => {
    const change = (usual: number, day: number): number => usual + (toMonthEnd(day) === 0 ? 25 : 0);
    const found = find({ from: '2024-01-20', days: 75, change });

    expect(namesOf(found)).toEqual(['effect last-day-of-month']);
    expect(found.effects[0]!.days.holds(civilDate(dayOf('2028-02-29')))).toBe(true);
    expect(found.effects[0]!.days.holds(civilDate(dayOf('2028-02-28')))).toBe(false);
  });

  test('are told from the last working day', () => {
    const isLast = (day: number): boolean =>
      !isWeekend(day) &&
      [0, 1, 2].every((next) => toMonthEnd(day) < next + 1 || isWeekend(day + next + 1) || toMonthEnd(day) === next);
    const change = (usual: number, day: number): number => usual + (toMonthEnd(day) < 3 && isLast(day) ? 25 : 0);
    const found = find({ from: '2025-02-10', olderDays: 330, days: 70, change });

    expect(namesOf(found)).toEqual(['effect last-working-day-of-month']);
  });

  test('whose two sides differ are two effects', () => {
    const change = (usual: number, day: number): number => {
      const { fromMonthStart, toMonthEnd: left } = civilDate(day);
      return usual + (left === 0 ? 25 : 0) - (fromMonthStart === 0 ? 25 : 0);
    };
    const found = find({ from: '2025-02-10', olderDays: 330, days: 70, change });

    expect(namesOf(found).sort()).toEqual(['effect first-day-of-month', 'effect last-day-of-month']);
  });
});

describe('holidays', () => {
  // Easter Mondays and Whit Mondays, which move, and two that do not.
  const moving = ['2025-04-21', '2025-06-09', '2026-04-06', '2026-05-25'];
  const days = [...moving, '2025-05-01', '2025-12-25', '2026-05-01', '2025-10-26'].map(dayOf).sort((a, b) => a - b);
  const calendars = [{ calendarId: 'holidays', days }];
  const change = (usual: number, day: number): number => (days.includes(day) ? 0.4 * usual : usual);

  test('are learned from a year, and expected on dates that move', () => {
    const found = find({ from: '2025-04-10', olderDays: 330, days: 70, calendars, change });
    const [effect] = found.effects;

    expect(namesOf(found)[0]).toMatch(/^effect calendar holidays/);
    expect(effect!.days.holds(civilDate(dayOf('2026-05-25')))).toBe(true);
    expect(effect!.days.holds(civilDate(dayOf('2026-06-09')))).toBe(false);
  });

  test('are taken out of older days, too', () => {
    const given: Given = { from: '2025-04-10', olderDays: 330, days: 70 };
    const found = find({ ...given, calendars, change });
    const easter = dayOf('2025-04-21') - dayOf('2025-04-10');

    expect(Math.abs(found.olderDays[easter]! - pastOf(given).olderDays[easter]!)).toBeLessThan(6);
  });

  test('that change nothing at weekends are learned from Monday to Friday', () => {
    const all = Array.from({ length: 13 }, (_, k) => dayOf('2025-04-21') + 29 * k);
    const found = find({
      from: '2025-04-10',
      olderDays: 330,
      days: 70,
      calendars: [{ calendarId: 'fair', days: all }],
      change: (usual, day) => usual + (all.includes(day) && !isWeekend(day) ? 20 : 0),
    });

    expect(namesOf(found)).toEqual(['effect calendar fair, Monday to Friday']);
  });

  test('that are in no calendar are nothing', () => {
    expect(find({ from: '2025-04-10', olderDays: 330, days: 70, change }).effects).toEqual([]);
  });
});

describe('nothing', () => {
  test('is found in at least 95 of 100 loads without an effect, whatever a calendar says', () => {
    const days = Array.from({ length: 12 }, (_, k) => dayOf('2025-03-03') + 33 * k);
    let found = 0;
    for (let seed = 0; seed < 100; seed++) {
      const from = ['2025-01-01', '2025-02-13', '2025-03-22'][seed % 3]!;
      const olderDays = seed % 2 === 0 ? 0 : 300;
      const calendars = [{ calendarId: 'market', days }];
      if (find({ from, days: 70, olderDays, seed, calendars }).effects.length > 0) found++;
    }

    expect(found).toBeLessThanOrEqual(5);
  });

  test('is found in less than forty days, and then the past is left as it is', () => {
    const given = pastOf({
      from: '2026-01-20',
      days: 39,
      change: (usual, day) => usual + (civilDate(day).toMonthEnd < 1 ? 90 : 0),
    });
    const found = calendarEffects(given);

    expect(found.effects).toEqual([]);
    expect(found.values).toBe(given.values);
  });
});
