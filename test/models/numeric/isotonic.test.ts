import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isotonic } from '../../../models/numeric/isotonic.ts';

const lists = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

test('the result never falls and keeps the sum', () => {
  fc.assert(
    fc.property(lists, (values) => {
      const fitted = isotonic(values);
      for (let i = 1; i < fitted.length; i++) expect(fitted[i]!).toBeGreaterThanOrEqual(fitted[i - 1]!);
      expect(sum(fitted)).toBeCloseTo(sum(values), 3);
    }),
  );
});

test('doing it twice equals once', () => {
  fc.assert(
    fc.property(lists, (values) => {
      expect(isotonic(isotonic(values))).toEqual(isotonic(values));
    }),
  );
});

test('what rises already stays, and nothing gives nothing', () => {
  expect([...isotonic([1, 1, 2, 9])]).toEqual([1, 1, 2, 9]);
  expect(isotonic([])).toHaveLength(0);
});
