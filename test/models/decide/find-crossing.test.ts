import { describe, expect, it } from 'vitest';
import { findCrossing, meanBetween, nearestApproach } from '../../../models/decide/find-crossing.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { hourlyRollups } from '../../support/decide-samples.ts';

const rollups = hourlyRollups(0, [9, 5, 7, 10, 12]);

describe('findCrossing', () => {
  it('finds the first bucket that reaches the value, equality included', () => {
    expect(findCrossing(rollups, { bound: 'max', value: 10 }, 0)).toEqual({ atMs: 3 * HOUR_MS, value: 10 });
    expect(findCrossing(rollups, { bound: 'min', value: 5 }, 0)).toEqual({ atMs: HOUR_MS, value: 5 });
  });

  it('leaves out buckets that began before', () => {
    expect(findCrossing(rollups, { bound: 'max', value: 9 }, 1)).toEqual({ atMs: 3 * HOUR_MS, value: 10 });
    expect(findCrossing(rollups, { bound: 'max', value: 13 }, 0)).toBeUndefined();
    expect(findCrossing(hourlyRollups(0, []), { bound: 'max', value: 1 }, 0)).toBeUndefined();
  });
});

describe('findCrossing of a limit that changes', () => {
  it('holds each bucket against the limit as it is then', () => {
    const lowered = { bound: 'max' as const, value: 20, changes: [{ fromMs: 2 * HOUR_MS, value: 6 }] };
    const raised = { bound: 'max' as const, value: 10, changes: [{ fromMs: 3 * HOUR_MS, value: 11 }] };

    expect(findCrossing(rollups, lowered, 0)).toEqual({ atMs: 2 * HOUR_MS, value: 7 });
    expect(findCrossing(rollups, raised, 0)).toEqual({ atMs: 4 * HOUR_MS, value: 12 });
  });
});

describe('nearestApproach', () => {
  it('is the extreme on the side of the limit, or null without data', () => {
    expect(nearestApproach(rollups, 'max', 0)).toBe(12);
    expect(nearestApproach(rollups, 'min', 2 * HOUR_MS)).toBe(7);
    expect(nearestApproach(rollups, 'min', 9 * HOUR_MS)).toBeNull();
  });
});

describe('meanBetween', () => {
  it('weighs samples, not buckets, in a half-open stretch', () => {
    const uneven = { ...rollups, counts: Float64Array.of(1, 3, 1, 1, 1), sums: Float64Array.of(9, 15, 7, 10, 12) };

    expect(meanBetween(uneven, 0, 2 * HOUR_MS)).toBe(6);
    expect(meanBetween(uneven, 9 * HOUR_MS, 10 * HOUR_MS)).toBeNaN();
  });
});
