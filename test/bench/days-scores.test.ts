import { expect, test } from 'vitest';
import { blockScore, meanScore } from '../../bench/days-scores.ts';

const band = { p10: [0, 0, 0], p50: [5, 5, 5], p90: [10, 10, 10] };

test('a band is judged on the known days of a block, in the unit of the window', () => {
  const actual = Float64Array.of(99, 5, Number.NaN, 99);
  expect(blockScore(band, actual, [2, 3], 2)).toEqual({ loss: (0.5 + 0 + 0.5) / 3 / 2, inside: 1, below: 0, above: 0 });
  expect(blockScore(band, actual, [3, 3], 2)).toBeUndefined();
});

test('a day outside counts on its side, and costs its distance', () => {
  const score = blockScore(band, Float64Array.of(20, -10), [1, 2], 1);
  expect(score).toMatchObject({ inside: 0, below: 0.5, above: 0.5 });
  expect(score?.loss).toBeCloseTo((2 + 7.5 + 9 + (9 + 7.5 + 2)) / 3 / 2);
});

test('the geometric mean is not ruled by the worst window', () => {
  const scores = [1, 1, 100].map((loss) => ({ loss, inside: 1, below: 0, above: 0 }));
  expect(meanScore(scores)).toMatchObject({ loss: 34, inside: 1 });
  expect(meanScore(scores).geometricLoss).toBeCloseTo(100 ** (1 / 3), 3);
});
