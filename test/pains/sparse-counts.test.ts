import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, type Shape } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';

/** One or two events in a few of the steps of five minutes, none in all others. */
const eventsIn =
  (share: number): Shape =>
  (random) =>
    random.uniform() < share ? 1 + random.below(2) : 0;

describe('sparse counts', () => {
  test.each([0.003, 0.02, 0.2])('in %d of all steps stay quiet for a month', (share) => {
    const street = openPainStreet();
    street.feed(generateSeries({ shape: eventsIn(share), seed: 31, stepMs: 300_000, days: 31 }));

    expect(drawDays(street.alerts(), MONDAY_MS, 31)).toBe('.'.repeat(31));
  });

  test('are no anomaly for having none for a day', () => {
    const street = openPainStreet();
    const series = generateSeries({ shape: eventsIn(0.02), seed: 31, stepMs: 300_000, days: 21 });
    const silentMs = MONDAY_MS + 15 * DAY_MS;
    street.feed(changedFrom(series, silentMs, (value, sinceMs) => (sinceMs < DAY_MS ? 0 : value)));

    expect(drawDays(street.alerts(), MONDAY_MS, 21)).toBe('.'.repeat(21));
  });

  test('are heard of when they are many', () => {
    const street = openPainStreet();
    const series = generateSeries({ shape: eventsIn(0.02), seed: 31, stepMs: 300_000, days: 14 });
    const manyMs = MONDAY_MS + 12 * DAY_MS;
    street.feed(changedFrom(series, manyMs, (value, sinceMs) => (sinceMs < HOUR_MS ? 40 : value)));

    expect(drawDays(street.alerts(), MONDAY_MS, 14)).toBe('............^.');
  });
});
