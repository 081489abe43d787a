import { expect, test } from 'vitest';
import { dayMoves, daysOfHours, movedChanges } from '../../../models/forecast/day-moves.ts';

const near = { centre: Float64Array.of(10, 10), below: Float64Array.of(1, 1), above: Float64Array.of(1, 1) };
/** Eleven values from middle − width to middle + width. */
const spread = (middle: number, width: number) =>
  Float64Array.from({ length: 11 }, (_, k) => middle + ((k - 5) / 5) * width);

test('near the hours days are moved onto the centre, later half the way, beyond the backtest less', () => {
  const drawn = Array.from({ length: 60 }, () => spread(20, 100));
  const { plus, times } = dayMoves({ drawn, near, centre: new Float64Array(60).fill(10), backtestDays: 14 });
  const middleOf = (day: number): number => 20 * times[day]! + plus[day]!;

  expect(middleOf(2)).toBeCloseTo(20 - 10 * 0.75);
  expect(middleOf(10)).toBeCloseTo(15, 1);
  expect(middleOf(55)).toBeCloseTo(20 - 10 * 0.5 * (14 / 56));
  expect(plus[399]).toBe(plus[59]);
});

test('futures that are sure of themselves are hardly moved, but for the joint', () => {
  const drawn = Array.from({ length: 20 }, () => spread(20, 1));
  const { plus, times } = dayMoves({ drawn, near, centre: new Float64Array(20).fill(10), backtestDays: 14 });

  // p10 and p90 lie 0.8 from the middle.
  expect(20 * times[13]! + plus[13]!).toBeCloseTo(20 - 0.25 * 0.8, 1);
});

test('the width grows or shrinks from that of the hours to that of the futures', () => {
  const drawn = Array.from({ length: 10 }, () => spread(10, 5));
  const { times } = dayMoves({ drawn, near, centre: new Float64Array(10).fill(10), backtestDays: 14 });

  // 80 % of the hours lie within 2, of the drawn days within 8: a quarter, the root of that a day later, and so on.
  expect(times[2]).toBeCloseTo(Math.sqrt(1 / 4));
  expect(times[3]).toBeCloseTo((1 / 4) ** 0.25);
  expect(times[9]).toBeCloseTo(1, 1);
});

test('days without any width are moved as they are', () => {
  const drawn = Array.from({ length: 5 }, () => new Float64Array(11).fill(7));
  const { times, plus } = dayMoves({ drawn, near, centre: new Float64Array(5).fill(7), backtestDays: 14 });

  expect([...times, ...plus].every(Number.isFinite)).toBe(true);
  expect(plus[2]! + 7 * times[2]!).toBeCloseTo(7);
});

test('errors that are forgotten within the hour hardly move the mean of a day', () => {
  const hours = {
    centre: new Float64Array(48),
    below: new Float64Array(48).fill(1),
    above: new Float64Array(48).fill(2),
  };
  const [fast, slow] = [0, 0.95].map((autocorrelation) =>
    daysOfHours({ ...hours, memory: { persistence: 0, autocorrelation } }),
  );

  expect(fast!.below[1]).toBeCloseTo(1 / Math.sqrt(24));
  expect(slow!.below[1]!).toBeGreaterThan(0.7);
  expect(slow!.above[1]!).toBeCloseTo(2 * slow!.below[1]!);
});

test('what the calendar changes is changed first, and moved then', () => {
  const one = (value: number) => Float64Array.of(value);
  const changes = { times: one(2), plus: one(1), doubt: one(3), highest: one(4), lowest: one(5) };

  const moved = movedChanges(changes, { times: one(10), plus: one(7) });

  // (2 · x + 1) · 10 + 7.
  expect(moved).toEqual({ times: one(20), plus: one(17), doubt: one(30), highest: one(4), lowest: one(5) });
});
