import { expect, test } from 'vitest';
import { medianAutoregression, profileAutoregression } from '../../../models/forecast/profile-autoregression.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function predict(values: Float64Array, points: number): Float64Array {
  const fit = profileAutoregression(28, 4).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  return fit.model.predict(points);
}

const shape = (i: number): number => [1, 5, 9, 2][i % 4]! * (i % 28 < 20 ? 10 : 4);

test('a season that repeats exactly is repeated', () => {
  const path = predict(
    Float64Array.from({ length: 100 }, (_, i) => shape(i)),
    28,
  );

  path.forEach((value, h) => {
    expect(value).toBeCloseTo(shape(100 + h), 6);
  });
});

test('the present stray from the usual season lasts as strays have lasted', () => {
  const random = createRandom(2);
  let stray = 0;
  const values = Float64Array.from({ length: 280 }, (_, i) => {
    stray = 0.9 * stray + random.normal();
    return shape(i) + stray;
  });
  const lifted = values.map((value, i) => (i >= 276 ? value + 20 : value));

  const [calm, path] = [predict(values, 28), predict(lifted, 28)];

  expect(path[0]! - calm[0]!).toBeGreaterThan(5);
  expect(Math.abs(path[27]! - calm[27]!)).toBeLessThan(path[0]! - calm[0]!);
});

test('the typical season has no trace of one wild season', () => {
  const values = Float64Array.from({ length: 140 }, (_, i) => shape(i) + (i >= 56 && i < 60 ? 500 : 0));
  const fit = medianAutoregression([4, 28]).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  const wild = predict(values, 28);

  const strayOf = (path: Float64Array): number => Math.max(...path.map((value, h) => Math.abs(value - shape(140 + h))));
  expect(strayOf(fit.model.predict(28))).toBeLessThan(strayOf(wild));
});

test('without a season there is no profile', () => {
  expect(() => medianAutoregression([])).toThrow(RangeError);
});
