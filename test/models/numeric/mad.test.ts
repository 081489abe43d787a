import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mad } from '../../../models/numeric/mad.ts';

const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 60 });

describe('median absolute deviation', () => {
  test('follows a scale and ignores a shift', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -1000, max: 1000 }), (sample, shift) => {
        expect(mad(sample.map((value) => -2 * value + shift))).toBe(2 * mad(sample));
      }),
    );
  });

  test('is not moved by one wild value', () => {
    expect(mad([10, 11, 12, 13, 1e300])).toBe(1);
  });

  test('golden: R, mad(c(1, 1, 2, 2, 4, 6, 9), constant = 1)', () => {
    expect(mad([1, 1, 2, 2, 4, 6, 9])).toBe(1);
  });

  test('of equal values is zero, of nothing is NaN, missing values do not count', () => {
    expect(mad([4, 4, 4])).toBe(0);
    expect(mad([])).toBeNaN();
    expect(mad([1, Number.NaN, 3])).toBe(1);
  });
});
