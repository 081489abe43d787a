import { describe, expect, it } from 'vitest';
import { anomalyTitle, predictionTitle } from '../../../models/decide/issue-title.ts';
import { DISK_LIMIT, sampleAnomaly, samplePrediction } from '../../support/decide-samples.ts';

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

  it("takes the claim's own words where the limit is gone, and has none where nothing is left", () => {
    expect(predictionTitle('db', [samplePrediction()], [], undefined)).toBe(
      'db: data disk will reach 93.1 GiB about 10 Nov 2026',
    );
    expect(predictionTitle('db', [], [], undefined)).toBeUndefined();
    expect(predictionTitle('db', [], [], DISK_LIMIT)).toBeUndefined();
  });
});
