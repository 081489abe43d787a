import { expect, test } from 'vitest';
import { errorMemory } from '../../../models/forecast/error-memory.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function rowsOf(rows: number, points: number, next: (h: number) => number): Float64Array[] {
  return Array.from({ length: rows }, () => Float64Array.from({ length: points }, (_, h) => next(h)));
}

test('independent errors have no memory', () => {
  const random = createRandom(3);

  const memory = errorMemory(rowsOf(10, 48, () => random.normal()));

  expect(memory.persistence).toBeLessThan(0.1);
  expect(memory.autocorrelation).toBeLessThan(0.1);
});

test('errors that fade slowly are seen to', () => {
  const random = createRandom(4);
  let error = 0;

  const memory = errorMemory(
    rowsOf(20, 200, () => {
      error = 0.8 * error + 0.6 * random.normal();
      return error;
    }),
  );

  // Twenty rows of two hundred leave a standard error of about a hundredth, and a bias of two.
  expect(memory.autocorrelation).toBeGreaterThan(0.72);
  expect(memory.autocorrelation).toBeLessThan(0.84);
});

test('an error that lasts for its whole row is persistent', () => {
  const random = createRandom(5);
  let level = 0;

  const memory = errorMemory(
    rowsOf(30, 20, (h) => {
      if (h === 0) level = 2 * random.normal();
      return level + random.normal();
    }),
  );

  expect(memory.persistence).toBeGreaterThan(0.6);
});

test('nothing to learn from gives half and half', () => {
  expect(errorMemory([Float64Array.of(1, 2)])).toEqual({ persistence: 0.5, autocorrelation: 0.5 });
  expect(errorMemory([new Float64Array(3), new Float64Array(3)])).toEqual({ persistence: 0.5, autocorrelation: 0.5 });
});
