import type { UtcOffset } from '../numeric/utc-offset.ts';
import type { RecurrenceRule, RuleDay } from './recurrence-rule.ts';

const DAY_MS = 86_400_000;

/**
 * Starts of a recurring event, as readings of a wall clock.
 *
 * Used to expand calendars. Days are looked at one after another and each is asked whether the rule means it: a rule that
 * means no day at all costs no more than any other.
 *
 * Definition: RFC 5545, section 3.3.10. The first start counts only where the rule means it.
 * Input:      the rule, the first start and the end of what is asked for (excluded) as readings, the offset of the zone
 *             for an UNTIL in UTC.
 * Output:     ascending, each once.
 * Cost:       O(days from the first start to the end).
 * Throws:     never.
 *
 * @example
 * [...recurrence(parseRecurrenceRule('FREQ=DAILY;COUNT=2'), 0, 9e8, () => 0)] // => [0, 86400000]
 */
export function* recurrence(
  rule: RecurrenceRule,
  startMs: number,
  endMs: number,
  utcOffset: UtcOffset,
): Generator<number> {
  let left = rule.count ?? Number.POSITIVE_INFINITY;
  for (const daysMs of periods(rule, startMs, endMs)) {
    for (const timeMs of positioned(rule, timesOf(rule, startMs, daysMs))) {
      if (timeMs < startMs) continue;
      if (timeMs >= endMs || left <= 0 || isPast(rule, timeMs, utcOffset)) return;
      left -= 1;
      yield timeMs;
    }
  }
}

function isPast({ until }: RecurrenceRule, timeMs: number, utcOffset: UtcOffset): boolean {
  if (until === null) return false;
  return timeMs > until.timeMs + (until.isUtc ? utcOffset(until.timeMs) : 0);
}

/** The days of each day, week, month or year that the rule's interval reaches, of those the ones that it means. */
function* periods(rule: RecurrenceRule, startMs: number, endMs: number): Generator<readonly number[]> {
  const first = Math.floor(startMs / DAY_MS) * DAY_MS;
  for (let n = 0; ; n += rule.interval) {
    const [fromMs, toMs] = period(rule, first, n);
    if (fromMs >= endMs) return;
    const days: number[] = [];
    for (let dayMs = fromMs; dayMs < toMs; dayMs += DAY_MS) if (isMeant(rule, dayMs, first)) days.push(dayMs);
    yield days;
  }
}

function period({ frequency, weekStart }: RecurrenceRule, firstMs: number, n: number): readonly [number, number] {
  const first = new Date(firstMs);
  const year = first.getUTCFullYear();
  const month = first.getUTCMonth();
  if (frequency === 'DAILY') return [firstMs + n * DAY_MS, firstMs + (n + 1) * DAY_MS];
  if (frequency === 'MONTHLY') return [Date.UTC(year, month + n), Date.UTC(year, month + n + 1)];
  if (frequency === 'YEARLY') return [Date.UTC(year + n, 0), Date.UTC(year + n + 1, 0)];
  const weekMs = firstMs - ((first.getUTCDay() - weekStart + 7) % 7) * DAY_MS + n * 7 * DAY_MS;
  return [weekMs, weekMs + 7 * DAY_MS];
}

function isMeant(rule: RecurrenceRule, dayMs: number, firstMs: number): boolean {
  const { months, monthDays, yearDays, days, frequency } = rule;
  const day = new Date(dayMs);
  const first = new Date(firstMs);
  const ofMonth = placeIn(dayMs, Date.UTC(day.getUTCFullYear(), day.getUTCMonth()), monthEnd(day));
  const ofYear = placeIn(dayMs, Date.UTC(day.getUTCFullYear(), 0), Date.UTC(day.getUTCFullYear() + 1, 0));
  if (months.length > 0 && !months.includes(day.getUTCMonth() + 1)) return false;
  if (!isListed(monthDays, ofMonth) || !isListed(yearDays, ofYear)) return false;
  const isByYear = frequency === 'YEARLY' && months.length === 0;
  if (days.length > 0) return days.some((asked) => isDay(asked, day.getUTCDay(), isByYear ? ofYear : ofMonth));
  if (monthDays.length > 0 || yearDays.length > 0 || frequency === 'DAILY') return true;
  // What the rule leaves open is as it is on the first day.
  if (frequency === 'WEEKLY') return day.getUTCDay() === first.getUTCDay();
  const isSameMonth = frequency === 'MONTHLY' || months.length > 0 || day.getUTCMonth() === first.getUTCMonth();
  return isSameMonth && day.getUTCDate() === first.getUTCDate();
}

function monthEnd(day: Date): number {
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1);
}

/** Where a day stands: from the beginning, 1 = first, and from the end, −1 = last. */
interface Place {
  readonly fromStart: number;
  readonly fromEnd: number;
}

function placeIn(dayMs: number, startMs: number, endMs: number): Place {
  return { fromStart: (dayMs - startMs) / DAY_MS + 1, fromEnd: (dayMs - endMs) / DAY_MS };
}

function isListed(listed: readonly number[], { fromStart, fromEnd }: Place): boolean {
  return listed.length === 0 || listed.includes(fromStart) || listed.includes(fromEnd);
}

function isDay({ weekday, ordinal }: RuleDay, of: number, { fromStart, fromEnd }: Place): boolean {
  if (weekday !== of) return false;
  if (ordinal === null) return true;
  return ordinal > 0 ? Math.ceil(fromStart / 7) === ordinal : -Math.ceil(-fromEnd / 7) === ordinal;
}

/** Each meant time of some days, ascending. */
function timesOf({ hours, minutes }: RecurrenceRule, startMs: number, daysMs: readonly number[]): readonly number[] {
  const start = new Date(startMs);
  const ascending = (values: readonly number[], own: number): readonly number[] =>
    values.length === 0 ? [own] : [...new Set(values)].sort((a, b) => a - b);
  const atHours = ascending(hours, start.getUTCHours());
  const atMinutes = ascending(minutes, start.getUTCMinutes());
  return daysMs.flatMap((dayMs) =>
    atHours.flatMap((hour) =>
      atMinutes.map((minute) => dayMs + hour * 3_600_000 + minute * 60_000 + start.getUTCSeconds() * 1_000),
    ),
  );
}

function positioned({ positions }: RecurrenceRule, timesMs: readonly number[]): readonly number[] {
  if (positions.length === 0) return timesMs;
  return timesMs.filter((_, i) => positions.includes(i + 1) || positions.includes(i - timesMs.length));
}
