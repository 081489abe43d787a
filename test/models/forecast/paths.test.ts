import { expect, test } from 'vitest';
import { quantilePath } from '../../../models/forecast/paths.ts';

const band = { centre: Float64Array.of(1, -1), below: Float64Array.of(3, 1), above: Float64Array.of(2, 4) };

test('a band becomes quantiles in order', () => {
  expect(quantilePath(band, { startMs: 5, stepMs: 2, nonNegative: false })).toEqual({
    startMs: 5,
    stepMs: 2,
    p10: [-2, -2],
    p50: [1, -1],
    p90: [3, 3],
  });
});

test('nothing falls below zero where nothing ever did', () => {
  const path = quantilePath(band, { startMs: 5, stepMs: 2, nonNegative: true });

  expect([path.p10, path.p50, path.p90]).toEqual([
    [0, 0],
    [1, 0],
    [3, 3],
  ]);
});
