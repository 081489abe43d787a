import { expect, test } from 'vitest';
import { createRateLimit, type RateLimited } from '../../../functions/ingest/rate-limit.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';

const LIMITS = {
  requests: { perSecond: 2, burst: 3 },
  samples: { perSecond: 100, burst: 1_000 },
  logRecords: { perSecond: 10, burst: 10 },
  logBytes: { perSecond: 10, burst: 10 },
};

function createTaker() {
  const takeFromLimit = createRateLimit(() => LIMITS);
  /** Seconds to wait; 0: granted. */
  return (what: RateLimited, amount: number, nowMs: number, workspace = 'abcdefghijkl'): number => {
    try {
      takeFromLimit({ workspace, what, amount, nowMs });
      return 0;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'ingest/rate-exceeded') {
        return Number(error.details.retryAfterSeconds);
      }
      throw error;
    }
  };
}

test('a full bucket gives its burst, and not one more', () => {
  const take = createTaker();
  expect([1, 2, 3, 4].map(() => take('requests', 1, 0))).toEqual([0, 0, 0, 1]);
});

test('it refills by time, up to its burst', () => {
  const take = createTaker();
  take('samples', 1_000, 0);
  expect(take('samples', 500, 4_990)).toBe(1);
  expect(take('samples', 500, 5_000)).toBe(0);
  expect(take('samples', 1_001, 3_600_000)).toBe(0);
  expect(take('samples', 1, 3_600_000)).toBe(1);
});

test('the wait is as long as the refill takes', () => {
  const take = createTaker();
  take('samples', 1_000, 0);
  expect(take('samples', 950, 0)).toBe(10);
  expect(take('samples', 950, 9_500)).toBe(0);
});

test('a refusal takes nothing', () => {
  const take = createTaker();
  take('samples', 400, 0);
  expect(take('samples', 700, 0)).toBeGreaterThan(0);
  expect(take('samples', 600, 0)).toBe(0);
});

test('more than a bucket holds is granted when it is full, and paid for afterwards', () => {
  const take = createTaker();
  expect(take('logRecords', 30, 0)).toBe(0);
  expect(take('logRecords', 1, 1_000)).toBe(2);
  expect(take('logRecords', 1, 2_100)).toBe(0);
});

test('workspaces and kinds do not share a bucket', () => {
  const take = createTaker();
  take('samples', 1_000, 0);
  expect(take('samples', 1_000, 0, 'anotherworkspace')).toBe(0);
  expect(take('logRecords', 10, 0)).toBe(0);
});

test('a clock that jumps back gives nothing and costs nothing', () => {
  const take = createTaker();
  take('requests', 3, 10_000);
  expect(take('requests', 1, 0)).toBe(1);
  expect(take('requests', 1, 500)).toBe(0);
});
