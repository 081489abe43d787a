import { describe, expect, it } from 'vitest';
import {
  ABSENCE_STEP_MS,
  ABSENCE_WORDS,
  absenceScore,
  followPresence,
  isExpected,
  isSilent,
  readAbsence,
} from '../../../models/detect/absence.ts';

const HOUR = 12;
const DAY = 288;
/** A Monday. */
const START_MS = Date.UTC(2026, 8, 7);

/** State after so many buckets, of which `comes` says whether they have data. */
function follow(
  buckets: number,
  comes: (bucket: number) => boolean,
  state = new Float64Array(ABSENCE_WORDS),
  from = 0,
) {
  for (let bucket = from; bucket < from + buckets; bucket++) {
    const atMs = START_MS + bucket * ABSENCE_STEP_MS;
    followPresence(state, atMs, comes(bucket) ? atMs : Number.NaN);
  }
  return state;
}

/** Buckets of absence after which it is missing, once it has come like this for so long. */
function bucketsUntilMissing(days: number, comes: (bucket: number) => boolean, from = days * DAY): number {
  const state = follow(from, comes);
  for (let away = 1; away < 7 * DAY; away++) {
    follow(1, () => false, state, from + away - 1);
    if (absenceScore(state) > 1) return away;
  }
  return Number.POSITIVE_INFINITY;
}

describe('a series that stays away', () => {
  it.each([
    ['each five minutes', 2, () => true, 4],
    ['each hour', 14, (bucket: number) => bucket % HOUR === 0, 25],
    ['now and then, an hour apart at most', 5, (bucket: number) => (bucket * 7) % 11 < 2, 20],
  ] as const)('and came %s is missing in time', (_cadence, days, comes, atMost) => {
    expect(bucketsUntilMissing(days, comes)).toBeLessThanOrEqual(atMost);
  });

  it('is not missing before it is away longer than it ever was', () => {
    const state = follow(10 * DAY, (bucket) => bucket % DAY > 30);

    follow(30, () => false, state, 10 * DAY);

    expect(absenceScore(state)).toBeLessThan(1);
  });

  it('is not missing before it was known for a day and seven samples', () => {
    expect(absenceScore(follow(DAY + 100, (bucket) => bucket < DAY - 1))).toBe(0);
    expect(absenceScore(follow(20 * DAY, (bucket) => bucket % (3 * DAY) === 0 && bucket < 15 * DAY))).toBe(0);
  });

  it('is gone after a week, not missing', () => {
    const state = follow(3 * DAY, () => true);

    follow(7 * DAY, () => false, state, 3 * DAY);
    expect([absenceScore(state) > 1, isExpected(state)]).toEqual([true, true]);
    follow(1, () => false, state, 10 * DAY);
    expect([absenceScore(state), isExpected(state)]).toEqual([0, false]);
  });

  it('does not learn from its outage that it may stay away', () => {
    const before = bucketsUntilMissing(10, () => true);

    const after = bucketsUntilMissing(10, (bucket) => !(bucket > 5 * DAY && bucket < 6 * DAY));

    expect(after).toBeLessThanOrEqual(3 * before);
  });
});

describe('office hours', () => {
  const works = (bucket: number): boolean => {
    const day = Math.floor(bucket / DAY) % 7;
    const hour = Math.floor((bucket % DAY) / HOUR);
    return day < 5 && hour >= 8 && hour < 18;
  };

  it('are no absence at night or at the week-end, from the first week on', () => {
    const state = new Float64Array(ABSENCE_WORDS);
    const missing: number[] = [];
    for (let bucket = 0; bucket < 28 * DAY; bucket++) {
      follow(1, works, state, bucket);
      if (absenceScore(state) > 1) missing.push(bucket);
    }

    expect(missing).toEqual([]);
  });

  it('missed by day are an absence within the hour, from the second week on', () => {
    expect(bucketsUntilMissing(0, works, 8 * DAY + 10 * HOUR)).toBeLessThanOrEqual(HOUR);
  });
});

it('says since when it is away, and how long it usually is', () => {
  const state = follow(2 * DAY, () => true);

  follow(5, () => false, state, 2 * DAY);

  expect(readAbsence(state)).toEqual({
    lastMs: START_MS + (2 * DAY - 1) * ABSENCE_STEP_MS,
    silentMs: 5 * ABSENCE_STEP_MS,
    usualMs: ABSENCE_STEP_MS,
    limitMs: 3 * ABSENCE_STEP_MS,
  });
  expect(isSilent(state)).toBe(true);
});

it('data of which word comes late is there all the same', () => {
  const state = follow(2 * DAY, () => true);
  const lateMs = START_MS + 2 * DAY * ABSENCE_STEP_MS;
  for (let i = 1; i <= 20; i++) followPresence(state, lateMs + i * ABSENCE_STEP_MS, lateMs + (i - 1) * ABSENCE_STEP_MS);

  expect(absenceScore(state)).toBe(0);
});
