import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excessAtNats, excessNats, tailShape } from '../../../models/numeric/excess-tail.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const moments = fc.record({
  mean: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  heaviness: fc.double({ min: 0.5, max: 20, noNaN: true }),
});

function momentsOf(excesses: readonly number[]): readonly [mean: number, meanSquare: number] {
  const mean = excesses.reduce((sum, excess) => sum + excess, 0) / excesses.length;
  const meanSquare = excesses.reduce((sum, excess) => sum + excess * excess, 0) / excesses.length;
  return [mean, meanSquare];
}

describe('tail of excesses', () => {
  test('rarity and excess are each other’s inverse', () => {
    fc.assert(
      fc.property(moments, fc.double({ min: 0, max: 20, noNaN: true }), ({ mean, heaviness }, nats) => {
        const meanSquare = 2 * mean * mean * heaviness;
        expect(excessNats(excessAtNats(nats, mean, meanSquare), mean, meanSquare)).toBeCloseTo(nats, 6);
      }),
    );
  });

  test('a larger excess is rarer, a heavier tail makes a far one less rare', () => {
    fc.assert(
      fc.property(moments, fc.double({ min: 0.1, max: 50, noNaN: true }), ({ mean, heaviness }, size) => {
        const excess = size * mean;
        const meanSquare = 2 * mean * mean * heaviness;
        expect(excessNats(1.1 * excess, mean, meanSquare)).toBeGreaterThan(excessNats(excess, mean, meanSquare));
        expect(excessNats(20 * mean, mean, 1.2 * meanSquare)).toBeLessThanOrEqual(
          excessNats(20 * mean, mean, meanSquare) + 1e-9,
        );
      }),
    );
  });

  test('golden: of the normal distribution beyond its 3 % point, one in a hundred thousand lies beyond 4.26', () => {
    const random = createRandom(31);
    const start = 1.8808;
    const excesses: number[] = [];
    while (excesses.length < 20_000) {
      const value = random.normal();
      if (value > start) excesses.push(value - start);
    }

    const limit = start + excessAtNats(Math.log(0.03 / 1e-5), ...momentsOf(excesses));

    expect(limit).toBeGreaterThan(4.1);
    expect(limit).toBeLessThan(4.5);
  });

  test('golden: an exponential tail has shape 0, and its quantiles are logarithms', () => {
    const random = createRandom(32);
    const excesses = Array.from({ length: 50_000 }, () => -Math.log(1 - random.uniform()));

    expect(tailShape(...momentsOf(excesses))).toBeCloseTo(0, 1);
    expect(excessAtNats(7, ...momentsOf(excesses))).toBeGreaterThan(6);
    expect(excessAtNats(7, ...momentsOf(excesses))).toBeLessThan(8);
  });

  test('the shape stays within its bounds whatever the moments', () => {
    for (const [mean, meanSquare] of [
      [1, 1],
      [1, 1e12],
      [0, 5],
      [Number.NaN, 1],
    ] as const) {
      expect(tailShape(mean, meanSquare)).toBeGreaterThanOrEqual(-0.2);
      expect(tailShape(mean, meanSquare)).toBeLessThanOrEqual(0.5);
    }
  });
});
