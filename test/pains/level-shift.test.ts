import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, WELL_BEHAVED } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';

const SHIFT_MS = MONDAY_MS + 21 * DAY_MS + 10 * HOUR_MS;

describe('a step of 35 % that stays', () => {
  const series = generateSeries({
    shape: WELL_BEHAVED['normal noise on a daily and weekly wave']!,
    seed: 12,
    stepMs: 300_000,
    days: 35,
  });
  const street = openPainStreet();
  street.feed(changedFrom(series, SHIFT_MS, (value) => 1.35 * value));

  test('is one alert in two weeks, a level shift', () => {
    expect(drawDays(street.alerts(), MONDAY_MS, 35)).toBe(`${'.'.repeat(21)}L${'.'.repeat(13)}`);
  });

  test('is over within half a day, since the baseline follows', () => {
    const [shift] = street.alerts();

    expect(shift?.status).toBe('closed');
    expect(shift!.startedAtMs - SHIFT_MS).toBeLessThan(HOUR_MS);
    expect(shift!.endedAtMs! - SHIFT_MS).toBeLessThan(DAY_MS / 2);
  });
});
