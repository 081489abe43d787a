import { expect, test } from 'vitest';
import { seasonalProfile } from '../../../models/forecast/seasonal-profile.ts';
import { hourlyValues, isWeekday } from '../../support/hourly-shapes.ts';

test('a profile keeps the phase of the series when the history is no whole number of seasons', () => {
  expect([...seasonalProfile(Float64Array.of(2, 1, 3, 2, 1, 3, 2), 3, 0)]).toEqual([0, -1, 1]);
});

test('a trend that is given does not count as season', () => {
  const profile = seasonalProfile(Float64Array.of(0, 1, 2, 3, 4, 5), 3, 1);

  for (const deviation of profile) expect(deviation).toBeCloseTo(0, 12);
});

test('one wild season changes nothing', () => {
  const values = hourlyValues(35, 1, (hour) => (isWeekday(hour) ? 10 : 3) + (hour === 400 ? 900 : 0));

  const profile = seasonalProfile(values, 168, 0);

  expect(profile[400 % 168]!).toBeCloseTo(profile[0]!, 9);
  expect(profile[0]! - profile[160]!).toBeCloseTo(7, 9);
});
