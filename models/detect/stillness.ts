/** Words: the last value, the share of points that move, and how many points were seen; all zero at the beginning. */
const SLOT = { lastValue: 0, moveShare: 1, points: 2 } as const;

/** Length of the state in Float64 words. */
export const STILLNESS_FLOATS = 3;

/** What is nearer to the value before it than a ten-thousandth has not moved: rounding, or a clock that ticks. */
const MOVE_SHARE = 1e-4;
/** A series of which fewer points than one in twenty move is still. */
const STILL_SHARE = 0.05;
const GAIN = 0.01;

/**
 * Learns how often a series moves at all.
 *
 * Used by the detect room for every sample that is learned.
 *
 * Definition: share of points that differ from the point before by more than a ten-thousandth of the larger of both, over
 *             about the last hundred points.
 * Input:      state of STILLNESS_FLOATS words; a finite value.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function learnStillness(state: Float64Array, value: number): void {
  const last = state[SLOT.lastValue]!;
  const seen = state[SLOT.points]!;
  state[SLOT.lastValue] = value;
  state[SLOT.points] = seen + 1;
  if (seen === 0) return;
  const size = Math.max(Math.abs(value), Math.abs(last));
  const moved = Math.abs(value - last) > MOVE_SHARE * size ? 1 : 0;
  const gain = seen < 1 / GAIN ? 1 / seen : GAIN;
  state[SLOT.moveShare]! += gain * (moved - state[SLOT.moveShare]!);
}

/**
 * Is this a series that hardly ever moves? For such a one there is no usual spread to measure a move by.
 *
 * Output:     true where fewer than one in twenty of the last hundred points moved; also before the third point.
 * Throws:     never.
 *
 * @example
 * isStill(new Float64Array(STILLNESS_FLOATS)) // => true
 * isStill(Float64Array.of(5, 0.3, 40)) // => false
 */
export function isStill(state: Float64Array): boolean {
  return state[SLOT.moveShare]! < STILL_SHARE;
}
