import { describe, expect, test } from 'vitest';
import type { Anomaly } from '../../models/domain/anomaly.ts';
import { DAY_MS, FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { changedFrom, generateSeries, MONDAY_MS, type TimedValue, WELL_BEHAVED } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';
import { openSurveyRoom } from '../support/survey-room.ts';

const AWAY_MS = MONDAY_MS + 15 * DAY_MS + 9 * HOUR_MS;
const SERIES = generateSeries({
  shape: WELL_BEHAVED['normal noise on a daily and weekly wave']!,
  seed: 7,
  stepMs: FIVE_MINUTES_MS,
  days: 18,
});

/** Eighteen days by day; on the sixteenth the values of four hours become another, or none where that is null. */
function without(value: number | null): string {
  const street = openPainStreet();
  const isAway = ({ timestampMs }: TimedValue): boolean =>
    timestampMs >= AWAY_MS && timestampMs < AWAY_MS + 4 * HOUR_MS;
  street.feed(
    value === null
      ? SERIES.filter((point) => !isAway(point))
      : changedFrom(SERIES, AWAY_MS, (usual, sinceMs) => (sinceMs < 4 * HOUR_MS ? value : usual)),
  );
  return drawDays(street.alerts(), MONDAY_MS, 18);
}

describe('four hours', () => {
  test.each([
    ['without samples, which say nothing of the value', null, '..................'],
    ['of samples that are no numbers', Number.NaN, '..................'],
    ['of zero, which is a value', 0, '...............v..'],
  ])('%s', (_what, value, expected) => {
    expect(without(value)).toBe(expected);
  });
});

/** Findings of a service of three steady series and one of its own cadence, which stays away from AWAY_MS on for so long. */
async function absences(everyMs: number, awayMs: number): Promise<Anomaly[]> {
  const room = openSurveyRoom();
  const random = createRandom(5);
  for (let atMs = MONDAY_MS; atMs < MONDAY_MS + 18 * DAY_MS; atMs += FIVE_MINUTES_MS) {
    for (const name of ['a', 'b', 'c']) room.add({ __name__: name, service: 'db' }, atMs, 50 + random.normal());
    const isThere = (atMs - MONDAY_MS) % everyMs === 0 && (atMs < AWAY_MS || atMs >= AWAY_MS + awayMs);
    if (isThere) room.add({ __name__: 'own', service: 'shop' }, atMs, 50 + random.normal());
  }
  await room.run(MONDAY_MS + 18 * DAY_MS);
  return room.found();
}

describe('absence is judged by the cadence that the series has shown', () => {
  test.each([
    ['five minutes', FIVE_MINUTES_MS, FIVE_MINUTES_MS],
    ['five minutes', FIVE_MINUTES_MS, 2 * HOUR_MS],
    ['an hour', HOUR_MS, HOUR_MS],
    ['an hour', HOUR_MS, 8 * HOUR_MS],
    ['a day', DAY_MS, DAY_MS],
    ['a day', DAY_MS, 2.5 * DAY_MS],
  ])('every %s (%d ms), away for %d ms', async (_words, everyMs, awayMs) => {
    const found = await absences(everyMs, awayMs);
    const isMissed = awayMs > everyMs;

    expect(found.map(({ type }) => type)).toEqual(isMissed ? ['missing'] : []);
    for (const { startedAtMs, reason } of found) {
      expect(startedAtMs).toBeLessThanOrEqual(AWAY_MS);
      expect(reason).toMatch(/^No data for .*, usually at least every /);
    }
  });
});
