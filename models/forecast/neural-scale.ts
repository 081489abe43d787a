/** Share of the mean that is added before the logarithm, as in log-scale.ts, through which the candidate sees a series. */
const OFFSET_SHARE = 0.001;

/**
 * A series as the neural model learns it: on a logarithmic scale where it has one, since load grows and swings by
 * factors, and the model's errors then count by factors too.
 *
 * Definition: log(value + a thousandth of the mean) where no value is negative and one is positive; else as it is.
 * Input:      values, finite; knownPoints, how many of them decide on the scale: what comes later must not.
 * Output:     a new array; NaN where a later value has no logarithm.
 * Cost:       O(n).
 * Throws:     never.
 *
 * @example
 * [...toNeuralScale(Float64Array.of(-1, 2), 2)] // => [-1, 2]
 * [...toNeuralScale(Float64Array.of(0, 0, 3), 2)] // => [0, 0, 3]
 */
export function toNeuralScale(values: Float64Array, knownPoints: number): Float64Array {
  let sum = 0;
  for (const value of values.subarray(0, knownPoints)) {
    if (value < 0) return values.slice();
    sum += value;
  }
  if (sum === 0) return values.slice();
  const offset = (OFFSET_SHARE * sum) / knownPoints;
  return values.map((value) => Math.log(value + offset));
}
