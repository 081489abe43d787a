import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatNumber } from '../../../models/detect/format-number.ts';

describe('a number for people', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [52.04, '52'],
    [0.5, '0.5'],
    [999.4, '999'],
    [999.6, '1000'],
    [4821.4, '4821'],
    [9999.4, '9999'],
    [9999.7, '10 k'],
    [12_345, '12.3 k'],
    [999_999, '1 M'],
    [1_234_567, '1.23 M'],
    [5e9, '5 G'],
    [-7.5e12, '-7.5 T'],
    [3e18, '3.00e+18'],
    [0.0424, '0.0424'],
    [0.00012, '1.2e-4'],
    [Number.NaN, 'no value'],
  ])('%d is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('is never off by more than half a percent', () => {
    const factors: Record<string, number> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e18, noNaN: true }), (value) => {
        const [digits = '', prefix] = formatNumber(value).split(' ');
        const read = Number(digits) * (prefix === undefined ? 1 : factors[prefix]!);
        expect(Math.abs(read - value)).toBeLessThanOrEqual(0.0051 * value);
      }),
    );
  });
});
