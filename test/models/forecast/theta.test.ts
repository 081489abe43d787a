import { expect, test } from 'vitest';
import { theta } from '../../../models/forecast/theta.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function predict(values: Float64Array, seasons: readonly number[], horizonPoints: number): Float64Array {
  const fit = theta(seasons).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  return fit.model.predict(horizonPoints);
}

test('half of the slope of a noisy line is carried on', () => {
  const random = createRandom(3);
  const path = predict(
    Float64Array.from({ length: 80 }, (_, i) => 5 * i + random.normal()),
    [],
    21,
  );

  expect((path[20]! - path[0]!) / 20).toBeCloseTo(2.5, 1);
});

test('white noise is smoothed to its level', () => {
  const random = createRandom(4);
  const path = predict(
    Float64Array.from({ length: 200 }, () => 50 + random.normal()),
    [],
    5,
  );

  for (const value of path) expect(Math.abs(value - 50)).toBeLessThan(0.5);
});

test('a season lies on top of the trend', () => {
  const shape = [10, -10, 5, -5];
  const path = predict(
    Float64Array.from({ length: 40 }, (_, i) => 100 + shape[i % 4]!),
    [4],
    8,
  );

  path.forEach((value, h) => {
    expect(value).toBeCloseTo(100 + shape[h % 4]!, 9);
  });
});

test('three values are enough', () => {
  expect([...predict(Float64Array.of(7, 7, 7), [12], 2)]).toEqual([7, 7]);
});
