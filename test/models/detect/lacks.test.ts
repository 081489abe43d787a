import { describe, expect, test } from 'vitest';
import { seriesLacks } from '../../../models/detect/lacks.ts';

const DAY_MS = 86_400_000;
const series = (days: number, learnedPoints: number, neededPoints: number) =>
  seriesLacks({
    learnedPoints,
    neededPoints,
    firstSampleMs: DAY_MS,
    lastSampleMs: DAY_MS * (1 + days),
    weekKnownMs: 9 * DAY_MS,
  });

describe('what a series lacks', () => {
  test.each([
    [
      'in its first hours both',
      0.25,
      72,
      288,
      { warming: { seenPoints: 72, neededPoints: 288 }, weeklySeasonDays: 8.8, peers: 0 },
    ],
    ['once it is judged only the week', 2, 576, 0, { warming: null, weeklySeasonDays: 7, peers: 0 }],
    ['with the last point that was needed no points', 1, 288, 288, { warming: null, weeklySeasonDays: 8, peers: 0 }],
    [
      'slow data may go on for long',
      20,
      20,
      72,
      { warming: { seenPoints: 20, neededPoints: 72 }, weeklySeasonDays: null, peers: 0 },
    ],
    ['after nine days nothing', 9, 2_592, 0, null],
  ] as const)('%s', (_, days, learned, needed, lacks) => {
    expect(series(days, learned, needed)).toEqual(lacks);
  });

  test('is a history better than that of its peers, for as long as it is judged by them', () => {
    const times = { firstSampleMs: 0, lastSampleMs: 10 * DAY_MS, weekKnownMs: 9 * DAY_MS };

    expect(seriesLacks({ learnedPoints: 2_880, neededPoints: 0, ...times, peers: 12 })).toEqual({
      warming: null,
      weeklySeasonDays: null,
      peers: 12,
    });
  });
});
