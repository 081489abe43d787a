import { expect, test } from 'vitest';
import { dampedTrend } from '../../../models/forecast/damped-trend.ts';

function predict(values: Float64Array, damping: number): Float64Array {
  const fit = dampedTrend([], damping).fit(values);
  if (fit.kind !== 'fitted') throw new Error('not enough data');
  return fit.model.predict(200);
}

test('the trend fades: each step is smaller than the one before', () => {
  const path = predict(
    Float64Array.from({ length: 60 }, (_, i) => 2 * i),
    0.9,
  );
  const steps = path.subarray(1).map((value, h) => value - path[h]!);

  expect(steps[0]!).toBeGreaterThan(0);
  expect(steps[10]! / steps[9]!).toBeCloseTo(0.9, 9);
  expect(steps.at(-1)!).toBeLessThan(1e-6);
});

test('white noise is smoothed to its level', () => {
  const noisy = Float64Array.from({ length: 200 }, (_, i) => 50 + (i % 2 === 0 ? 1 : -1));

  expect(Math.abs(predict(noisy, 0.9)[0]! - 50)).toBeLessThan(0.2);
});
