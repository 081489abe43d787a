import { describe, expect, it } from 'vitest';
import { findOverruns, type OverrunInput } from '../../../models/decide/find-overruns.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import {
  DISK_LIMIT,
  NOW_MS,
  sampleForecast,
  samplePrediction,
  sampleTimeToLimit,
} from '../../support/decide-samples.ts';

function find(given: Partial<OverrunInput>) {
  return findOverruns({ forecasts: [], limits: [DISK_LIMIT], predictions: [], nowMs: NOW_MS, ...given });
}

const over = sampleForecast({ timeToLimit: [sampleTimeToLimit({ alreadyCrossed: true, currentValue: 101e9 })] });
const hit = samplePrediction({
  status: 'hit',
  madeAtMs: NOW_MS - 3 * DAY_MS,
  noticeMs: 3 * DAY_MS - HOUR_MS / 2,
  actualValue: 100.5e9,
});

describe('findOverruns', () => {
  it('finds a series that its newest forecast says is beyond the limit', () => {
    expect(find({ forecasts: [over] })).toMatchObject([
      { seriesId: 'series-disk', limitId: 'limit-disk', value: 101e9, sinceMs: NOW_MS },
    ]);
  });

  it('finds a prediction that came true until a forecast has seen what followed', () => {
    const before = sampleForecast();
    const after = sampleForecast({ watermarkMs: NOW_MS });

    expect(find({ predictions: [hit], forecasts: [before] })).toMatchObject([
      { value: 100.5e9, sinceMs: NOW_MS - HOUR_MS / 2 },
    ]);
    expect(find({ predictions: [hit], forecasts: [after] })).toEqual([]);
  });

  it('names a series once, whichever way it was found', () => {
    expect(find({ predictions: [hit], forecasts: [over] })).toHaveLength(1);
  });

  it.each([
    ['a forecast of a series that stopped', { forecasts: [{ ...over, watermarkMs: NOW_MS - 7 * DAY_MS }] }],
    ['a limit that was changed', { forecasts: [over], predictions: [hit], limits: [{ ...DISK_LIMIT, value: 200e9 }] }],
    ['a limit that was removed', { forecasts: [over], predictions: [hit], limits: [] }],
    ['a crossing of more than seven days ago', { predictions: [hit], nowMs: NOW_MS + 7 * DAY_MS }],
    [
      'a prediction that is open or was missed',
      { predictions: [samplePrediction(), samplePrediction({ status: 'missed' })] },
    ],
  ])('leaves out %s', (_, given) => {
    expect(find(given)).toEqual([]);
  });
});
