import { expect, test } from 'vitest';
import { fillGaps } from '../../../models/forecast/gaps.ts';
import { daily, hourlyValues } from '../../support/hourly-shapes.ts';

const OPTIONS = { longestGapPoints: 10, periodPoints: 4, maxPoints: 100 };
const _ = Number.NaN;

test('a gap is filled with the season before it, moved to meet both ends', () => {
  const filled = fillGaps(Float64Array.of(0, 5, 0, -5, 10, _, _, 5, 10), OPTIONS)!;

  expect([...filled.observed]).toEqual([1, 1, 1, 1, 1, 0, 0, 1, 1]);
  // The season before says 5 and 0, ten lower than where the gap begins and ends.
  expect([...filled.values]).toEqual([0, 5, 0, -5, 10, 15, 10, 5, 10]);
});

test('a long outage of a daily series keeps the shape of the day', () => {
  const shape = (hour: number): number => 50 + 20 * daily(hour);
  const values = hourlyValues(10, 1, shape);
  values.fill(_, 100, 118);

  const filled = fillGaps(values, { longestGapPoints: 168, periodPoints: 24, maxPoints: 999 })!;

  for (let hour = 100; hour < 118; hour++) expect(filled.values[hour]!).toBeCloseTo(shape(hour), 9);
});

test('leading and trailing holes are cut off', () => {
  const filled = fillGaps(Float64Array.of(_, _, 1, 2, _), OPTIONS)!;

  expect(filled).toMatchObject({ firstIndex: 2, lastIndex: 3, observedShare: 1 });
});

test('what lies before a gap that is too long is forgotten', () => {
  const values = new Float64Array(40).fill(1);
  values.fill(_, 10, 21);

  expect(fillGaps(values, OPTIONS)!.firstIndex).toBe(21);
  expect(fillGaps(values, { ...OPTIONS, longestGapPoints: 11 })!.firstIndex).toBe(0);
});

test('only the newest values are kept', () => {
  expect(fillGaps(new Float64Array(150), OPTIONS)!.values).toHaveLength(100);
});

test('infinities are missing, and the input stays as it is', () => {
  const values = Float64Array.of(1, Number.POSITIVE_INFINITY, 3);

  expect([...fillGaps(values, OPTIONS)!.values]).toEqual([1, 2, 3]);
  expect([...values]).toEqual([1, Number.POSITIVE_INFINITY, 3]);
});

test('a gap of exactly one period is filled too', () => {
  const values = Float64Array.from({ length: 20 }, (_, i) => (i >= 9 && i < 13 ? Number.NaN : i));

  const filled = fillGaps(values, { longestGapPoints: 9, periodPoints: 4, maxPoints: 99 });

  expect([...(filled?.values ?? [])]).toEqual(Array.from({ length: 20 }, (_, i) => i));
});
