import { describe, expect, test } from 'vitest';
import {
  DAY_BINS,
  profilesOf,
  SLOT,
  SPREAD_BINS,
  STATE_FLOATS,
  TAIL,
  WEEK_BINS,
} from '../../../models/detect/seasonal-layout.ts';

describe('layout of the state', () => {
  test('is at most 2.5 KB', () => {
    expect(STATE_FLOATS * 8).toBeLessThanOrEqual(2560);
  });

  test('gives every word one meaning', () => {
    const tails = [SLOT.upperTail, SLOT.lowerTail, SLOT.upperDriftTail, SLOT.lowerDriftTail];
    const tailWords = tails.flatMap((tail) => Object.values(TAIL).map((word) => tail + word));
    const single = Object.values(SLOT).filter((slot) => !tails.some((tail) => tail === slot));
    const words = [...single, ...tailWords];

    expect(new Set(words).size).toBe(words.length);
    expect(8 * (Math.max(...words) + 1)).toBeLessThanOrEqual(profilesOf(new Float64Array(STATE_FLOATS)).byteOffset);
  });

  test('gives every bin one place, up to the last word', () => {
    const profiles = profilesOf(new Float64Array(STATE_FLOATS));

    expect(DAY_BINS.from + DAY_BINS.count).toBe(WEEK_BINS.from);
    expect(WEEK_BINS.from + WEEK_BINS.count).toBe(SPREAD_BINS.from);
    expect(SPREAD_BINS.from + SPREAD_BINS.count).toBe(profiles.length);
    expect(profiles.byteOffset + profiles.byteLength).toBe(STATE_FLOATS * 8);
  });

  test('looks into the very words of a view inside a larger buffer', () => {
    const slab = new Float64Array(3 + STATE_FLOATS);
    profilesOf(slab.subarray(3)).fill(1.5);

    expect(slab.subarray(0, 3 + 50).every((word) => word === 0)).toBe(true);
    expect(slab.subarray(3 + 50).every((word) => word !== 0)).toBe(true);
  });

  test('fails when the state is too short', () => {
    expect(() => profilesOf(new Float64Array(STATE_FLOATS - 1))).toThrow(RangeError);
  });
});
