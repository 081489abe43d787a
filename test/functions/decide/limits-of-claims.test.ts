import { expect, it } from 'vitest';
import { limitsOfClaims } from '../../../functions/decide/limits-of-claims.ts';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import {
  DISK_LIMIT,
  NOW_MS,
  sampleForecast,
  samplePrediction,
  sampleTimeToLimit,
} from '../../support/decide-samples.ts';

const TOLD: Limit = { ...DISK_LIMIT, value: 0.9, metric: 'disk_size_bytes' };

function limitOf(limit: Limit | undefined, told?: number) {
  const forecasts =
    told === undefined
      ? []
      : [sampleForecast({ madeAtMs: NOW_MS + DAY_MS, timeToLimit: [sampleTimeToLimit({ limitValue: told })] })];
  return limitsOfClaims(new Map(limit === undefined ? [] : [[limit.limitId, limit]]), forecasts)(samplePrediction());
}

it('is the limit itself where it is a constant, and null where it was removed', () => {
  expect(limitOf(DISK_LIMIT, 5)).toBe(DISK_LIMIT);
  expect(limitOf(undefined, 5)).toBeNull();
});

it('has the capacity that the newest forecast read, since that forecast', () => {
  expect(limitOf(TOLD, 200e9)).toMatchObject({ value: 200e9, updatedAtMs: NOW_MS + DAY_MS });
});

it('keeps the value of the claim where the capacity only trembled, or was not told', () => {
  expect(limitOf(TOLD, 100.9e9)).toMatchObject({ value: 100e9, updatedAtMs: DISK_LIMIT.updatedAtMs });
  expect(limitOf(TOLD)).toMatchObject({ value: 100e9, updatedAtMs: DISK_LIMIT.updatedAtMs });
});
