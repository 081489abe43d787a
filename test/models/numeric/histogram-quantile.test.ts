import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { histogramQuantile } from '../../../models/numeric/histogram-quantile.ts';

const bucket = (lower: number, upper: number, count: number) => ({ lower, upper, count });
const TENS = [bucket(0, 10, 2), bucket(10, 20, 6), bucket(20, 30, 0), bucket(30, Number.POSITIVE_INFINITY, 2)];

describe('quantile of a histogram', () => {
  test.each([
    [0, 0, 'the beginning of the first bucket'],
    [0.1, 5, 'half of the first bucket'],
    [0.5, 15, 'half of the second bucket'],
    [0.8, 20, 'the end of the second bucket, not the empty one'],
    [0.99, 30, 'the last bound there is'],
    [1, 30, 'the last bound there is'],
  ])('at %d is %d: %s', (share, expected) => {
    expect(histogramQuantile(TENS, share)).toBeCloseTo(expected, 12);
  });

  test('without lower bound begins at 0, unless all lies below', () => {
    expect(histogramQuantile([bucket(Number.NEGATIVE_INFINITY, 10, 4)], 0.5)).toBe(5);
    expect(histogramQuantile([bucket(Number.NEGATIVE_INFINITY, -10, 4)], 0.5)).toBe(-10);
    expect(histogramQuantile([bucket(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 4)], 0.5)).toBe(0);
  });

  test('spreads over logarithms on either side of zero, and evenly around it', () => {
    expect(histogramQuantile([bucket(2, 8, 1)], 0.5, 'exponential')).toBeCloseTo(4, 12);
    expect(histogramQuantile([bucket(-8, -2, 1)], 0.5, 'exponential')).toBeCloseTo(-4, 12);
    expect(histogramQuantile([bucket(-1, 3, 1)], 0.5, 'exponential')).toBeCloseTo(1, 12);
  });

  test('of nothing is NaN', () => {
    expect(histogramQuantile([], 0.5)).toBeNaN();
    expect(histogramQuantile([bucket(0, 1, 0)], 0.5)).toBeNaN();
  });

  test('fails when the share is not a share', () => {
    for (const bad of [-0.1, 1.5, Number.NaN]) expect(() => histogramQuantile(TENS, bad)).toThrow(RangeError);
  });

  test('grows with the share and lies in a bucket that holds something', () => {
    const counts = fc.array(fc.nat(1e9), { minLength: 1, maxLength: 30 }).filter((list) => list.some((n) => n > 0));
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, share, share, fc.constantFrom('linear', 'exponential'), (list, a, b, spread) => {
        const buckets = list.map((count, i) => bucket(2 ** (i - 10), 2 ** (i - 9), count));
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((at) => histogramQuantile(buckets, at, spread));
        expect(low).toBeLessThanOrEqual(high! * (1 + 1e-12));
        const holders = buckets.filter(({ lower, upper, count }) => count > 0 && lower <= low! && low! <= upper);
        expect(holders.length).toBeGreaterThan(0);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
