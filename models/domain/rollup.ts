/** The two rollup steps that are kept: five minutes and one hour. */
export const FIVE_MINUTES_MS = 300_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export type RollupStepMs = typeof FIVE_MINUTES_MS | typeof HOUR_MS;

/**
 * Rollups of one series, one row for each bucket that holds at least one finite sample.
 *
 * Buckets are half-open, start included, aligned to the epoch, ascending. All arrays have equal length. For a counter
 * the values are the rate per second. A bucket without samples has no row: missing is not zero.
 */
export interface RollupColumns {
  readonly startsMs: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly lasts: Float64Array;
}
