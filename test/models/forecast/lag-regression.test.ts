import { expect, test } from 'vitest';
import { fitLags } from '../../../models/forecast/lag-regression.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const random = createRandom(3);

test('an autoregression of order one fades back to the mean as it did before', () => {
  let value = 0;
  const values = Float64Array.from({ length: 5000 }, () => {
    value = 0.8 * value + random.normal();
    return 50 + value;
  });
  values[values.length - 1] = 60;

  const path = fitLags(values, { lags: [1, 2, 3], robust: false }).predict(60);

  expect(path[0]! - 50).toBeGreaterThan(7);
  expect(path[0]! - 50).toBeLessThan(9);
  expect(Math.abs(path[59]! - 50)).toBeLessThan(0.5);
});

test('wild values pull the robust fit less', () => {
  const calm = Float64Array.from({ length: 400 }, (_, i) => 10 + 3 * Math.sin((i / 12) * 2 * Math.PI));
  const wild = calm.map((value, i) => (i % 37 === 0 && i < 380 ? value + 40 : value));
  const errorOf = (robust: boolean): number => {
    const path = fitLags(wild, { lags: [1, 2, 3, 11, 12, 13], robust }).predict(12);
    return path.reduce((sum, value, h) => sum + Math.abs(value - calm[(400 + h) % 12]!), 0) / 12;
  };

  expect(errorOf(true)).toBeLessThan(0.9 * errorOf(false));
});

test('long lags wait until there is history for them', () => {
  const values = Float64Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1 : 3));

  expect([...fitLags(values, { lags: [1, 2, 3, 200], robust: false }).predict(3)].map(Math.round)).toEqual([1, 3, 1]);
});
