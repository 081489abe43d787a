import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../models/numeric/random.ts';

const draw = (count: number, next: () => number) => Float64Array.from({ length: count }, next);
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createRandom', () => {
  test('repeats itself for a seed, and differs between neighbouring seeds', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => draw(20, createRandom(seed).uniform));

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('keeps its numbers for ever: stored seeds must stay valid', () => {
    const random = createRandom(42);

    expect([random.below(1000), random.below(1000), random.below(1000)]).toEqual([153, 850, 18]);
  });

  test('is uniform from 0 to 1', () => {
    const values = draw(20_000, createRandom(1).uniform);

    // Standard error of the mean: 0.002.
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.01);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  test('normals have mean 0, deviation 1 and a tenth beyond 1.2816', () => {
    const values = draw(20_000, createRandom(2).normal);

    expect(Math.abs(mean(values))).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(values.map((value) => (value > 1.2816 ? 1 : 0))) - 0.1)).toBeLessThan(0.01);
  });

  test('whole numbers reach every value below the bound and none beyond', () => {
    const random = createRandom(3);

    expect(new Set(draw(500, () => random.below(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  test('many at once are those that would have come one by one', () => {
    const [one, other] = [createRandom(9), createRandom(9)];
    const many = Uint8Array.of(1, 2, ...new Uint8Array(30));
    one.fillBelow(28, many, 2);

    expect([...many]).toEqual([1, 2, ...draw(30, () => other.below(28))]);
    expect(one.uniform()).toBe(other.uniform());
  });

  test('fails when the seed is no number', () => {
    expect(() => createRandom(Number.NaN)).toThrow('random: seed must be finite, got NaN');
  });
});
