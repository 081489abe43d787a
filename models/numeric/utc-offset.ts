const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days whose offsets are remembered by one zone: two years and more of a backfill, 60 KB. */
const REMEMBERED_DAYS = 1024;

/** Days from the epoch beyond which there is no civil time to speak of: 1,900 years. */
const FARTHEST_DAY = 700_000;

/** Milliseconds that local civil time is ahead of UTC at an instant. */
export type UtcOffset = (timestampMs: number) => number;

/**
 * Offset of a time zone from UTC: turns an instant into local civil time, daylight saving included.
 *
 * Used by seasonal models, whose seasons follow people's clocks. `timestampMs + offset(timestampMs)` read as if it were
 * UTC is the local time.
 *
 * Input:      timeZone, an IANA name; "UTC" costs nothing at all.
 * Output:     a function from an instant to milliseconds, to the whole minute; same input, same output.
 * Edge:       an instant that is no finite number, or is more than 1,900 years from 1970 → 0.
 * Cost:       the first call of each UTC day about 20 µs, later ones a table lookup; one table of fixed size.
 * Throws:     RangeError for an unknown zone.
 * Assumes:    at most one change of the offset in one UTC day.
 *
 * @example
 * createUtcOffset('Europe/Berlin')(1735689600000) // => 3600000
 * createUtcOffset('Asia/Kolkata')(0) // => 19800000
 */
export function createUtcOffset(timeZone: string): UtcOffset {
  const readOffset = createOffsetReader(timeZone);
  if (timeZone === 'UTC') return () => 0;
  const days = new Float64Array(REMEMBERED_DAYS).fill(Number.NaN);
  const changesMs = new Float64Array(REMEMBERED_DAYS);
  const before = new Float64Array(REMEMBERED_DAYS);
  const after = new Float64Array(REMEMBERED_DAYS);
  return (timestampMs) => {
    const day = Math.floor(timestampMs / DAY_MS);
    if (!(Math.abs(day) < FARTHEST_DAY)) return 0;
    const slot = ((day % REMEMBERED_DAYS) + REMEMBERED_DAYS) % REMEMBERED_DAYS;
    if (days[slot] !== day) {
      days[slot] = day;
      before[slot] = readOffset(day * DAY_MS);
      after[slot] = readOffset((day + 1) * DAY_MS - 1);
      changesMs[slot] = before[slot] === after[slot] ? Number.POSITIVE_INFINITY : findChange(readOffset, day * DAY_MS);
    }
    return timestampMs < changesMs[slot]! ? before[slot]! : after[slot]!;
  };
}

/** First whole minute of the day that begins at `startMs` with another offset than its beginning. */
function findChange(readOffset: UtcOffset, startMs: number): number {
  const first = readOffset(startMs);
  let same = 0;
  let changed = DAY_MS / MINUTE_MS;
  while (changed - same > 1) {
    const middle = (same + changed) >> 1;
    if (readOffset(startMs + middle * MINUTE_MS) === first) same = middle;
    else changed = middle;
  }
  return startMs + changed * MINUTE_MS;
}

function createOffsetReader(timeZone: string): UtcOffset {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (timestampMs) => {
    const minuteMs = Math.floor(timestampMs / MINUTE_MS) * MINUTE_MS;
    const field: Record<string, number> = {};
    for (const part of format.formatToParts(minuteMs)) field[part.type] = Number(part.value);
    const localMs = Date.UTC(field.year!, field.month! - 1, field.day!, field.hour!, field.minute!);
    return localMs - minuteMs;
  };
}
