import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median } from '../../../models/numeric/median.ts';

const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 60 });

describe('median', () => {
  test('has as many values below as above', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const middle = median(sample);
        const below = sample.filter((value) => value < middle).length;
        const above = sample.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(sample.length / 2);
      }),
    );
  });

  test('is not moved by one wild value', () => {
    expect(median([10, 11, 12, 13, 1e300])).toBe(12);
  });

  test('of nothing is NaN', () => {
    expect(median([])).toBeNaN();
    expect(median([Number.NaN])).toBeNaN();
  });
});
