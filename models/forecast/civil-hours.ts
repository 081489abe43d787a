import { HOUR_MS } from '../domain/rollup.ts';
import { createUtcOffset, type UtcOffset } from '../numeric/utc-offset.ts';

/** Hourly values on people's clocks, and the way back. */
export interface CivilHours {
  /** Values by local hour: the hour that spring skips is NaN, the hour that autumn repeats is the mean of both. */
  readonly values: Float64Array;
  /** Local hour of the first value, in hours since 1 January 1970, 00:00. */
  readonly firstHour: number;
  /** Index into values, or outside of them for hours further back and of the future, of the hour with this index in what was given. */
  indexOf(hour: number): number;
}

/** Offsets are the same for every series of a zone and dear to look up; a process meets few zones. */
const offsets = new Map<string, UtcOffset>();

/**
 * Local hours: lets a daily season follow people's clocks over a change to or from daylight saving.
 *
 * Input:      startMs, start of the first hour; values, hourly, NaN = missing; timeZone, an IANA name.
 * Output:     see CivilHours; of the same length as values where no change of the clocks lies within.
 * Cost:       O(n), and 20 µs for each new day of a zone.
 * Throws:     RangeError for an unknown zone.
 *
 * @example
 * civilHours(0, Float64Array.of(1, 2), 'UTC').indexOf(2) // => 2
 */
export function civilHours(startMs: number, values: Float64Array, timeZone: string): CivilHours {
  const offset = offsets.get(timeZone) ?? createUtcOffset(timeZone);
  offsets.set(timeZone, offset);
  const startLocalMs = startMs + offset(startMs);
  const indexOf = (hour: number): number => {
    const timestampMs = startMs + hour * HOUR_MS;
    return Math.round((timestampMs + offset(timestampMs) - startLocalMs) / HOUR_MS);
  };
  const sums = new Float64Array(indexOf(values.length - 1) + 1);
  const counts = new Uint8Array(sums.length);
  values.forEach((value, hour) => {
    if (!Number.isFinite(value)) return;
    sums[indexOf(hour)]! += value;
    counts[indexOf(hour)]!++;
  });
  return {
    values: sums.map((sum, i) => (counts[i] === 0 ? Number.NaN : sum / counts[i]!)),
    firstHour: Math.floor(startLocalMs / HOUR_MS),
    indexOf,
  };
}
