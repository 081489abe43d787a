import { describe, expect, test } from 'vitest';
import { formatCivilTime, instantOf, parseCivilTime } from '../../../models/calendar/civil-time.ts';
import { createUtcOffset } from '../../../models/numeric/utc-offset.ts';

describe('a time on a wall clock', () => {
  test.each([
    '2025-02-30T00:00:00',
    '2025-13-01T00:00:00',
    '2025-01-01T24:00:00',
    '2025-01-01',
    '2025-01-01T00:00:00Z',
  ])('is none when it is %s', (text) => {
    expect(parseCivilTime(text)).toBeUndefined();
  });

  test('is written as it was read', () => {
    expect(formatCivilTime(parseCivilTime('2024-02-29T23:59:59')!)).toBe('2024-02-29T23:59:59');
  });

  test.each([
    ['Europe/Berlin', '2025-01-06T12:00:00', 'first', '2025-01-06T11:00:00'],
    ['Europe/Berlin', '2025-07-06T12:00:00', 'first', '2025-07-06T10:00:00'],
    // Shown twice: 2:30 in summer time, and again an hour later.
    ['Europe/Berlin', '2025-10-26T02:30:00', 'first', '2025-10-26T00:30:00'],
    ['Europe/Berlin', '2025-10-26T02:30:00', 'last', '2025-10-26T01:30:00'],
    // Left out: half an hour after what would have been two o'clock.
    ['Europe/Berlin', '2025-03-30T02:30:00', 'first', '2025-03-30T01:30:00'],
    ['America/New_York', '2025-03-09T02:30:00', 'last', '2025-03-09T07:30:00'],
    ['America/New_York', '2025-11-02T01:00:00', 'last', '2025-11-02T06:00:00'],
    ['Pacific/Auckland', '2025-04-06T02:00:00', 'first', '2025-04-05T13:00:00'],
    ['Asia/Kolkata', '2025-01-01T05:30:00', 'first', '2025-01-01T00:00:00'],
  ] as const)('in %s at %s, the %s time, is %s in UTC', (timeZone, local, pick, utc) => {
    expect(formatCivilTime(instantOf(parseCivilTime(local)!, createUtcOffset(timeZone), pick))).toBe(utc);
  });
});
