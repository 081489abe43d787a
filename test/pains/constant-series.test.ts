import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, type Shape } from '../support/generated-series.ts';
import { drawDays, openPainStreet } from '../support/pain-street.ts';

const CHANGE_MS = MONDAY_MS + 12 * DAY_MS;
const QUIET = '..............';
const ALARM = '............^.';

/** Two weeks by day; on the thirteenth the value changes for an hour. */
function twoWeeks(shape: Shape, stepMs: number, change: (value: number) => number): string {
  const street = openPainStreet();
  const series = generateSeries({ shape, seed: 2, stepMs, days: 14 });
  street.feed(changedFrom(series, CHANGE_MS, (value, sinceMs) => (sinceMs < HOUR_MS ? change(value) : value)));
  return drawDays(street.alerts(), MONDAY_MS, 14);
}

describe.each([60_000, 300_000])('a constant series, every %d ms', (stepMs) => {
  test.each([
    ['not at all', 100, QUIET],
    ['by a thousandth', 100.1, QUIET],
    ['by nine thousandths', 100.9, QUIET],
    ['by half', 150, ALARM],
  ])('that moves %s', (_how, value, expected) => {
    expect(
      twoWeeks(
        () => 100,
        stepMs,
        () => value,
      ),
    ).toBe(expected);
  });

  test('with rounding in its last digit is constant', () => {
    const rounded: Shape = (random) => 0.3 * (1 + 1e-13 * random.normal());

    expect(twoWeeks(rounded, stepMs, (value) => value * 1.002)).toBe(QUIET);
  });
});
