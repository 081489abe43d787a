/** Half hours of the day. */
const BINS = 48;
/** Words (32 bits) of one range: lowest, then highest value of each half hour. */
export const HOUR_RANGE_FLOATS = 2 * BINS;
/** Beyond the range of 32 bits nothing is stored, so that this marks what was never seen. */
const NEVER = 3.4e38;

/** Begins a range: nothing seen at any time of day. */
export function beginHourRange(view: Float32Array, from: number): void {
  view.fill(NEVER, from, from + BINS);
  view.fill(-NEVER, from + BINS, from + HOUR_RANGE_FLOATS);
}

/**
 * Distance from what was ever seen at this time of day, half an hour earlier or later included.
 *
 * Used by the ensemble detector: a job that runs every night is known at night, and news at noon.
 *
 * Input:      view and place of a range that was begun; phase of the local day, 0 to below 1; a finite value.
 * Output:     ≥ 0, unit of the value; 0 where nothing was seen at this time yet.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 */
export function distanceFromHour(view: Float32Array, from: number, phase: number, value: number): number {
  const bin = binOf(phase);
  const before = (bin + BINS - 1) % BINS;
  const after = (bin + 1) % BINS;
  const lowest = Math.min(view[from + bin]!, view[from + before]!, view[from + after]!);
  const highs = from + BINS;
  const highest = Math.max(view[highs + bin]!, view[highs + before]!, view[highs + after]!);
  if (highest < lowest) return 0;
  return value > highest ? value - highest : value < lowest ? lowest - value : 0;
}

/** Makes a value known at its time of day. */
export function widenHour(view: Float32Array, from: number, phase: number, value: number): void {
  const low = from + binOf(phase);
  if (value < view[low]!) view[low] = value;
  if (value > view[low + BINS]!) view[low + BINS] = value;
}

function binOf(phase: number): number {
  return Math.min(BINS - 1, Math.floor(phase * BINS));
}
