import { expect, test } from 'vitest';
import { dayStrays } from '../../../models/forecast/day-strays.ts';

const days = (count: number, valueAt: (day: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => valueAt(i));

test('weekdays are taken off, whatever one wild day does', () => {
  const { weekly, rest } = dayStrays(days(56, (day) => (day % 7 === 6 ? 3 : 10) + (day === 30 ? 500 : 0)));

  expect(weekly[20]! - weekly[21]!).toBeCloseTo(-7);
  expect(rest[21]! - rest[20]!).toBeCloseTo(0);
  expect(rest[30]! - rest[31]!).toBeCloseTo(500);
});

test('a season that grows with the level is followed', () => {
  const { rest } = dayStrays(days(400, (day) => 100 * 1.005 ** day * (day % 7 < 5 ? 1.5 : 1)));
  const jumps = rest.slice(10, -10).map((value, i) => Math.abs(value / rest[i + 9]! - 1));

  expect(Math.max(...jumps)).toBeLessThan(0.04);
});

test('up to three days that differ do not move the level beside them', () => {
  const strays = dayStrays(days(40, (day) => (day >= 20 && day < 23 ? 90 : 10)));

  expect(strays.before[23]).toBe(10);
  expect(strays.after[19]).toBe(10);
  expect(strays.meanOf(20, 23)).toBeCloseTo(90);
});

test('a side of fewer than three known days is unknown', () => {
  const { before, after } = dayStrays(days(20, (day) => (day >= 4 && day < 9 ? Number.NaN : 1)));

  expect([before[2], before[3], after[17], after[16]]).toEqual([Number.NaN, 1, Number.NaN, 1]);
  expect(before[9]).toBe(Number.NaN);
});

test('the mean of days that are all missing is missing', () => {
  expect(dayStrays(days(20, (day) => (day === 4 ? Number.NaN : 1))).meanOf(4, 5)).toBe(Number.NaN);
});
