import { describe, expect, it } from 'vitest';
import { anomalyTitle, predictionTitle } from '../../../models/decide/issue-title.ts';
import { DISK_LIMIT, NOW_MS, sampleAnomaly, samplePrediction } from '../../support/decide-samples.ts';

describe('anomalyTitle', () => {
  it('says what is wrong with which service', () => {
    expect(anomalyTitle('api', [sampleAnomaly({ type: 'missing' })])).toBe('api: request_latency_ms without data');
    expect(anomalyTitle('api', [sampleAnomaly({ labels: [], type: 'dip' })])).toBe('api: a series lower than expected');
  });

  it('fails when there is nothing to speak of', () => {
    expect(() => anomalyTitle('api', [])).toThrow(RangeError);
  });
});

describe('predictionTitle', () => {
  it('speaks of falling where the limit is a minimum', () => {
    const limit = { ...DISK_LIMIT, bound: 'min', value: 0.1, unit: 'ratio', title: 'free inodes' } as const;

    expect(predictionTitle('db', [samplePrediction()], [], limit)).toBe(
      'db: free inodes will fall to 10 % about 10 Nov 2026',
    );
  });

  it('tells those that are beyond the limit from those that will be', () => {
    const overrun = { limitId: DISK_LIMIT.limitId, seriesId: 'full', labels: [], value: 1, sinceMs: NOW_MS };
    const open = [samplePrediction(), samplePrediction({ seriesId: 'full' })];

    expect(predictionTitle('db', open, [overrun], DISK_LIMIT)).toBe(
      'db: data disk at or above 93.1 GiB, 1 more will reach it about 10 Nov 2026',
    );
    expect(predictionTitle('db', [], [overrun, { ...overrun, seriesId: 'fuller' }], DISK_LIMIT)).toBe(
      'db: data disk (2 series) at or above 93.1 GiB',
    );
  });

  it("takes the claim's own words where the limit is gone, and has none where nothing is left", () => {
    expect(predictionTitle('db', [samplePrediction()], [], undefined)).toBe(
      'db: data disk will reach 93.1 GiB about 10 Nov 2026',
    );
    expect(predictionTitle('db', [], [], undefined)).toBeUndefined();
    expect(predictionTitle('db', [], [], DISK_LIMIT)).toBeUndefined();
  });
});
