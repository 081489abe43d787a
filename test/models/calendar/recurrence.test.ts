import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { formatCivilTime, parseCivilTime } from '../../../models/calendar/civil-time.ts';
import { recurrence } from '../../../models/calendar/recurrence.ts';
import { parseRecurrenceRule } from '../../../models/calendar/recurrence-rule.ts';
import { createUtcOffset } from '../../../models/numeric/utc-offset.ts';

const FIVE_YEARS_MS = 5 * 366 * 86_400_000;

function starts(rule: string, start: string, most: number, timeZone = 'UTC'): readonly string[] {
  const startMs = parseCivilTime(start)!;
  const found = recurrence(parseRecurrenceRule(rule), startMs, startMs + FIVE_YEARS_MS, createUtcOffset(timeZone));
  return Array.from(found, formatCivilTime).slice(0, most);
}

/** The same from a library, for rules that it has right. */
function startsByLibrary(rule: string, start: string, most: number): readonly string[] {
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateTimeString(start));
  const found: string[] = [];
  while (found.length < most) {
    const next = iterator.next();
    if (next === null || next === undefined) break;
    found.push(next.toString());
  }
  return found;
}

describe('a recurrence', () => {
  test.each([
    ['FREQ=DAILY', '2025-01-06T02:00:00'],
    ['FREQ=DAILY;INTERVAL=3', '2025-01-06T02:00:00'],
    ['FREQ=DAILY;BYHOUR=3,15;BYMINUTE=0,30', '2025-01-06T03:00:00'],
    ['FREQ=WEEKLY', '2025-01-06T02:00:00'],
    ['FREQ=WEEKLY;BYDAY=MO,WE,FR', '2025-01-08T02:00:00'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO', '2025-01-07T02:00:00'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU', '2025-01-07T02:00:00'],
    ['FREQ=MONTHLY', '2025-01-15T02:00:00'],
    ['FREQ=MONTHLY;BYMONTHDAY=31', '2025-01-31T02:00:00'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2025-01-31T02:00:00'],
    ['FREQ=MONTHLY;BYMONTHDAY=1,15,-1', '2025-01-01T02:00:00'],
    ['FREQ=MONTHLY;BYDAY=2TU', '2025-01-14T02:00:00'],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2025-01-31T02:00:00'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '2025-06-13T02:00:00'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', '2025-01-31T02:00:00'],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,2', '2025-01-01T02:00:00'],
    ['FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1', '2025-01-01T02:00:00'],
    ['FREQ=YEARLY', '2025-12-24T18:00:00'],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2025-11-27T00:00:00'],
    ['FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU', '2025-03-30T01:00:00'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2024-02-29T00:00:00'],
    ['FREQ=YEARLY;BYYEARDAY=1,100,-1', '2025-01-01T00:00:00'],
  ])('%s from %s starts when the library says', (rule, start) => {
    expect(starts(rule, start, 12)).toEqual(
      startsByLibrary(rule, start, 12).filter((time) => time < formatCivilTime(parseCivilTime(start)! + FIVE_YEARS_MS)),
    );
  });

  test.each([
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', []],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', []],
    ['FREQ=MONTHLY;BYSETPOS=9;BYDAY=MO', []],
    ['FREQ=WEEKLY;BYDAY=MO;COUNT=2', ['2025-01-06T02:00:00', '2025-01-13T02:00:00']],
    ['FREQ=DAILY;UNTIL=20250107', ['2025-01-06T02:00:00', '2025-01-07T02:00:00']],
    ['FREQ=DAILY;UNTIL=20250108T010000', ['2025-01-06T02:00:00', '2025-01-07T02:00:00']],
  ])('%s: %j', (rule, expected) => {
    expect(starts(rule, '2025-01-06T02:00:00', 5)).toEqual(expected);
  });

  test('means what RFC 5545 says of the twentieth Monday of a year, and not the first start where the rule does not', () => {
    expect(starts('FREQ=YEARLY;BYDAY=20MO', '1997-05-19T09:00:00', 3)).toEqual([
      '1997-05-19T09:00:00',
      '1998-05-18T09:00:00',
      '1999-05-17T09:00:00',
    ]);
    expect(starts('FREQ=DAILY;BYMONTH=3;BYDAY=SA,SU', '2025-01-06T02:00:00', 2)).toEqual([
      '2025-03-01T02:00:00',
      '2025-03-02T02:00:00',
    ]);
  });

  test('ends at an instant where UNTIL is in UTC', () => {
    // 2:00 in Berlin is 1:00 in UTC.
    expect(starts('FREQ=DAILY;UNTIL=20250108T010000Z', '2025-01-06T02:00:00', 9, 'Europe/Berlin')).toHaveLength(3);
    expect(starts('FREQ=DAILY;UNTIL=20250108T005959Z', '2025-01-06T02:00:00', 9, 'Europe/Berlin')).toHaveLength(2);
  });
});
