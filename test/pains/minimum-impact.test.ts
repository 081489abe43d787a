import { describe, expect, test } from 'vitest';
import type { DetectionPolicy } from '../../models/domain/detection-policy.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { changedFrom, generateSeries, MONDAY_MS, type Shape, WELL_BEHAVED } from '../support/generated-series.ts';
import { drawDays, openPainStreet, policyFor } from '../support/pain-street.ts';

const CHANGE_MS = MONDAY_MS + 12 * DAY_MS;

/** Two weeks by day; on the thirteenth the value changes for an hour. */
function twoWeeks(shape: Shape, change: (value: number) => number, said?: Partial<DetectionPolicy>): string {
  const street = openPainStreet('UTC', { policies: said === undefined ? [] : [policyFor(said)] });
  const series = generateSeries({ shape, seed: 2, stepMs: 300_000, days: 14 });
  street.feed(changedFrom(series, CHANGE_MS, (value, sinceMs) => (sinceMs < 3_600_000 ? change(value) : value)));
  return drawDays(street.alerts(), MONDAY_MS, 14);
}

const QUIET = '..............';
const ALARM = '............^.';
const NOISE: Shape = (random) => 100 + random.normal();

describe('a least impact', () => {
  test.each([
    ['nothing said', undefined, 30, ALARM],
    ['absolute, not reached', { minImpact: 50 }, 30, QUIET],
    ['absolute, reached', { minImpact: 50 }, 60, ALARM],
    ['relative, not reached', { minImpactRelative: 0.5 }, 30, QUIET],
    ['relative, reached', { minImpactRelative: 0.5 }, 60, ALARM],
    ['both, only one reached', { minImpact: 20, minImpactRelative: 0.5 }, 30, QUIET],
    ['direction, the other one', { direction: 'below' as const }, 30, QUIET],
    ['direction, that one', { direction: 'above' as const }, 30, ALARM],
    ['threshold far out', { threshold: 90 }, 30, QUIET],
  ])('%s', (_what, said, rise, expected) => {
    expect(twoWeeks(NOISE, (value) => value + rise, said)).toBe(expected);
  });
});

describe('the policies', () => {
  test('leave a healthy series quiet', () => {
    expect(twoWeeks(WELL_BEHAVED['normal noise on a daily and weekly wave']!, (value) => value)).toBe(QUIET);
  });
});
