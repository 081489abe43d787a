import { solveCholesky } from './cholesky.ts';

export interface RidgeOptions {
  /** Added to the diagonal for each row, ≥ 0. */
  readonly penalty: number;
  /** How much each row counts, ≥ 0; each once where it is left out. */
  readonly rowWeights?: Float64Array;
}

/**
 * Ridge regression: the linear weights that explain a target, kept small so that chance is not learnt.
 *
 * Used by Huber regression and the autoregressions.
 *
 * Definition: w = argmin Σ count·(target − Σ w·column)² + penalty · n · Σ w², without intercept: centre the data before.
 * Input:      columns, each as long as target, finite; options.
 * Output:     one weight for each column; all zero where the columns are linearly dependent and the penalty is zero.
 * Edge:       no column → empty.
 * Cost:       O(rows · columns² / 2 + columns³ / 6); the inputs are not changed.
 * Throws:     RangeError when a column is not as long as the target.
 *
 * @example
 * [...ridge([Float64Array.of(1, 2)], Float64Array.of(2, 4), { penalty: 0 })] // => [2]
 * [...ridge([Float64Array.of(1, 1)], Float64Array.of(2, 2), { penalty: 1 })] // => [1]
 */
export function ridge(
  columns: readonly Float64Array[],
  target: Float64Array,
  { penalty, rowWeights }: RidgeOptions,
): Float64Array {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  const products = new Float64Array(size + 1);
  const counted = new Float64Array(target.length);
  const others = [...columns, target];
  columns.forEach((column, row) => {
    if (column.length !== target.length) {
      throw new RangeError(`ridge: column must hold ${target.length} values like the target, got ${column.length}`);
    }
    const left = rowWeights === undefined ? column : multiplied(column, rowWeights, counted);
    dots(left, others, row, products);
    for (let other = row; other < size; other++) {
      gram[row * size + other] = products[other]!;
      gram[other * size + row] = products[other]!;
    }
    gram[row * size + row]! += penalty * target.length;
    right[row] = products[size]!;
  });
  return solveCholesky(gram, right) ?? new Float64Array(size);
}

function multiplied(column: Float64Array, rowWeights: Float64Array, into: Float64Array): Float64Array {
  for (let i = 0; i < into.length; i++) into[i] = rowWeights[i]! * column[i]!;
  return into;
}

/**
 * Sums of products of one column with all others from `from` on. Four at a time: the column is then read a quarter as
 * often, which halves the time of a forecast (bench/forecast.ts).
 */
function dots(left: Float64Array, others: readonly Float64Array[], from: number, products: Float64Array): void {
  let at = from;
  for (; at + 4 <= others.length; at += 4) {
    const first = others[at]!;
    const second = others[at + 1]!;
    const third = others[at + 2]!;
    const fourth = others[at + 3]!;
    let firstSum = 0;
    let secondSum = 0;
    let thirdSum = 0;
    let fourthSum = 0;
    for (let i = 0; i < left.length; i++) {
      const value = left[i]!;
      firstSum += value * first[i]!;
      secondSum += value * second[i]!;
      thirdSum += value * third[i]!;
      fourthSum += value * fourth[i]!;
    }
    products[at] = firstSum;
    products[at + 1] = secondSum;
    products[at + 2] = thirdSum;
    products[at + 3] = fourthSum;
  }
  for (; at < others.length; at++) {
    const other = others[at]!;
    let sum = 0;
    for (let i = 0; i < left.length; i++) sum += left[i]! * other[i]!;
    products[at] = sum;
  }
}
