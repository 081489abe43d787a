/**
 * Block means: the mean of each whole block of steps, counted back from the newest value.
 *
 * Used to see hours as days: the last block ends with the last value, so that no day is half seen.
 *
 * Input:      values, length n; NaN = missing, skipped; blockPoints ≥ 1.
 * Output:     floor(n / blockPoints) means, oldest first; NaN where a block holds no finite value.
 * Edge:       n < blockPoints → empty; the oldest n mod blockPoints values are left out.
 * Cost:       O(n); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...blockMeans(Float64Array.of(9, 1, 3, 5, 7), 2)] // => [2, 6]
 * blockMeans(Float64Array.of(1), 2).length // => 0
 */
export function blockMeans(values: Float64Array, blockPoints: number): Float64Array {
  const blocks = Math.floor(values.length / blockPoints);
  const from = values.length - blocks * blockPoints;
  return Float64Array.from({ length: blocks }, (_, block) => {
    let sum = 0;
    let count = 0;
    for (let i = from + block * blockPoints; i < from + (block + 1) * blockPoints; i++) {
      if (Number.isNaN(values[i]!)) continue;
      sum += values[i]!;
      count++;
    }
    return sum / count;
  });
}
