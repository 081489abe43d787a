import { expect, test } from 'vitest';
import { solveCholesky } from '../../../models/numeric/cholesky.ts';
import { createRandom } from '../../../models/numeric/random.ts';

test('the solution satisfies the system', () => {
  const random = createRandom(9);
  const size = 12;
  const factor = Float64Array.from({ length: size * size }, random.normal);
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    let sum = row === column ? 1 : 0;
    for (let k = 0; k < size; k++) sum += factor[row * size + k]! * factor[column * size + k]!;
    return sum;
  });
  const right = Float64Array.from({ length: size }, random.normal);

  const solution = solveCholesky(matrix, right)!;

  for (let row = 0; row < size; row++) {
    const product = solution.reduce((sum, value, column) => sum + matrix[row * size + column]! * value, 0);
    expect(product).toBeCloseTo(right[row]!, 9);
  }
});

test('a singular or indefinite matrix has no solution', () => {
  expect(solveCholesky([1, 1, 1, 1], [1, 2])).toBeNull();
  expect(solveCholesky([1, 2, 2, 1], [1, 1])).toBeNull();
  expect(solveCholesky([Number.NaN], [1])).toBeNull();
});

test('fails when the lengths do not fit together', () => {
  expect(() => solveCholesky([1, 2], [1, 2])).toThrow('cholesky: matrix must hold 4 numbers for 2 rows, got 2');
});
