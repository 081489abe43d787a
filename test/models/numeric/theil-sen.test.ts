import { expect, test } from 'vitest';
import { createRandom } from '../../../models/numeric/random.ts';
import { theilSenSlope } from '../../../models/numeric/theil-sen.ts';

test('a quarter of wild points does not carry the slope away', () => {
  const random = createRandom(5);
  const values = Float64Array.from({ length: 40 }, (_, i) => 3 * i + (i % 4 === 0 ? 1000 * random.uniform() : 0));

  expect(Math.abs(theilSenSlope(values) - 3)).toBeLessThan(3);
  expect(theilSenSlope(values.map((value, i) => (i % 4 === 0 ? Number.NaN : value)))).toBeCloseTo(3, 12);
});

test('the slope turns with the values and ignores their level', () => {
  const values = Float64Array.of(1, 4, 2, 8, 5, 7);

  expect(theilSenSlope(values.map((value) => 100 - 2 * value))).toBeCloseTo(-2 * theilSenSlope(values), 12);
});

test('fewer than two values have no slope', () => {
  expect(theilSenSlope([])).toBeNaN();
  expect(theilSenSlope([Number.NaN, 3, Number.NaN])).toBeNaN();
});
