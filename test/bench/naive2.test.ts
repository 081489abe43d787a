import { expect, test } from 'vitest';
import { naive2, naiveInterval } from '../../bench/naive2.ts';

test('a season of factors is taken off and put back on', () => {
  const train = Float64Array.from({ length: 40 }, (_, i) => 100 * [0.5, 1, 2, 0.5][i % 4]!);

  const path = naive2(train, 4, 6);

  path.forEach((value, h) => {
    expect(value).toBeCloseTo(100 * [0.5, 1, 2, 0.5][h % 4]!, 9);
  });
});

test('without a season that the test finds it is the last value', () => {
  const line = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7);

  expect([...naive2(line, 4, 3)]).toEqual([7, 7, 7]);
  expect([...naive2(line, 1, 2)]).toEqual([7, 7]);
  expect([...naive2(new Float64Array(30).fill(2), 4, 2)]).toEqual([2, 2]);
});

test('less than three seasons are no season', () => {
  expect([...naive2(Float64Array.of(1, 9, 1, 9, 1), 2, 2)]).toEqual([1, 1]);
});

test('where a value is zero the season is one of differences', () => {
  const train = Float64Array.from({ length: 40 }, (_, i) => [0, 3, 9, 0][i % 4]!);

  naive2(train, 4, 8).forEach((value, h) => {
    expect(value).toBeCloseTo([0, 3, 9, 0][h % 4]!, 9);
  });
});

test('gaps are bridged, and a series without a value is zero', () => {
  expect([...naive2(Float64Array.of(Number.NaN, 4, Number.NaN), 1, 2)]).toEqual([4, 4]);
  expect([...naive2(new Float64Array(0), 12, 2)]).toEqual([0, 0]);
});

test('the interval of the last value widens as that of a random walk', () => {
  const { centre, lower, upper } = naiveInterval(Float64Array.of(10, 13, 10, 13), 4);

  expect([...centre]).toEqual([13, 13, 13, 13]);
  expect(upper[0]! - 13).toBeCloseTo(1.96 * 3, 9);
  expect(upper[3]! - 13).toBeCloseTo(2 * 1.96 * 3, 9);
  expect(13 - lower[3]!).toBeCloseTo(2 * 1.96 * 3, 9);
  expect([...naiveInterval(new Float64Array(2).fill(Number.NaN), 1).upper]).toEqual([0]);
});
