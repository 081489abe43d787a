import { describe, expect, test } from 'vitest';
import { DETECTORS } from '../../models/detect/registry.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { generateSeries, hourOfDay, MONDAY_MS, type Shape } from '../support/generated-series.ts';
import { openPainStreet } from '../support/pain-street.ts';

const WEEKS = 5;

/** A disk that fills by half a percent a day, with a small wave of the day: a date for people, and no anomaly. */
const FILLING: Shape = (random, localMs) =>
  40 +
  (0.43 * (localMs - MONDAY_MS)) / DAY_MS +
  2 * Math.sin((hourOfDay(localMs) / 24) * 2 * Math.PI) +
  0.4 * random.normal();

/** So many alerts a week each detector may raise where a series grows for ever, and every day brings its highest value. */
const MOST_A_WEEK: Readonly<Record<string, number>> = { 'seasonal-robust': 0, ensemble: 0.4 };

describe('a disk that fills steadily', () => {
  test.each(Object.keys(DETECTORS))('is left to forecasts by %s, as far as it states', (detector) => {
    const alerts = [1, 2, 3].map((seed) => {
      const street = openPainStreet('UTC', {}, detector);
      street.feed(generateSeries({ shape: FILLING, seed, stepMs: 300_000, days: 7 * WEEKS }));
      return street.alerts().length;
    });

    expect(Math.max(...alerts) / WEEKS).toBeLessThanOrEqual(MOST_A_WEEK[detector]!);
  });
});
