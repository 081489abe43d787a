import { describe, expect, test } from 'vitest';
import { createUtcOffset } from '../../../models/numeric/utc-offset.ts';

const HOUR_MS = 3_600_000;

describe('offset from UTC', () => {
  test.each([
    ['Europe/Berlin', '2025-03-30T00:59:59.999Z', 1, 'the last instant of winter time'],
    ['Europe/Berlin', '2025-03-30T01:00:00Z', 2, 'the first instant of summer time'],
    ['Europe/Berlin', '2025-10-26T00:59:59Z', 2, 'the last second of summer time'],
    ['Europe/Berlin', '2025-10-26T01:00:00Z', 1, 'back to winter time'],
    ['America/New_York', '2025-03-09T06:59:00Z', -5, 'a minute before the American change'],
    ['America/New_York', '2025-03-09T07:00:00Z', -4, 'after it'],
    ['Australia/Lord_Howe', '2025-04-05T14:59:00Z', 11, 'a zone that changes by half an hour'],
    ['Australia/Lord_Howe', '2025-04-05T15:00:00Z', 10.5, 'after it'],
    ['Asia/Kathmandu', '2025-01-01T00:00:00Z', 5.75, 'a quarter of an hour'],
    ['Pacific/Kiritimati', '2025-12-31T23:00:00Z', 14, 'another day already'],
    ['UTC', '2025-07-01T00:00:00Z', 0, 'nothing to do'],
  ])('in %s at %s is %d h: %s', (zone, instant, hours) => {
    expect(createUtcOffset(zone)(Date.parse(instant))).toBe(hours * HOUR_MS);
  });

  test('is the same when asked again, in any order', () => {
    const offset = createUtcOffset('Europe/Berlin');
    const instants = Array.from({ length: 3000 }, (_, i) => Date.UTC(2024, 0, 1) + i * 7 * HOUR_MS);
    const first = instants.map(offset);
    const again = [...instants].reverse().map(offset).reverse();

    expect(again).toEqual(first);
    expect(new Set(first)).toEqual(new Set([HOUR_MS, 2 * HOUR_MS]));
  });

  test('of no instant is zero', () => {
    const offset = createUtcOffset('Europe/Berlin');
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e300]) expect(offset(bad)).toBe(0);
  });

  test('fails when the zone is unknown', () => {
    expect(() => createUtcOffset('Mars/Olympus')).toThrow(RangeError);
  });
});
