import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median } from '../../../models/numeric/median.ts';
import { medianInPlace } from '../../../models/numeric/median-in-place.ts';

test('it agrees with the median by sorting, repeats included', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 }), (values) => {
      expect(medianInPlace(Float64Array.from(values))).toBe(median(values));
    }),
  );
});

test('it keeps the values, in some other order', () => {
  const values = Float64Array.of(5, 3, 9, 1, 7);

  medianInPlace(values);

  expect([...values.sort()]).toEqual([1, 3, 5, 7, 9]);
});

test('nothing has no median', () => {
  expect(medianInPlace(new Float64Array(0))).toBeNaN();
});
