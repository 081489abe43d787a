import { expect, test } from 'vitest';
import { createRandom } from '../../../models/numeric/random.ts';
import { ridge } from '../../../models/numeric/ridge.ts';

const random = createRandom(21);
const columns = [0, 1, 2].map(() => Float64Array.from({ length: 200 }, random.normal));
const target = columns[0]!.map((value, row) => 2 * value - 3 * columns[2]![row]!);

test('the weights that made the target are found again', () => {
  const [first, second, third] = ridge(columns, target, { penalty: 0 });

  expect(first!).toBeCloseTo(2, 9);
  expect(second!).toBeCloseTo(0, 9);
  expect(third!).toBeCloseTo(-3, 9);
});

test('a larger penalty makes smaller weights', () => {
  const sizes = [0, 0.1, 1, 10].map((penalty) => Math.hypot(...ridge(columns, target, { penalty })));

  expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
});

test('twin columns share the weight where there is a penalty, and get none where there is not', () => {
  const twin = [columns[0]!, columns[0]!];

  const [left, right] = ridge(twin, columns[0]!, { penalty: 1e-3 });
  expect(left!).toBeCloseTo(right!, 9);
  expect(left! + right!).toBeCloseTo(1, 2);
  expect([...ridge(twin, columns[0]!, { penalty: 0 })]).toEqual([0, 0]);
});

test('fails when a column is not as long as the target', () => {
  expect(() => ridge([new Float64Array(3)], new Float64Array(4), { penalty: 0 })).toThrow(RangeError);
});

test('a row that counts twice is as good as two rows', () => {
  const once = [Float64Array.of(1, 2, 3), Float64Array.of(1, -1, 4)];
  const twice = once.map((column) => Float64Array.of(...column, column[2]!));

  const counted = ridge(once, Float64Array.of(2, 0, 7), { penalty: 0, rowWeights: Float64Array.of(1, 1, 2) });

  const repeated = ridge(twice, Float64Array.of(2, 0, 7, 7), { penalty: 0 });
  expect(counted[0]!).toBeCloseTo(repeated[0]!, 12);
  expect(counted[1]!).toBeCloseTo(repeated[1]!, 12);
});

test('any number of columns gives the weights that made the target', () => {
  for (let size = 1; size <= 9; size++) {
    const drawn = Array.from({ length: size }, () => Float64Array.from({ length: 60 }, random.normal));
    const made = drawn[0]!.map((_, row) => drawn.reduce((sum, column, k) => sum + (k + 1) * column[row]!, 0));

    ridge(drawn, made, { penalty: 0 }).forEach((weight, k) => {
      expect(weight).toBeCloseTo(k + 1, 8);
    });
  }
});
