import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { civilHours } from '../../../models/forecast/civil-hours.ts';

const hours = (count: number) => Float64Array.from({ length: count }, (_, i) => i);

test('the hour that spring skips is missing', () => {
  // Berlin, 29 March 2026: 02:00 does not exist, clocks jump at 01:00 UTC.
  const civil = civilHours(Date.UTC(2026, 2, 28, 23), hours(4), 'Europe/Berlin');

  expect([...civil.values]).toEqual([0, 1, Number.NaN, 2, 3]);
  expect(civil.indexOf(4)).toBe(5);
});

test('the hour that autumn repeats is the mean of both', () => {
  // New York, 1 November 2026: 01:00 comes twice, at 05:00 and 06:00 UTC.
  const civil = civilHours(Date.UTC(2026, 10, 1, 4), hours(5), 'America/New_York');

  expect([...civil.values]).toEqual([0, 1.5, 3, 4]);
});

test('without a change of the clocks nothing moves', () => {
  const values = hours(48);
  const civil = civilHours(Date.UTC(2026, 5, 1), values, 'Europe/Berlin');

  expect(civil.values).toEqual(values);
  expect(civil.indexOf(48)).toBe(48);
});

test('a repeated hour counts once when the other of the two is missing', () => {
  const values = Float64Array.of(1, Number.NaN, 7);
  const civil = civilHours(Date.UTC(2026, 9, 24, 23) + HOUR_MS, values, 'Europe/Berlin');

  expect(civil.values).toHaveLength(3 - 1 + (civil.indexOf(2) - 1));
  expect(civil.values).toContain(7);
});

test('fails when the zone is unknown', () => {
  expect(() => civilHours(0, hours(1), 'Europe/Atlantis')).toThrow(RangeError);
});
