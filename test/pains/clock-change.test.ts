import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { generateSeries, hourOfDay, type Shape } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';

/** A shop that opens at eight and closes at eight, every day. */
const SHOP: Shape = (random, localMs) =>
  (hourOfDay(localMs) >= 8 && hourOfDay(localMs) < 20 ? 100 : 20) + 3 * random.normal();
/** The Monday after each change. */
const CHANGES = [
  ['spring', 'Europe/Berlin', Date.UTC(2025, 2, 31)],
  ['autumn', 'Europe/Berlin', Date.UTC(2025, 9, 27)],
  ['spring', 'America/New_York', Date.UTC(2025, 2, 10)],
  ['autumn', 'America/New_York', Date.UTC(2025, 10, 3)],
] as const;

/** The alerts of the day on which the clock changes and of the week after it, by day. */
function weekAfter(peoplesZone: string, detectorsZone: string, mondayMs: number): string {
  const street = openPainStreet(detectorsZone);
  const startMs = mondayMs - 22 * DAY_MS;
  street.feed(generateSeries({ shape: SHOP, seed: 4, stepMs: 300_000, days: 29, startMs, timeZone: peoplesZone }));
  return drawDays(street.alerts(), mondayMs - DAY_MS, 8);
}

describe('a shop that opens at eight, whatever the clock does', () => {
  test.each(CHANGES)('alarms nobody in %s in %s', (_season, timeZone, mondayMs) => {
    expect(weekAfter(timeZone, timeZone, mondayMs)).toBe('........');
  });

  test.each(CHANGES)('would in %s in %s, if the season were kept in UTC', (_season, timeZone, mondayMs) => {
    expect(weekAfter(timeZone, 'UTC', mondayMs)).not.toBe('........');
  });
});
