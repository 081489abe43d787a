import { expect, test } from 'vitest';
import { growSpread, growthExponent } from '../../../models/forecast/spread-growth.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const byHorizonOf = (points: number, power: number) =>
  Float64Array.from({ length: points }, (_, h) => (h + 1) ** power);

test('noise around a line does not stray, a random walk does', () => {
  const random = createRandom(8);
  let level = 0;
  const noise = Float64Array.from({ length: 84 }, (_, i) => i + random.normal());
  const walk = Float64Array.from({ length: 84 }, () => {
    level += random.normal();
    return level;
  });

  expect(growthExponent(byHorizonOf(14, 0), noise)).toBeLessThan(0.1);
  expect(growthExponent(byHorizonOf(14, 0.5), walk)).toBeGreaterThan(0.3);
});

test('a short history is taken for a random walk', () => {
  expect(growthExponent(byHorizonOf(3, 0), new Float64Array(8))).toBe(0.5);
});

test('measured spreads stand, later ones never fall', () => {
  const spread = growSpread(Float64Array.of(1, 2), {
    horizonPoints: 6,
    exponent: 0.5,
    disagreement: Float64Array.of(0, 1, 3, 2, 1, 0),
  });

  expect([...spread.subarray(0, 2)]).toEqual([1, 2]);
  for (let h = 1; h < 6; h++) expect(spread[h]!).toBeGreaterThanOrEqual(spread[h - 1]!);
});

test('models that part ways widen the interval by as much', () => {
  const options = { horizonPoints: 10, exponent: 0, disagreement: Float64Array.from({ length: 10 }, (_, h) => 3 * h) };

  const spread = growSpread(Float64Array.of(4), options);

  expect(spread[9]!).toBeCloseTo(Math.hypot(4, 27), 12);
});
