import { expect, test } from 'vitest';
import { normalQuantile } from '../../../models/numeric/normal-quantile.ts';

test('tabulated values, to three digits', () => {
  expect(normalQuantile(0.5)).toBe(0);
  expect(normalQuantile(0.8413447461)).toBeCloseTo(1, 3);
  expect(normalQuantile(0.9)).toBeCloseTo(1.2815516, 3);
  expect(normalQuantile(0.995)).toBeCloseTo(2.5758293, 3);
  expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424, 3);
});

test('rises with the probability and is antisymmetric', () => {
  const values = Array.from({ length: 999 }, (_, i) => normalQuantile((i + 1) / 1000));

  expect(values).toEqual([...values].sort((a, b) => a - b));
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(-values[998 - i]!, 9);
  });
});

test('the ends are infinitely far out, and beyond them is nothing', () => {
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  expect(normalQuantile(1.2)).toBeNaN();
});
