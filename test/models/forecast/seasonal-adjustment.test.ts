import { expect, test } from 'vitest';
import { adjustSeasons } from '../../../models/forecast/seasonal-adjustment.ts';
import { createRandom } from '../../../models/numeric/random.ts';

test('a steady season is taken off a line, and put back on behind its end', () => {
  const shape = [4, -1, -3, 0];
  const values = Float64Array.from({ length: 22 }, (_, i) => 10 + 2 * i + shape[i % 4]!);

  const { rest, seasonAt } = adjustSeasons(values, [4]);

  rest.forEach((value, i) => {
    expect(value).toBeCloseTo(10 + 2 * i, 9);
  });
  expect(seasonAt(0)).toBeCloseTo(-3, 9);
  expect(seasonAt(2)).toBeCloseTo(4, 9);
});

test('an odd season and a longer one on top of it both go', () => {
  const values = Float64Array.from({ length: 84 }, (_, i) => (i % 3) + (i % 21 < 3 ? 6 : 0));

  const { rest } = adjustSeasons(values, [3, 21]);

  const spread = Math.max(...rest) - Math.min(...rest);
  expect(spread).toBeLessThan(1e-6);
});

test('of pure noise little is taken for a season', () => {
  const random = createRandom(8);
  let taken = 0;
  for (let round = 0; round < 50; round++) {
    const values = Float64Array.from({ length: 60 }, () => random.normal());
    const { rest } = adjustSeasons(values, [12]);
    taken += rest.reduce((sum, value, i) => sum + (value - values[i]!) ** 2, 0) / 60;
  }

  // Plain indices of five seasons would take a fifth.
  expect(taken / 50).toBeLessThan(0.06);
});

test('less than two and a half seasons are left in', () => {
  const values = Float64Array.from({ length: 9 }, (_, i) => i % 4);

  expect(adjustSeasons(values, [4]).rest).toEqual(values);
});
