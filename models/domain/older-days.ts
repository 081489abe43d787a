/** Means of days before those whose hours are read, the last of which ends at endMs; NaN where a day has no value. */
export interface OlderDays {
  readonly endMs: number;
  readonly means: Float64Array;
}
