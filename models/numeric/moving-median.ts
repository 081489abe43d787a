/**
 * Moving medians: of every stretch of some length, one after another.
 *
 * Used to find moves of a level, where thousands of medians are asked for of stretches that overlap.
 *
 * Definition: middle order statistic of each stretch, or the mean of the two middle ones; the stretch is kept in order
 *             while one value leaves it and the next one comes.
 * Input:      values without NaN; points, length of a stretch ≥ 1.
 * Output:     one median for each stretch, in the order of their beginnings; none where there are fewer values.
 * Cost:       O(n · points) time, a few nanoseconds a value for a dozen; the input is not changed.
 * Throws:     RangeError when points is not a whole number from 1.
 *
 * @example
 * [...movingMedian(Float64Array.of(1, 9, 2, 3), 3)] // => [2, 3]
 * [...movingMedian(Float64Array.of(1, 9, 2), 2)] // => [5, 5.5]
 */
export function movingMedian(values: Float64Array, points: number): Float64Array {
  if (!Number.isSafeInteger(points) || points < 1) {
    throw new RangeError(`moving median: points must be a whole number from 1, got ${points}`);
  }
  const medians = new Float64Array(Math.max(0, values.length - points + 1));
  const ordered = values.slice(0, points).sort();
  const upper = points >> 1;
  const lower = points % 2 === 1 ? upper : upper - 1;
  for (let from = 0; from < medians.length; from++) {
    if (from > 0) replace(ordered, values[from - 1]!, values[from + points - 1]!);
    medians[from] = lower === upper ? ordered[upper]! : (ordered[lower]! + ordered[upper]!) / 2;
  }
  return medians;
}

/** Takes one value out of an ascending row and puts another in at its place. */
function replace(ordered: Float64Array, leaving: number, coming: number): void {
  let at = 0;
  while (ordered[at] !== leaving) at++;
  for (; at > 0 && ordered[at - 1]! > coming; at--) ordered[at] = ordered[at - 1]!;
  for (; at < ordered.length - 1 && ordered[at + 1]! < coming; at++) ordered[at] = ordered[at + 1]!;
  ordered[at] = coming;
}
