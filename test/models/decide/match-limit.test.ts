import { describe, expect, it } from 'vitest';
import { matchesSelector, matchLimits, selectedMetric } from '../../../models/decide/match-limit.ts';
import { DISK_LABELS, DISK_LIMIT } from '../../support/decide-samples.ts';

describe('matchesSelector', () => {
  it.each([
    [true, [{ name: '__name__', value: 'disk_used_bytes' }]],
    [
      true,
      [
        { name: 'instance', value: 'db-1' },
        { name: '__name__', value: 'disk_used_bytes' },
      ],
    ],
    [
      false,
      [
        { name: '__name__', value: 'disk_used_bytes' },
        { name: 'instance', value: 'db-2' },
      ],
    ],
    [false, [{ name: 'instance', value: 'DB-1' }]],
    [false, [{ name: 'instance', value: '.*' }]],
    [false, [{ name: 'zone', value: '' }]],
    [false, []],
  ])('is %s for %j', (expected, selector) => {
    expect(matchesSelector(selector, DISK_LABELS)).toBe(expected);
  });
});

describe('matchLimits', () => {
  it('keeps the limits whose selector matches', () => {
    const other = { ...DISK_LIMIT, selector: [{ name: 'instance', value: 'db-2' }] };

    expect(matchLimits([other, DISK_LIMIT], DISK_LABELS)).toEqual([DISK_LIMIT]);
  });
});

describe('selectedMetric', () => {
  it('is the value of __name__, where the selector has one', () => {
    expect(selectedMetric(DISK_LIMIT.selector)).toBe('disk_used_bytes');
    expect(selectedMetric([{ name: 'job', value: 'node' }])).toBeUndefined();
  });
});
