import { describe, expect, it } from 'vitest';
import { courseFrom, isLimitOfClaim, limitOfForecast } from '../../../models/decide/limit-course.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { DISK_LIMIT, NOW_MS, samplePrediction, sampleTimeToLimit } from '../../support/decide-samples.ts';

const lowered = [{ fromMs: NOW_MS + DAY_MS, value: 50e9 }];

describe('courseFrom', () => {
  it('begins with the newest change and keeps those to come', () => {
    const course = {
      bound: 'min' as const,
      value: 1,
      changes: [1, 2, 3].map((fromMs) => ({ fromMs, value: 10 * fromMs })),
    };

    expect(courseFrom(course, 0)).toEqual(course);
    expect(courseFrom(course, 2)).toEqual({ bound: 'min', value: 20, changes: [{ fromMs: 3, value: 30 }] });
    expect(courseFrom({ bound: 'max', value: 1 }, 2)).toEqual({ bound: 'max', value: 1, changes: [] });
  });
});

describe('limitOfForecast', () => {
  it('is the limit where it says what the forecast saw, changes that lie behind apart', () => {
    const past = { ...DISK_LIMIT, value: 1, changes: [{ fromMs: NOW_MS - DAY_MS, value: DISK_LIMIT.value }] };

    expect(limitOfForecast(DISK_LIMIT, sampleTimeToLimit(), NOW_MS)).toBe(DISK_LIMIT);
    expect(limitOfForecast(past, sampleTimeToLimit(), NOW_MS)).toBe(past);
  });

  it('is none where it was changed since', () => {
    const time = sampleTimeToLimit();

    expect(limitOfForecast({ ...DISK_LIMIT, value: 1 }, time, NOW_MS)).toBeUndefined();
    expect(limitOfForecast({ ...DISK_LIMIT, bound: 'min' }, time, NOW_MS)).toBeUndefined();
    expect(limitOfForecast({ ...DISK_LIMIT, changes: lowered }, time, NOW_MS)).toBeUndefined();
    expect(limitOfForecast(DISK_LIMIT, sampleTimeToLimit({ limitChanges: lowered }), NOW_MS)).toBeUndefined();
  });

  it('has the value that another series told', () => {
    const limit = { ...DISK_LIMIT, value: 0.9, metric: 'disk_size_bytes' };

    expect(limitOfForecast(limit, sampleTimeToLimit({ limitValue: 70e9 }), NOW_MS)?.value).toBe(70e9);
    expect(limitOfForecast({ ...limit, updatedAtMs: NOW_MS + 1 }, sampleTimeToLimit(), NOW_MS)).toBeUndefined();
  });
});

describe('isLimitOfClaim', () => {
  const { claim } = samplePrediction();

  it('compares value, bound and changes from the claim on', () => {
    expect(isLimitOfClaim(DISK_LIMIT, samplePrediction())).toBe(true);
    expect(isLimitOfClaim({ ...DISK_LIMIT, value: 2 }, samplePrediction())).toBe(false);
    expect(isLimitOfClaim({ ...DISK_LIMIT, changes: lowered }, samplePrediction())).toBe(false);
    expect(
      isLimitOfClaim({ ...DISK_LIMIT, changes: lowered }, samplePrediction({ claim: { ...claim, changes: lowered } })),
    ).toBe(true);
  });
});
