import { solveCholesky } from './cholesky.ts';

/**
 * Ridge regression: the linear weights that explain a target, kept small so that chance is not learnt.
 *
 * Used by the sparse autoregression.
 *
 * Definition: w = argmin Σ(target − Σ w·column)² + penalty · n · Σ w², without intercept: centre the data before.
 * Input:      columns, each as long as target, finite; penalty ≥ 0, relative to the number of rows.
 * Output:     one weight for each column; all zero where the columns are linearly dependent and the penalty is zero.
 * Edge:       no column → empty.
 * Cost:       O(rows · columns² / 2 + columns³ / 6); the inputs are not changed.
 * Throws:     RangeError when a column is not as long as the target.
 *
 * @example
 * [...ridge([Float64Array.of(1, 2)], Float64Array.of(2, 4), 0)] // => [2]
 * [...ridge([Float64Array.of(1, 1)], Float64Array.of(2, 2), 1)] // => [1]
 */
export function ridge(columns: readonly Float64Array[], target: Float64Array, penalty: number): Float64Array {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  columns.forEach((column, row) => {
    if (column.length !== target.length) {
      throw new RangeError(`ridge: column must hold ${target.length} values like the target, got ${column.length}`);
    }
    for (let other = 0; other <= row; other++) {
      gram[row * size + other] = dot(column, columns[other]!);
      gram[other * size + row] = gram[row * size + other]!;
    }
    gram[row * size + row]! += penalty * target.length;
    right[row] = dot(column, target);
  });
  return solveCholesky(gram, right) ?? new Float64Array(size);
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
  return sum;
}
