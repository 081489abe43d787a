import { expect, test } from 'vitest';
import { isoWeekOf, midnightsBetween } from '../../../functions/report/zoned-time.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';

test.each([
  ['2026-11-23T08:00:00Z', 'UTC', 2026, 48, '2026-11-23T00:00:00Z', 'a Monday begins its week'],
  ['2026-11-22T23:30:00Z', 'Europe/Berlin', 2026, 48, '2026-11-22T23:00:00Z', 'Sunday in UTC, Monday in Berlin'],
  ['2026-11-23T03:00:00Z', 'America/New_York', 2026, 47, '2026-11-16T05:00:00Z', 'Monday in UTC, Sunday in New York'],
  ['2027-01-01T12:00:00Z', 'UTC', 2026, 53, '2026-12-28T00:00:00Z', 'the first days of January end the old year'],
  ['2024-12-30T12:00:00Z', 'UTC', 2025, 1, '2024-12-30T00:00:00Z', 'the last days of December begin the new year'],
  ['2026-03-29T12:00:00Z', 'Europe/Berlin', 2026, 13, '2026-03-22T23:00:00Z', 'clocks changed within the week'],
  ['2026-11-01T18:00:00Z', 'America/New_York', 2026, 44, '2026-10-26T04:00:00Z', 'and in New York'],
])('finds the week of %s in %s', (time, zone, year, week, start) => {
  expect(isoWeekOf(Date.parse(time), zone)).toEqual({ year, week, startMs: Date.parse(start) });
});

test('gives midnights of the zone across a clock change', () => {
  const fromMs = Date.parse('2026-10-24T12:00:00Z');

  const midnights = midnightsBetween(fromMs, fromMs + 3 * DAY_MS, 1, 'Europe/Berlin');

  expect(midnights.map((midnightMs) => new Date(midnightMs).toISOString())).toEqual([
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
    '2026-10-26T23:00:00.000Z',
  ]);
});

test('begins a day without midnight at the clock change, east and west of Greenwich', () => {
  const cairo = Date.parse('2026-04-23T12:00:00Z');
  const saoPaulo = Date.parse('2018-11-03T12:00:00Z');

  expect(midnightsBetween(cairo, cairo + DAY_MS, 1, 'Africa/Cairo')).toEqual([Date.parse('2026-04-23T22:00:00Z')]);
  expect(midnightsBetween(saoPaulo, saoPaulo + DAY_MS, 1, 'America/Sao_Paulo')).toEqual([
    Date.parse('2018-11-04T03:00:00Z'),
  ]);
});
