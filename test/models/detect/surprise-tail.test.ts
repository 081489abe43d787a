import { describe, expect, test } from 'vitest';
import { countSize, rarityNats, TAIL_FLOATS } from '../../../models/detect/surprise-tail.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function count(sizes: readonly number[]): { counts: Float32Array; unit: number } {
  const counts = new Float32Array(TAIL_FLOATS);
  let unit = 0;
  for (const size of sizes) unit = countSize(counts, 0, unit, size);
  return { counts, unit };
}

function exponential(seed: number, length: number, scale = 1): number[] {
  const random = createRandom(seed);
  return Array.from({ length }, () => -scale * Math.log(1 - random.uniform()));
}

describe('surprise tail', () => {
  test('is the true rarity within a few tenths of a nat, far beyond what was seen too', () => {
    const { counts, unit } = count(exponential(1, 5000));

    for (const size of [1, 2, 3, 5, 8]) expect(Math.abs(rarityNats(counts, 0, unit, size) - size)).toBeLessThan(0.4);
    expect(rarityNats(counts, 0, unit, 20)).toBeGreaterThan(14);
  });

  test('does not depend on the unit of the sizes', () => {
    const small = count(exponential(2, 3000, 2 ** -40));
    const large = count(exponential(2, 3000, 2 ** 40));

    for (const size of [0.5, 2, 6, 12]) {
      const expected = rarityNats(small.counts, 0, small.unit, size * 2 ** -40);
      expect(rarityNats(large.counts, 0, large.unit, size * 2 ** 40)).toBeCloseTo(expected, 9);
    }
  });

  test('says nothing before fifty sizes', () => {
    const { counts, unit } = count(exponential(3, 49));

    expect(rarityNats(counts, 0, unit, 1e9)).toBe(0);
  });

  test('takes the first size above zero for as rare as all the zeros make it', () => {
    const { counts, unit } = count(Array.from({ length: 999 }, () => 0));

    expect(unit).toBe(0);
    expect(rarityNats(counts, 0, unit, 0)).toBe(0);
    expect(rarityNats(counts, 0, unit, 0.001)).toBeCloseTo(Math.log(1000), 9);
  });

  test('keeps every count when a new largest size moves the bins', () => {
    const { counts } = count([...exponential(4, 500), 1e3, 1e6, 1e12, 1e30]);

    expect(counts[0]).toBe(504);
    expect(counts.subarray(1).reduce((sum, bin) => sum + bin, 0)).toBe(504);
    expect(counts[TAIL_FLOATS - 1]).toBe(1);
  });

  test('a constant size is no surprise, twice of it is', () => {
    const { counts, unit } = count(Array.from({ length: 2000 }, () => 7));

    expect(rarityNats(counts, 0, unit, 7)).toBeLessThan(1);
    expect(rarityNats(counts, 0, unit, 14)).toBeGreaterThan(7);
  });

  test('halves its counts when there are a million, so that the old fades', () => {
    const counts = new Float32Array(TAIL_FLOATS);
    let unit = 0;
    for (let i = 0; i <= 2 ** 20; i++) unit = countSize(counts, 0, unit, 1);

    expect(counts[0]).toBe(2 ** 19 + 1);
  });
});
