import { expect, test } from 'vitest';
import { longDays } from '../../../models/forecast/long-days.ts';

const daysOf = (means: readonly number[]): Float64Array =>
  Float64Array.from({ length: means.length * 24 }, (_, hour) => means[Math.floor(hour / 24)]!);

/** History of the newest days, the rest being older than it. */
const ask = (means: readonly number[], newestDays: number, lift = 0, older: readonly number[] = []) => {
  const values = daysOf(means);
  const firstIndex = values.length - newestDays * 24;
  const newest = values.slice(firstIndex);
  return longDays(
    { values, olderDays: Float64Array.from(older) },
    { firstIndex, values: newest },
    newest.map((value) => value + lift),
  );
};

test('days reach further back than the history of hours', () => {
  expect([...ask([1, 2, 3, 4], 2)]).toEqual([1, 2, 3, 4]);
});

test('older days are moved by as much as the oldest hour of the history was', () => {
  expect([...ask([1, 2, 3, 4], 2, 10)]).toEqual([11, 12, 13, 14]);
});

test('days that are told as days lie before the hours, and move with them', () => {
  expect([...ask([1, 2], 2, 10, [8, 9])]).toEqual([18, 19, 11, 12]);
});

test('weekends of older days, which end at another hour, are those of the newer days', () => {
  // Ten weeks and a half day of hours from a Monday on, and twenty weeks of days before them; weekends are lower by 14.
  const isWeekend = (day: number): boolean => day % 7 >= 5;
  const values = Float64Array.from({ length: 70 * 24 + 12 }, (_, hour) =>
    isWeekend(Math.floor(hour / 24)) ? 86 : 100,
  );
  const olderDays = Float64Array.from({ length: 140 }, (_, day) => (isWeekend(day) ? 86 : 100));
  const days = longDays({ values, olderDays }, { firstIndex: 0, values }, values);
  const weekBefore = (from: number): number[] => [...days.subarray(from - 7, from)].map((day) => Math.round(day));

  // From noon to noon, half of Friday lies on a Saturday, and half of Sunday on a Monday.
  expect(weekBefore(days.length)).toEqual([100, 100, 100, 100, 93, 86, 93]);
  expect(weekBefore(days.length - 84)).toEqual(weekBefore(days.length));
});

test('a part of a day between the hours and the older days is missing', () => {
  const values = new Float64Array(30).fill(3);

  expect([...longDays({ values, olderDays: Float64Array.of(8, 9) }, { firstIndex: 0, values }, values)]).toEqual([
    8,
    9,
    Number.NaN,
    3,
  ]);
});

test('a day without a value is missing, a week of them parts the past', () => {
  expect([...ask([1, Number.NaN, 3, 4], 2)]).toEqual([1, Number.NaN, 3, 4]);
  expect([...ask([1, ...Array<number>(7).fill(Number.NaN), 3, 4], 2)]).toEqual([3, 4]);
  expect([...ask([Number.NaN, Number.NaN, 3, 4], 2)]).toEqual([3, 4]);
});
