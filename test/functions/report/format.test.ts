import { expect, test } from 'vitest';
import {
  createZoneFormat,
  formatCap,
  formatChance,
  formatDuration,
  formatRelative,
  resourceName,
  shorten,
} from '../../../functions/report/format.ts';
import { formatNumber, formatQuantity } from '../../../models/domain/quantity.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';

const NOW_MS = Date.UTC(2026, 9, 8, 7);

test.each([
  [412 * 1024 ** 3, 'bytes', '412 GiB'],
  [1536, 'bytes', '1.5 KiB'],
  [0, 'bytes', '0 B'],
  [-2048, 'bytes', '-2 KiB'],
  [0.863, 'ratio', '86.3 %'],
  [86, '%', '86 %'],
  [0.25, 'seconds', '250 ms'],
  [12, 'seconds', '12 s'],
  [1234567, 'messages', '1.23 M messages'],
  [2.345678, '', '2.35'],
  [Number.NaN, 'bytes', 'unknown'],
])('writes %d in %s with its unit', (value, unit, text) => {
  expect(formatQuantity(value, unit)).toBe(text);
});

test('keeps the digits of small numbers', () => {
  expect([0, 0.0034, 0.25, 9.876, 98.76, 987.6].map(formatNumber)).toEqual([
    '0',
    '0.0034',
    '0.25',
    '9.88',
    '98.8',
    '988',
  ]);
});

test.each([
  [0.01, 'less than 1 in 20'],
  [0.06, 'about 1 in 10'],
  [0.8, 'about 8 in 10'],
  [0.94, 'about 9 in 10'],
  [0.97, 'more than 19 in 20'],
])('says the probability %d in words', (probability, words) => {
  expect(formatChance(probability)).toBe(words);
});

test.each([
  [6 * DAY_MS, 'in 6 days'],
  [-5 * HOUR_MS, '5 hours ago'],
  [30_000, 'now'],
  [60_000, 'in 1 minute'],
  [30 * HOUR_MS, 'in 30 hours'],
])('tells a distance of %d ms from now', (distanceMs, words) => {
  expect(formatRelative(NOW_MS + distanceMs, NOW_MS)).toBe(words);
});

test('tells a length of time in its largest fitting unit', () => {
  expect([3.14 * DAY_MS, 7 * DAY_MS, 5 * HOUR_MS, 60_000].map(formatDuration)).toEqual([
    '3.1 days',
    '7 days',
    '5 hours',
    '1 minute',
  ]);
});

test('follows the clock change of Berlin', () => {
  const berlin = createZoneFormat('Europe/Berlin', NOW_MS);

  expect(berlin.when(Date.UTC(2026, 9, 14, 7))).toBe('Wed 14 Oct 09:00 CEST, in 6 days');
  expect(berlin.moment(Date.UTC(2026, 9, 25, 0, 30))).toBe('Sun 25 Oct 02:30 CEST');
  expect(berlin.moment(Date.UTC(2026, 9, 25, 1, 30))).toBe('Sun 25 Oct 02:30 CET');
});

test('follows the clock change of New York', () => {
  const newYork = createZoneFormat('America/New_York', NOW_MS);

  expect(newYork.moment(Date.UTC(2026, 10, 1, 5, 30))).toBe('Sun 1 Nov 01:30 EDT');
  expect(newYork.moment(Date.UTC(2026, 10, 1, 6, 30))).toBe('Sun 1 Nov 01:30 EST');
});

test('names an unnamed zone by its offset', () => {
  expect(createZoneFormat('Asia/Kolkata', NOW_MS).moment(NOW_MS)).toBe('Thu 8 Oct 12:30 UTC+5:30');
});

test('adds the year where it is another one', () => {
  const utc = createZoneFormat('UTC', NOW_MS);

  expect(utc.day(Date.UTC(2027, 0, 5))).toBe('Tue 5 Jan 2027');
  expect(utc.day(Date.UTC(2026, 11, 31))).toBe('Thu 31 Dec');
});

test('tells a forecast moment to the hour only', () => {
  expect(createZoneFormat('UTC', NOW_MS).aboutWhen(NOW_MS + 3 * DAY_MS + 37 * 60_000)).toBe(
    'Sun 11 Oct 08:00 UTC, in 3 days',
  );
});

test('names a resource by its telling labels, most telling first', () => {
  const labels = [
    ['__name__', 'disk_used_bytes'],
    ['instance', 'db-3'],
    ['mountpoint', '/data'],
    ['service', 'orders'],
  ] as const;

  expect(resourceName(labels)).toBe('orders · db-3 · /data');
  expect(resourceName([['__name__', 'load1']])).toBe('');
});

test('cuts text by whole characters', () => {
  expect(shorten('abcdef', 4)).toBe('abc…');
  expect(shorten('abcd', 4)).toBe('abcd');
  expect(shorten('😀'.repeat(9), 4)).toBe('😀😀😀…');
});

test('says how many of all rows are shown, and nothing where all are', () => {
  expect(formatCap(12, 48)).toBe('12 of 48 shown.');
  expect(formatCap(3, 3)).toBeNull();
});
