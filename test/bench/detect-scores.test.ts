import { expect, test } from 'vitest';
import { DEFAULT_THRESHOLD, scoreSeries } from '../../bench/detect-scores.ts';
import { createDetector, DEFAULT_DETECTOR } from '../../models/detect/registry.ts';
import { freshState, runDetector } from '../support/detector-run.ts';
import { generateSeries, MONDAY_MS, WELL_BEHAVED } from '../support/generated-series.ts';

const detector = createDetector(DEFAULT_DETECTOR);
const points = generateSeries({
  shape: WELL_BEHAVED['normal noise on a daily and weekly wave']!,
  seed: 5,
  stepMs: 300_000,
  days: 3,
});
const columns = {
  timestampsMs: Float64Array.from(points, ({ timestampMs }) => timestampMs),
  values: Float64Array.from(points, ({ value }) => value),
};

test('scores are those of the product, and 0 where it does not score yet', () => {
  const { scores } = runDetector(detector, points, freshState(detector));

  expect(columns.timestampsMs[0]).toBe(MONDAY_MS);
  expect([...scoreSeries(detector, columns).scores]).toEqual(scores.map(({ kind, score }) => (kind === 1 ? score : 0)));
});

test('no row knows of those after it', () => {
  const half = points.length / 2;
  const begun = { timestampsMs: columns.timestampsMs.slice(0, half), values: columns.values.slice(0, half) };

  expect([...scoreSeries(detector, begun).scores]).toEqual([
    ...scoreSeries(detector, columns).scores.subarray(0, half),
  ]);
});

test('a row at which an anomaly opens is told of, and no other', () => {
  const values = columns.values.map((value, row) => (row >= 800 && row < 806 ? value + 400 : value));
  const { told } = scoreSeries(detector, { ...columns, values });

  expect([...told.keys()].filter((row) => told[row]! >= DEFAULT_THRESHOLD)).toEqual([800]);
});

test('the default threshold lies just above 1', () => {
  expect(1 >= DEFAULT_THRESHOLD).toBe(false);
  expect(1.0000001 >= DEFAULT_THRESHOLD).toBe(true);
});
