import { expect, test } from 'vitest';
import { huberRegression } from '../../../models/numeric/huber-regression.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { ridge } from '../../../models/numeric/ridge.ts';

const random = createRandom(5);
const columns = [0, 1].map(() => Float64Array.from({ length: 300 }, random.normal));
const target = columns[0]!.map((value, row) => 2 * value - columns[1]![row]! + 0.1 * random.normal());

test('calm rows give nearly the weights of least squares', () => {
  const robust = huberRegression(columns, target, 0);
  const squares = ridge(columns, target, { penalty: 0 });

  expect(Math.hypot(robust[0]! - squares[0]!, robust[1]! - squares[1]!)).toBeLessThan(0.01);
});

test('one wild row in ten leaves the weights where they are', () => {
  const wild = target.map((value, row) => (row % 10 === 0 ? 50 * columns[1]![row]! : value));

  const robust = huberRegression(columns, wild, 0);
  const squares = ridge(columns, wild, { penalty: 0 });

  expect(Math.hypot(robust[0]! - 2, robust[1]! + 1)).toBeLessThan(0.3);
  expect(Math.hypot(squares[0]! - 2, squares[1]! + 1)).toBeGreaterThan(2);
});

test('a target that most rows explain exactly is explained exactly', () => {
  const exact = columns[0]!.map((value) => 3 * value);

  expect(huberRegression(columns, exact, 0)[0]!).toBeCloseTo(3, 9);
});

test('fails when a column is not as long as the target', () => {
  expect(() => huberRegression([new Float64Array(3)], new Float64Array(4), 0)).toThrow(RangeError);
});
