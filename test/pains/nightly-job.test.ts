import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, WELL_BEHAVED } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';

const NIGHTLY = WELL_BEHAVED['a nightly job of half an hour']!;

describe('a job that runs once a day', () => {
  test.each([60_000, 300_000])('alarms nobody from its second night on, at %d ms', (stepMs) => {
    const street = openPainStreet();
    street.feed(generateSeries({ shape: NIGHTLY, seed: 3, stepMs, days: 10 }));

    expect(drawDays(street.alerts(), MONDAY_MS, 10)).toBe('..........');
  });

  test('is heard of when it runs in the afternoon', () => {
    const street = openPainStreet();
    const series = generateSeries({ shape: NIGHTLY, seed: 3, stepMs: 300_000, days: 12 });
    const fromMs = MONDAY_MS + 8 * DAY_MS + 15 * HOUR_MS;
    street.feed(changedFrom(series, fromMs, (value, sinceMs) => (sinceMs < HOUR_MS / 2 ? value + 60 : value)));

    expect(drawDays(street.alerts(), MONDAY_MS, 12)).toBe('........^...');
  });
});
