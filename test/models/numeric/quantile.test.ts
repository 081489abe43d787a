import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile, quantileSorted, sortedPresent } from '../../../models/numeric/quantile.ts';

const finiteValues = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('quantile', () => {
  test.each([
    [[1, 2, 3, 4, 5], 0.5, 3, 'odd length has a middle value'],
    [[1, 2, 3, 4], 0.5, 2.5, 'even length takes the mean of the middle two'],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9.1, 'numpy.quantile, method linear'],
    [[15, 20, 35, 40, 50], 0.4, 29, 'R quantile, type 7'],
    [[7], 0.1, 7, 'one value is every quantile'],
    [[3, Number.NaN, 1], 1, 3, 'missing values do not count'],
  ])('of %j at %d is %d: %s', (values, at, expected) => {
    expect(quantile(values, at)).toBeCloseTo(expected, 12);
  });

  test('of nothing is NaN', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(quantile([Number.NaN], 0.5)).toBeNaN();
  });

  test('fails when the share is not a share', () => {
    for (const bad of [-0.1, 1.5, Number.NaN]) expect(() => quantile([1], bad)).toThrow(RangeError);
  });

  test('grows with the share and stays within the values', () => {
    fc.assert(
      fc.property(finiteValues, share, share, (values, a, b) => {
        const [low, high] = [quantile(values, Math.min(a, b)), quantile(values, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high + 1e-6);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  test('does not change its input', () => {
    const values = Object.freeze([3, 1, 2]);
    expect(quantile(values, 0.5)).toBe(2);
  });

  test('of sorted values equals the one of unsorted values', () => {
    fc.assert(
      fc.property(finiteValues, share, (values, at) => {
        expect(quantileSorted(sortedPresent(values), at)).toBe(quantile(values, at));
      }),
    );
  });
});
