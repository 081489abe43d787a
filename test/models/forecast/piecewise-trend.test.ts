import { expect, test } from 'vitest';
import { piecewiseTrend } from '../../../models/forecast/piecewise-trend.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function predict(values: Float64Array, seasons: readonly number[], points: number): Float64Array {
  const fit = piecewiseTrend(seasons).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  return fit.model.predict(points);
}

test('a straight line goes straight on', () => {
  const path = predict(
    Float64Array.from({ length: 50 }, (_, i) => 3 + 2 * i),
    [],
    4,
  );

  path.forEach((value, h) => {
    expect(value).toBeCloseTo(3 + 2 * (50 + h), 4);
  });
});

test('after a bend only the newest slope counts', () => {
  const random = createRandom(6);
  const values = Float64Array.from({ length: 60 }, (_, i) => (i < 35 ? 100 : 100 + 5 * (i - 35)) + random.normal());

  const path = predict(values, [], 10);

  expect((path[9]! - path[0]!) / 9).toBeGreaterThan(4.5);
  expect((path[9]! - path[0]!) / 9).toBeLessThan(5.5);
});

test('noise around a level makes no bend that runs away', () => {
  const random = createRandom(7);
  const values = Float64Array.from({ length: 480 }, () => 50 + random.normal());

  for (const value of predict(values, [24], 48)) expect(Math.abs(value - 50)).toBeLessThan(1.5);
});

test('the season is put back on where it belongs', () => {
  const shape = (i: number): number => [0, 10, -10, 0][i % 4]!;
  const values = Float64Array.from({ length: 82 }, (_, i) => 20 + 0.5 * i + shape(i));

  predict(values, [4], 8).forEach((value, h) => {
    expect(value).toBeCloseTo(20 + 0.5 * (82 + h) + shape(82 + h), 0);
  });
});
