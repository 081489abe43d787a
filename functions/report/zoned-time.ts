import { DAY_MS } from '../../models/domain/rollup.ts';
import { createUtcOffset, type UtcOffset } from '../../models/numeric/utc-offset.ts';

export interface IsoWeek {
  readonly year: number;
  readonly week: number;
  /** Monday 00:00 in the zone. */
  readonly startMs: number;
}

/** The week of ISO 8601 (Monday first; week 1 holds 4 January) that the moment falls in, in an IANA zone. */
export function isoWeekOf(timestampMs: number, timeZone: string): IsoWeek {
  const offset = createUtcOffset(timeZone);
  const mondayMs = mondayOf(dateOf(timestampMs, offset));
  // A week belongs to the year of its Thursday.
  const year = new Date(mondayMs + 3 * DAY_MS).getUTCFullYear();
  const firstMondayMs = mondayOf(Date.UTC(year, 0, 4));
  const week = Math.round((mondayMs - firstMondayMs) / (7 * DAY_MS)) + 1;
  return { year, week, startMs: midnightOf(mondayMs, offset) };
}

/** Midnights of the zone in [fromMs, toMs), each `stepDays` days after the one before. */
export function midnightsBetween(fromMs: number, toMs: number, stepDays: number, timeZone: string): number[] {
  const offset = createUtcOffset(timeZone);
  const midnights: number[] = [];
  for (let dateMs = dateOf(fromMs, offset); ; dateMs += stepDays * DAY_MS) {
    const midnightMs = midnightOf(dateMs, offset);
    if (midnightMs >= toMs) return midnights;
    if (midnightMs >= fromMs) midnights.push(midnightMs);
  }
}

/** The local date as midnight UTC: calendar arithmetic needs days that all have 24 hours. */
function dateOf(timestampMs: number, offset: UtcOffset): number {
  return Math.floor((timestampMs + offset(timestampMs)) / DAY_MS) * DAY_MS;
}

function mondayOf(dateMs: number): number {
  return dateMs - ((new Date(dateMs).getUTCDay() + 6) % 7) * DAY_MS;
}

/** The moment when the zone's calendar turns to this date. */
function midnightOf(dateMs: number, offset: UtcOffset): number {
  // The offset found first may belong to the other side of a clock change; the second look corrects that.
  const firstMs = dateMs - offset(dateMs);
  const secondMs = dateMs - offset(firstMs);
  // Where the change swallows midnight itself, the day begins at the change, the later of the two.
  return secondMs + offset(secondMs) === dateMs ? secondMs : Math.max(firstMs, secondMs);
}
