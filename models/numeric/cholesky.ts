/**
 * Solves a symmetric positive definite system: the last step of every least squares fit here.
 *
 * Used by ridge regression.
 *
 * Definition: Cholesky factorisation A = L·Lᵀ, then forward and backward substitution.
 * Input:      matrix, size × size, row by row, symmetric (only its lower triangle is read); right, length size.
 * Output:     x with A·x = right, or null where A is not positive definite to working precision.
 * Edge:       size 0 → empty vector.
 * Cost:       O(size³ / 6) time, O(size²) memory; the inputs are not changed.
 * Throws:     RangeError when the lengths do not fit together.
 *
 * @example
 * [...solveCholesky([4, 0, 0, 9], [8, 27])] // => [2, 3]
 * solveCholesky([0], [1]) // => null
 */
export function solveCholesky(matrix: ArrayLike<number>, right: ArrayLike<number>): Float64Array | null {
  const size = right.length;
  if (matrix.length !== size * size) {
    throw new RangeError(`cholesky: matrix must hold ${size * size} numbers for ${size} rows, got ${matrix.length}`);
  }
  const factor = factorise(matrix, size);
  return factor === null ? null : substitute(factor, right);
}

function factorise(matrix: ArrayLike<number>, size: number): Float64Array | null {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= factor[row * size + k]! * factor[column * size + k]!;
      if (row !== column) {
        factor[row * size + column] = sum / factor[column * size + column]!;
        continue;
      }
      // A pivot this small against its diagonal is rounding noise: the matrix is singular.
      if (!(sum > 1e-12 * matrix[row * size + row]!)) return null;
      factor[row * size + row] = Math.sqrt(sum);
    }
  }
  return factor;
}

function substitute(factor: Float64Array, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) solution[row]! -= factor[row * size + k]! * solution[k]!;
    solution[row]! /= factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) solution[row]! -= factor[k * size + row]! * solution[k]!;
    solution[row]! /= factor[row * size + row]!;
  }
  return solution;
}
