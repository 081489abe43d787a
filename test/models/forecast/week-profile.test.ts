import { expect, test } from 'vitest';
import { weekProfile } from '../../../models/forecast/week-profile.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const week = [3, 1, 0, 0, 0, -1, -3];

test('a week that repeats is found, on whatever line it lies', () => {
  const days = Float64Array.from({ length: 35 }, (_, i) => 50 + 2 * i + week[i % 7]!);

  for (const [k, value] of weekProfile(days).entries()) expect(value).toBeCloseTo(week[k]!);
});

test('its first entry is that of the first day to come', () => {
  const days = Float64Array.from({ length: 37 }, (_, i) => week[i % 7]!);

  expect(weekProfile(days)[0]).toBeCloseTo(week[2]!);
  expect(weekProfile(days)[5]).toBeCloseTo(week[0]!);
});

test('noise has hardly any week', () => {
  const random = createRandom(3);
  const days = Float64Array.from({ length: 70 }, () => random.normal());

  for (const value of weekProfile(days)) expect(Math.abs(value)).toBeLessThan(0.25);
});

test('missing days are left out, and too few days have no week', () => {
  const days = Float64Array.from({ length: 49 }, (_, i) => (i === 20 ? Number.NaN : week[i % 7]!));

  expect(weekProfile(days)[0]).toBeCloseTo(3);
  expect([...weekProfile(days.subarray(0, 13))]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});
