import { describe, expect, test } from 'vitest';
import { NAB_PROFILES, type NabFile, rowWorths, scoreNab, sigmoid, sweepNab } from '../../bench/nab-scorer.ts';

const PROFILES = [NAB_PROFILES.standard, NAB_PROFILES.lowFP, NAB_PROFILES.lowFN];

describe('the NAB scorer', () => {
  test.each(PROFILES)(
    'gives a detector that never fires 0 and one that fires first in every window 100: %o',
    (profile) => {
      const windows = [
        { first: 30, last: 39 },
        { first: 70, last: 75 },
      ];
      const nothing: NabFile = { scores: new Float64Array(100), windows };
      const perfect: NabFile = { scores: new Float64Array(100), windows };
      perfect.scores[30] = 1;
      perfect.scores[70] = 1;

      expect(scoreNab([nothing], profile, 1).score).toBe(0);
      expect(scoreNab([perfect], profile, 1).score).toBeCloseTo(100, 10);
      expect(sweepNab([perfect], profile)).toMatchObject({ threshold: 1, found: 2, falseAlarms: 0 });
    },
  );

  // 20 rows, 3 of them in probation; a window of rows 10 to 13; rows 2, 8, 11, 12 and 16 fire.
  // Row 11: y = −3/4, s = 2/(1 + e^−3.75) − 1 = 0.954045; in units of s(−1) = 0.986614 it is 0.966989.
  // Row 12 is worth less and does not count. Row 8 lies before any window: −1.
  // Row 16: y = (16 − 13)/(4 − 1) = 1, s = −0.986614. Row 2 is in probation.
  test('agrees with a file computed by hand', () => {
    const scores = new Float64Array(20);
    for (const row of [2, 8, 11, 12, 16]) scores[row] = 0.8;
    const file = { scores, windows: [{ first: 10, last: 13 }] };

    const standard = 0.9669895 + 0.11 * (-1 - 0.9866143);
    expect(scoreNab([file], NAB_PROFILES.standard, 0.8).score).toBeCloseTo((100 * (standard + 1)) / 2, 4);
    const lowFP = 0.9669895 + 0.22 * (-1 - 0.9866143);
    expect(scoreNab([file], NAB_PROFILES.lowFP, 0.8).score).toBeCloseTo((100 * (lowFP + 1)) / 2, 4);
    expect(scoreNab([file], NAB_PROFILES.lowFN, 0.8).score).toBeCloseTo((100 * (standard + 2)) / 3, 4);
    expect(scoreNab([file], NAB_PROFILES.standard, 0.8)).toMatchObject({ found: 1, falseAlarms: 2 });
  });

  test('fires at the threshold itself, and takes the first and the last row of a window for inside', () => {
    const { window } = rowWorths(20, [{ first: 10, last: 13 }]);

    expect([9, 10, 13, 14].map((row) => window[row])).toEqual([-1, 0, 0, -1]);
    const scores = new Float64Array(20);
    scores[13] = 0.5;
    const file = { scores, windows: [{ first: 10, last: 13 }] };
    expect(scoreNab([file], NAB_PROFILES.standard, 0.5).found).toBe(1);
    expect(scoreNab([file], NAB_PROFILES.standard, 0.500001).found).toBe(0);
  });

  test('does not score the first 15 per cent of a short file, nor more than 750 rows of a long one', () => {
    const none: never[] = [];

    expect(rowWorths(101, none).worth.findIndex((worth) => worth !== 0)).toBe(15);
    expect(rowWorths(20_000, none).worth.findIndex((worth) => worth !== 0)).toBe(750);
  });

  test('counts a row long after the last window in full', () => {
    const { worth } = rowWorths(100, [{ first: 30, last: 39 }]);

    expect(worth[39 + 27]).toBeCloseTo(sigmoid(3), 12);
    expect(worth[39 + 28]).toBe(-1);
    expect(worth[29]).toBe(-1);
  });

  test('sweeps one threshold over all files together', () => {
    const early = {
      scores: Float64Array.from({ length: 40 }, (_, i) => (i === 20 ? 0.9 : 0.1)),
      windows: [{ first: 20, last: 25 }],
    };
    const loud = {
      scores: Float64Array.from({ length: 40 }, (_, i) => (i === 10 ? 2 : 0.5)),
      windows: [{ first: 30, last: 35 }],
    };

    const swept = sweepNab([early, loud], NAB_PROFILES.standard);

    // Both windows at the price of the one loud row: 1 + 1 (row 30 fires at 0.5, with 25 others outside) is too dear.
    expect(swept.threshold).toBe(0.9);
    expect(swept.score).toBeCloseTo((100 * (1 - 0.11 + 1)) / 4, 10);
  });

  test('refuses a corpus without windows', () => {
    expect(() => scoreNab([{ scores: new Float64Array(9), windows: [] }], NAB_PROFILES.standard, 1)).toThrow(
      RangeError,
    );
  });
});
