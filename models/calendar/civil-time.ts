import type { CivilTime } from '../domain/calendar.ts';
import type { UtcOffset } from '../numeric/utc-offset.ts';

const DAY_MS = 86_400_000;
const SHAPE = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/;

/**
 * Reads a time on a wall clock.
 *
 * Output:     milliseconds of the same reading on a clock in UTC; undefined for what is no time, or no day of any year.
 * Throws:     never.
 *
 * @example
 * parseCivilTime('1970-01-02T00:00:00') // => 86400000
 * parseCivilTime('2025-02-30T00:00:00') // => undefined
 */
export function parseCivilTime(text: string): number | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return formatCivilTime(localMs) === text ? localMs : undefined;
}

/**
 * Writes a time on a wall clock.
 *
 * Output:     `2026-12-24T18:00:00`, whole seconds.
 * Throws:     RangeError for what is no time.
 *
 * @example
 * formatCivilTime(86400000) // => '1970-01-02T00:00:00'
 */
export function formatCivilTime(localMs: number): CivilTime {
  return new Date(localMs).toISOString().slice(0, 19);
}

/**
 * Instant at which a wall clock shows a time.
 *
 * Used for the starts and ends of calendar events, so that nobody has to act when clocks change.
 *
 * Definition: the instant t with t + offset(t) = local. An hour that is shown twice has two: `pick` says which. One that
 *             is left out has none: it counts as so much after the change as it would have been after the hour before.
 * Input:      localMs, the reading as if in UTC; the offset of the zone.
 * Cost:       four looks at the offset.
 * Throws:     never.
 *
 * @example
 * instantOf(3600000, () => 3600000, 'first') // => 0
 */
export function instantOf(localMs: number, utcOffset: UtcOffset, pick: 'first' | 'last'): number {
  const before = localMs - utcOffset(localMs - DAY_MS);
  const after = localMs - utcOffset(localMs + DAY_MS);
  const holds = (instantMs: number): boolean => instantMs + utcOffset(instantMs) === localMs;
  if (!holds(after)) return before;
  if (!holds(before)) return after;
  return pick === 'first' ? Math.min(before, after) : Math.max(before, after);
}
