import { describe, expect, test } from 'vitest';
import { explainEpisode, formatDuration } from '../../../models/detect/explain.ts';

const SPIKE = {
  type: 'spike',
  actual: 93.21,
  expected: 52.04,
  lower: 41.2,
  upper: 62.9,
  points: 1,
  startedAtMs: 0,
  lastAtMs: 0,
} as const;

describe('the sentence of an anomaly', () => {
  test.each([
    [SPIKE, 'Rose to 93.2 where 52 was expected (41.2 to 62.9)'],
    [
      { ...SPIKE, points: 7, lastAtMs: 1_800_000 },
      'Rose to 93.2 where 52 was expected (41.2 to 62.9), 7 anomalous points in 30 min',
    ],
    [{ ...SPIKE, type: 'dip', actual: 0 }, 'Dropped to 0 where 52 was expected (41.2 to 62.9)'],
    [
      { ...SPIKE, type: 'level_shift', actual: 1.5e9, points: 24, lastAtMs: 7_200_000 },
      'Moved up and stayed there, at most 1.5 G where 52 was expected (41.2 to 62.9), 24 anomalous points in 2 h',
    ],
    [
      { ...SPIKE, type: 'level_shift', actual: 3, points: 2, lastAtMs: 60_000 },
      'Moved down and stayed there, at least 3 where 52 was expected (41.2 to 62.9), 2 anomalous points in 1 min',
    ],
  ] as const)('%#: says what was seen and what was expected', (anomaly, sentence) => {
    expect(explainEpisode(anomaly)).toBe(sentence);
  });
});

describe('a length of time', () => {
  test.each([
    [0, '0 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [12_000_000, '3 h 20 min'],
    [86_400_000, '1 d'],
    [187_200_000, '2 d 4 h'],
  ])('of %i ms is %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });
});
