import { describe, expect, it } from 'vitest';
import { commonMultiplier, findDivisor, mantissaOf, roundSum, sumOf } from '../../data/value-unit.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';

/** Any float64 there is: random bits. */
function anyDouble(random: Random): number {
  const view = new DataView(new ArrayBuffer(8));
  for (let at = 0; at < 8; at++) view.setUint8(at, random.below(256));
  return view.getFloat64(0);
}

describe('a mantissa', () => {
  it.each([
    [0.1, 10, 1],
    [12.34, 100, 1_234],
    [-0.07, 100, -7],
    [7 / 300, 300, 7],
    [2 ** 53, 1, 2 ** 53],
    [0, 1_000, 0],
  ])('of %d by %d is %d', (value, divisor, mantissa) => {
    expect(mantissaOf(value, divisor)).toBe(mantissa);
  });

  it.each([
    [0.1, 1],
    [1 / 3, 1_000_000_000],
    [-0, 1],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 10],
    [Number.NEGATIVE_INFINITY, 10],
    [5e-324, 1_000_000_000],
    [2 ** 53 + 2, 1],
    [1.7976931348623157e308, 10],
  ])('of %d by %d is none', (value, divisor) => {
    expect(mantissaOf(value, divisor)).toBeNaN();
  });

  it('gives back any value to the last bit, or is none', () => {
    const random = createRandom(11);
    for (let round = 0; round < 20_000; round++) {
      const divisor = [1, 1_000, 300, 90_000, 1_024][random.below(5)]!;
      const value = round % 2 === 0 ? anyDouble(random) : (random.below(1e9) - 5e8) / divisor;
      const mantissa = mantissaOf(value, divisor);
      if (round % 2 === 1 && !Object.is(value, -0)) expect(mantissa).not.toBeNaN();
      if (!Number.isNaN(mantissa)) expect(Object.is(mantissa / divisor, value)).toBe(true);
    }
  });
});

describe('a divisor', () => {
  it.each([
    ['whole numbers', [3, 0, 17], 1],
    ['hundredths', [3.25, 0.1, 17], 100],
    ['rates of a counter over fifteen seconds', [7 / 15, 8 / 15, 101 / 15], 30],
    ['rates over five minutes', [7 / 300, 8 / 300, 101 / 300], 300],
    ['rates over an hour', [7 / 3_600, 8 / 3_600, 101 / 3_600], 90_000],
    ['numbers of float32', [23.4, 0.1, 17.7].map(Math.fround), 2 ** 30],
  ])('of %s is found', (_what, values, divisor) => {
    expect(findDivisor(Float64Array.from(values))).toBe(divisor);
  });

  it('passes over a few values that fit no divisor', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i / 10);
    values.set([Number.NaN, Math.PI, Number.POSITIVE_INFINITY, -0], 40);

    expect(findDivisor(values)).toBe(10);
  });

  it('is none where the values have all the digits there are', () => {
    const random = createRandom(5);

    expect(findDivisor(Float64Array.from({ length: 100 }, () => random.normal()))).toBeUndefined();
  });
});

describe('the common multiplier', () => {
  it.each([
    [[8_192, 4_096, 0, 40_960], 4_096],
    [[-15, 25], 5],
    [[7, 9], 1],
    [[0, 0], 1],
    [[], 1],
    [[Number.NaN, 6, Number.NaN, 9], 3],
  ])('of %j is %d', (mantissas, multiplier) => {
    expect(commonMultiplier(Float64Array.from(mantissas))).toBe(multiplier);
  });
});

describe('a sum', () => {
  it('of decimals is a decimal again', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(roundSum(0.1 + 0.2)).toBe(0.3);
  });

  it('of whole numbers stays as it is, however many digits it has', () => {
    expect(roundSum(2 ** 53 - 1)).toBe(2 ** 53 - 1);
    expect(roundSum(1.7976931348623157e308)).toBe(1.7976931348623157e308);
  });

  it('that is no number stays none', () => {
    expect(roundSum(Number.NaN)).toBeNaN();
    expect(roundSum(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is rounded once: again changes nothing', () => {
    const random = createRandom(2);
    for (let round = 0; round < 5_000; round++) {
      const sum = roundSum(anyDouble(random));
      expect(roundSum(sum)).toBe(sum);
    }
  });

  it('of a mantissa is the rounded quotient', () => {
    const random = createRandom(3);
    for (let round = 0; round < 5_000; round++) {
      const mantissa = random.below(2 ** (1 + random.below(52)));
      const divisor = [1, 10, 1_000, 1_000_000_000, 300, 90_000, 32][random.below(7)]!;
      expect(sumOf(mantissa, divisor)).toBe(roundSum(mantissa / divisor));
    }
  });
});
