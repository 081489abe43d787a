/** Words of a counter's state: last time, last value, usual step; all zero at the beginning. */
const SLOT = { lastMs: 0, lastValue: 1, stepMs: 2, seenPoints: 3 } as const;

/** Length of a counter's state in Float64 words. */
export const COUNTER_RATE_FLOATS = 4;

/** After so many usual steps without a sample the increase cannot be dated: no rate is given. */
const GAP_STEPS = 10;

/**
 * Rate of a counter: turns what only grows into how fast it grows, restarts included.
 *
 * Used by the detect room before a counter is scored or rolled up.
 *
 * Definition: (value − last) / seconds since the last sample. A value below the last one means that the counter began
 *             anew at zero in between: what it had counted before that, and when, nobody knows. A rate made of what it
 *             shows now would be too low, and every restart a dip.
 * Input:      state of COUNTER_RATE_FLOATS words; times ascending; value ≥ 0, NaN = missing.
 * Output:     per second, ≥ 0; NaN where there is no rate: first sample, first one after a restart, missing value, a time
 *             not later than the last, first sample after more than ten usual steps.
 * Edge:       a negative or infinite value is no counter's and is treated as missing.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 *
 * @example
 * counterRate(new Float64Array(COUNTER_RATE_FLOATS), 1000, 5) // => NaN
 * counterRate(Float64Array.of(1000, 5, 1000, 1), 3000, 25) // => 10
 * counterRate(Float64Array.of(1000, 500, 1000, 1), 3000, 6) // => NaN
 */
export function counterRate(state: Float64Array, timestampMs: number, value: number): number {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return Number.NaN;
  const seen = state[SLOT.seenPoints]!;
  const sinceMs = timestampMs - state[SLOT.lastMs]!;
  if (seen > 0 && !(sinceMs > 0)) return Number.NaN;
  const last = state[SLOT.lastValue]!;
  const stepMs = state[SLOT.stepMs]!;
  state[SLOT.lastMs] = timestampMs;
  state[SLOT.lastValue] = value;
  state[SLOT.seenPoints] = seen + 1;
  if (seen === 0) return Number.NaN;
  const dated = stepMs === 0 || sinceMs <= GAP_STEPS * stepMs;
  // Gaps count as twice the usual step, so that a slower cadence is learned and one outage is not.
  state[SLOT.stepMs] = stepMs === 0 ? sinceMs : stepMs + 0.1 * (Math.min(sinceMs, 2 * stepMs) - stepMs);
  if (!dated || value < last) return Number.NaN;
  return ((value - last) * 1000) / sinceMs;
}
