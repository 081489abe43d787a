import { describe, expect, test } from 'vitest';
import { DETECTORS } from '../../models/detect/registry.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS } from '../support/generated-series.ts';
import { openPainStreet } from '../support/pain-street.ts';

const DRIFT_MS = MONDAY_MS + 21 * DAY_MS;
const LONGEST_DAYS = 30;

/**
 * Days within which each detector finds a drift of one standard deviation of the noise a day; null where it follows the
 * drift and leaves it to forecasts.
 */
const FOUND_WITHIN_DAYS: Readonly<Record<string, number | null>> = { 'seasonal-robust': null, ensemble: 4 };

/** Days from the beginning of the drift to the first alert after it; null where there is none. */
function foundAfterDays(detector: string, perDay: number, seed: number): number | null {
  const street = openPainStreet('UTC', {}, detector);
  const days = 21 + LONGEST_DAYS;
  const series = generateSeries({ shape: (random) => 100 + 3 * random.normal(), seed, stepMs: 300_000, days });
  street.feed(changedFrom(series, DRIFT_MS, (value, sinceMs) => value + (perDay * sinceMs) / DAY_MS));
  const first = street.alerts().find(({ startedAtMs }) => startedAtMs >= DRIFT_MS);
  return first === undefined ? null : (first.startedAtMs - DRIFT_MS) / DAY_MS;
}

describe('a slow drift', () => {
  test.each(Object.keys(DETECTORS))(
    'is found by %s within the time that it states, or followed as it states',
    (detector) => {
      const withinDays = FOUND_WITHIN_DAYS[detector];
      const found = [1, 2, 3].map((seed) => foundAfterDays(detector, 3, seed));

      expect(withinDays).not.toBeUndefined();
      if (withinDays === null) expect(found).toEqual([null, null, null]);
      else for (const days of found) expect(days ?? LONGEST_DAYS).toBeLessThanOrEqual(withinDays!);
    },
  );
});
