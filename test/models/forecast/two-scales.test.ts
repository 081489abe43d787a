import { expect, test } from 'vitest';
import {
  DAILY_HORIZON,
  forecastDays,
  forecastHours,
  HOURLY_HORIZON,
  joinScales,
  pickSteps,
} from '../../../models/forecast/two-scales.ts';
import { hourlyValues } from '../../support/hourly-shapes.ts';

const historyOf = (days: number) => {
  const values = hourlyValues(days, 3, (hour, random) => 20 + hour * 0.1 + random.normal());
  return { values, observed: new Uint8Array(values.length).fill(1) };
};

test.each([7, 8, 21, 56])('%d days are enough for both scales over their whole horizon', (days) => {
  const hourly = forecastHours(historyOf(days));
  const daily = forecastDays(historyOf(days));

  expect(hourly.centre.length).toBe(HOURLY_HORIZON + 1);
  expect(daily.centre.length).toBe(DAILY_HORIZON);
  for (const band of [hourly, daily]) {
    expect([...band.centre, ...band.below, ...band.above].every(Number.isFinite)).toBe(true);
    expect(band.skill.origins).toBeGreaterThan(1);
  }
});

test('the daily path starts as the hourly one ends, and goes its own way later', () => {
  const path = joinScales(new Float64Array(48).fill(10), new Float64Array(20));

  expect([...path.subarray(0, 4)]).toEqual([10, 10, 5, 2.5]);
  expect(path[19]!).toBeLessThan(1e-3);
});

test('steps are picked in order, and a repeat of the last seen hour is the first step', () => {
  const band = forecastHours(historyOf(7));

  const picked = pickSteps(band, [-1, 0, 2]);

  expect([...picked.centre]).toEqual([band.centre[0], band.centre[0], band.centre[2]]);
});
