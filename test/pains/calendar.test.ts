import { describe, expect, test } from 'vitest';
import type { Calendar } from '../../models/domain/calendar.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, type TimedValue, WELL_BEHAVED } from '../support/generated-series.ts';
import { calendarFor, drawDays, openPainStreet } from '../support/pain-street.ts';

const SHOP = WELL_BEHAVED['normal noise on a daily and weekly wave']!;
/** A Wednesday in the fourth week on which hardly anybody comes. */
const HOLIDAY_MS = MONDAY_MS + 23 * DAY_MS;
const HOLIDAY = ['2025-01-29T00:00:00', '2025-01-30T00:00:00'] as const;
const SERIES = generateSeries({ shape: SHOP, seed: 6, stepMs: 300_000, days: 28 });

const closed = (value: number, sinceMs: number): number => (sinceMs < DAY_MS ? 0.2 * value : value);
const CLOSED_SHOP = changedFrom(SERIES, HOLIDAY_MS, closed);

/** All happens four hours later. */
const LATE_DAY = SERIES.map((point, i): TimedValue => {
  const isOnTheDay = point.timestampMs >= HOLIDAY_MS && point.timestampMs < HOLIDAY_MS + DAY_MS;
  return isOnTheDay ? { ...point, value: SERIES[i - (4 * HOUR_MS) / 300_000]!.value } : point;
});

function run(points: readonly TimedValue[], effects?: Partial<Calendar>) {
  const calendars = effects === undefined ? [] : [calendarFor(...HOLIDAY, effects)];
  const street = openPainStreet('UTC', { calendars });
  street.feed(points.filter(({ timestampMs }) => timestampMs < HOLIDAY_MS + DAY_MS));
  const words = street.state.memory.slice();
  return { picture: drawDays(street.alerts(), HOLIDAY_MS - 2 * DAY_MS, 3), words, muted: street.state.counters.muted };
}

describe('a holiday, which nobody has told of', () => {
  test('is an anomaly', () => {
    expect(run(CLOSED_SHOP).picture).toMatch(/^\.\.[vL2]$/);
  });
});

describe('a holiday in a calendar', () => {
  test('that mutes alerts is silent, counted, and learned', () => {
    const { picture, muted, words } = run(CLOSED_SHOP, { muteAlerts: true });

    expect(picture).toBe('...');
    expect(muted?.calendar).toBeGreaterThan(10);
    expect(words).not.toEqual(run(CLOSED_SHOP, { muteAlerts: true, excludeFromTraining: true }).words);
  });

  test('that excludes it from training alarms, and leaves the detector as it was', () => {
    const untouched = openPainStreet();
    untouched.feed(SERIES.filter(({ timestampMs }) => timestampMs < HOLIDAY_MS));
    const { picture, words } = run(CLOSED_SHOP, { excludeFromTraining: true });
    const detector = (memory: Float64Array): Float64Array =>
      memory.subarray(4, 4 + untouched.state.layout.detectorWords);

    expect(picture).toMatch(/^\.\.[vL2]$/);
    expect(detector(words)).toEqual(detector(untouched.state.memory));
  });

  test('that shifts the season expects the day four hours later', () => {
    expect(run(LATE_DAY).picture).not.toBe('...');
    expect(run(LATE_DAY, { shiftMs: -4 * HOUR_MS }).picture).toBe('...');
  });

  test('says nothing of the days before and after', () => {
    const closedBefore = changedFrom(SERIES, HOLIDAY_MS - DAY_MS, closed);

    expect(run(closedBefore, { muteAlerts: true }).picture).toMatch(/^\.[vL2]\.$/);
  });
});
