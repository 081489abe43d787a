import { describe, expect, test } from 'vitest';
import { civilDate, civilDays } from '../../../models/forecast/civil-days.ts';

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;

describe('the place of a day', () => {
  test.each([
    ['2024-02-28', { weekday: 3, fromMonthStart: 27, toMonthEnd: 1 }],
    ['2024-02-29', { weekday: 4, fromMonthStart: 28, toMonthEnd: 0 }],
    ['2025-02-28', { weekday: 5, fromMonthStart: 27, toMonthEnd: 0 }],
    ['2100-02-28', { weekday: 0, fromMonthStart: 27, toMonthEnd: 0 }],
    ['2025-12-31', { weekday: 3, fromMonthStart: 30, toMonthEnd: 0 }],
    ['2026-01-01', { weekday: 4, fromMonthStart: 0, toMonthEnd: 30 }],
  ])('%s', (date, place) => {
    expect(civilDate(dayOf(date))).toEqual({ day: dayOf(date), ...place });
  });
});

describe('days of hours', () => {
  test('have the mean of at least twelve hours', () => {
    const values = new Float64Array(48).fill(4);
    values.fill(Number.NaN, 10, 22);
    values.fill(Number.NaN, 24, 37);

    expect([
      ...civilDays({ values, firstHour: 0, olderDays: new Float64Array(0), olderMiddleHours: [] }).means,
    ]).toEqual([4, Number.NaN]);
  });

  test('begin with the date of the first hour, however late in it', () => {
    const { firstDay, means } = civilDays({
      values: new Float64Array(25).fill(7),
      firstHour: 5 * 24 + 20,
      olderDays: new Float64Array(0),
      olderMiddleHours: [],
    });

    expect(firstDay).toBe(5);
    expect([...means]).toEqual([Number.NaN, 7]);
  });

  test('are continued back by older means, each on the date of its middle', () => {
    const { firstDay, means } = civilDays({
      values: new Float64Array(24).fill(9),
      firstHour: 72,
      olderDays: Float64Array.of(1, Number.NaN, 3),
      // From six in the evening to six in the evening.
      olderMiddleHours: [6, 30, 54],
    });

    expect(firstDay).toBe(0);
    expect([...means]).toEqual([1, Number.NaN, 3, 9]);
  });

  test('are taken before an older mean of the same date', () => {
    const { means } = civilDays({
      values: new Float64Array(24).fill(9),
      firstHour: 24,
      olderDays: Float64Array.of(1, 2),
      olderMiddleHours: [12, 36],
    });

    expect([...means]).toEqual([1, 9]);
  });
});
