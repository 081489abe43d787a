import { expect, test } from 'vitest';
import {
  coverage,
  intervalScore,
  meanAbsolute,
  scoreMethod,
  seasonalUnit,
  smape,
} from '../../bench/forecast-scores.ts';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

test('sMAPE of hand-computed forecasts: 200/3 for twice the value, 200 for nothing, 0 for two zeros', () => {
  expect(smape(of(10), of(20))).toBeCloseTo(200 / 3, 12);
  expect(smape(of(10), of(0))).toBe(200);
  expect(smape(of(0, 4), of(0, 4))).toBe(0);
  expect(smape(of(10, 10), of(20, 10))).toBeCloseTo(100 / 3, 12);
});

test('the unit of MASE is the mean difference over a season', () => {
  expect(seasonalUnit(of(1, 5, 2, 8), 2)).toBe(2);
  expect(seasonalUnit(of(1, 5), 2)).toBeNaN();
});

test('an interval costs its width, and forty times what it misses by', () => {
  const forecast = { centre: of(5, 5, 5), lower: of(4, 4, 4), upper: of(6, 6, 6) };

  expect(intervalScore(of(5, 6, 4), forecast)).toBe(2);
  expect(intervalScore(of(5, 7, 2), forecast)).toBeCloseTo(2 + (40 * 1 + 40 * 2) / 3, 12);
  expect(coverage(of(5, 6, 7, 3).subarray(0, 3), forecast)).toBeCloseTo(2 / 3, 12);
});

test('a missing actual value is judged nowhere', () => {
  const actual = of(1, Number.NaN, 4);
  const forecast = { centre: of(1, 9, 4), lower: of(0, 8, 5), upper: of(2, 10, 6) };

  expect(meanAbsolute(actual, of(2, 9, 4))).toBe(0.5);
  expect(smape(actual, of(3, 9, 4))).toBe(50);
  expect(coverage(actual, forecast)).toBe(0.5);
  expect(intervalScore(actual, forecast)).toBe((2 + 1 + 40) / 2);
});

test('a perfect forecast scores zero', () => {
  const test = of(5, 6);
  const forecast = { centre: test, lower: test, upper: test };

  const scores = scoreMethod([{ train: of(1, 2, 3, 4), test, forecast }], 1);

  expect(scores).toEqual({ smape: 0, mase: 0, msis: 0, coverage95: 1 });
});

test('every series weighs the same, and one that repeats its season exactly has no MASE', () => {
  const forecast = { centre: of(1), lower: of(0), upper: of(2) };

  const scores = scoreMethod(
    [
      { train: of(1, 3), test: of(2), forecast },
      { train: of(1, 5), test: of(1), forecast },
      { train: of(7, 7), test: of(3), forecast },
    ],
    1,
  );

  expect(scores.mase).toBeCloseTo((1 / 2 + 0) / 2, 12);
  expect(scores.smape).toBeCloseTo((200 / 3 + 0 + 100) / 3, 12);
  expect(scores.coverage95).toBeCloseTo(2 / 3, 12);
});
