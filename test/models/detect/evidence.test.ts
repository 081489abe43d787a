import { describe, expect, test } from 'vitest';
import type { Detector } from '../../../models/detect/detector.ts';
import { noteEvidence, noteLearned, readEvidence, WATCH_FLOATS } from '../../../models/detect/evidence.ts';
import { createDetector } from '../../../models/detect/registry.ts';
import { runDetector } from '../../support/detector-run.ts';
import { generateSeries, MONDAY_MS, WELL_BEHAVED } from '../../support/generated-series.ts';

const SHAPE = WELL_BEHAVED['normal noise on a daily and weekly wave']!;

function saying(components: readonly string[], shares: readonly number[]): Detector {
  return {
    ...createDetector('seasonal-robust'),
    components,
    attribute: (_state, _time, _value, out) => out.set(shares),
  };
}

function noted(detector: Detector, watch = new Float64Array(WATCH_FLOATS)) {
  noteLearned(watch, MONDAY_MS);
  noteEvidence(
    watch,
    detector,
    new Float64Array(detector.stateFloats),
    { timestampMs: MONDAY_MS + 60_000, value: 9 },
    40,
  );
  return readEvidence(watch, detector.components);
}

describe('evidence', () => {
  test('says what the model had learned, and who found the point unusual, largest share first', () => {
    expect(noted(saying(['level', 'pair', 'shape'], [0.25, 0, 0.75]))).toEqual({
      samples: 40,
      trainedToMs: MONDAY_MS,
      attribution: [
        { component: 'shape', share: 0.75 },
        { component: 'level', share: 0.25 },
      ],
    });
  });

  test('names nobody where the detector does not say', () => {
    const { name, version, stateFloats, weekKnownMs, init, score, learn } = createDetector('seasonal-robust');

    expect(noted({ name, version, stateFloats, weekKnownMs, init, score, learn }).attribution).toEqual([]);
  });

  test('of a later point replaces that of an earlier one', () => {
    const watch = new Float64Array(WATCH_FLOATS);
    noted(saying(['level', 'pair'], [0.5, 0.5]), watch);

    expect(noted(saying(['level', 'pair'], [1, 0]), watch).attribution).toEqual([{ component: 'level', share: 1 }]);
  });

  test('survives that its words are copied as numbers', () => {
    const watch = new Float64Array(WATCH_FLOATS);
    const before = noted(
      saying(
        ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
        [1, 2, 3, 4, 5, 6, 7, 8].map((x) => x / 36),
      ),
      watch,
    );

    expect(readEvidence(Float64Array.from(watch), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])).toEqual(before);
    expect(before.attribution).toHaveLength(8);
  });
});

describe('the seasonal robust detector', () => {
  const detector = createDetector('seasonal-robust');
  const series = generateSeries({ shape: SHAPE, seed: 3, stepMs: 300_000, days: 10 });

  test.each([
    ['a spike is due to the value itself', 1e4, 'value'],
    ['a zero where there never is one is due to its distance, as long as it is the first', 0, 'value'],
  ] as const)('%s', (_, value, component) => {
    const { state } = runDetector(detector, series);
    const shares = new Float64Array(8);

    detector.attribute!(state, series.at(-1)!.timestampMs + 300_000, value, shares);

    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(detector.components![shares.indexOf(Math.max(...shares))]).toBe(component);
  });

  test('says of a zero that comes again that it comes again', () => {
    const { state } = runDetector(detector, series);
    const lastMs = series.at(-1)!.timestampMs;
    detector.learn(state, lastMs + 300_000, 0);
    const shares = new Float64Array(8);

    detector.attribute!(state, lastMs + 600_000, 0, shares);

    expect(shares[detector.components!.indexOf('repeated_zero')]).toBeGreaterThan(0);
  });
});
