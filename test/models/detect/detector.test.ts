import { describe, expect, test } from 'vitest';
import { createScoreOut, MISSING } from '../../../models/detect/detector.ts';
import { createDetector, DEFAULT_DETECTOR, DETECTORS } from '../../../models/detect/registry.ts';
import { describeDetector } from './detector.contract.ts';

for (const [name, create] of Object.entries(DETECTORS)) describeDetector(name, create);

describe('registry of detectors', () => {
  test('knows the default', () => {
    expect(createDetector(DEFAULT_DETECTOR).name).toBe(DEFAULT_DETECTOR);
  });

  test('fails when the name is unknown', () => {
    expect(() => createDetector('oracle')).toThrow(
      'detector: name must be one of seasonal-robust, ensemble, got oracle',
    );
    expect(() => createDetector('toString')).toThrow(RangeError);
  });

  test('fails when the time zone is unknown', () => {
    expect(() => createDetector(DEFAULT_DETECTOR, { timeZone: 'Moon/Base' })).toThrow(RangeError);
  });
});

test('an empty answer says nothing', () => {
  expect(createScoreOut()).toEqual({
    kind: MISSING,
    score: 0,
    goesOn: false,
    lower: 0,
    expected: 0,
    upper: 0,
    seenPoints: 0,
    neededPoints: 0,
  });
});
