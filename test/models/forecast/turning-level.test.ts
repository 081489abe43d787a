import { expect, test } from 'vitest';
import { turningLevel } from '../../../models/forecast/turning-level.ts';

/** Teeth of a hundred points whose tops are given; the last tooth is under way. */
function teethOf(tops: readonly number[]) {
  const values = Float64Array.from({ length: 100 * tops.length + 50 }, (_, i) => {
    const top = tops[Math.floor(i / 100)] ?? 70;
    return (top * ((i % 100) + 1)) / 100;
  });
  const turns = tops.map((top, k) => ({ index: 100 * (k + 1), settledIndex: 100 * (k + 1), size: -top }));
  return { values, turns };
}

test('equal teeth are turned at their top', () => {
  const { values, turns } = teethOf([70, 70, 70]);

  expect(turningLevel(values, turns, 'max')).toEqual({ level: 70, slope: 0, lapseProbability: 0.125 });
});

test('tops that come nearer to the bound do so in future, too', () => {
  const { values, turns } = teethOf([60, 65, 70, 75]);

  const turning = turningLevel(values, turns, 'max')!;

  expect(turning.slope).toBeCloseTo(0.05, 9);
  // The last top was at point 400 of 450.
  expect(turning.level).toBeCloseTo(75 + 0.05 * 49, 9);
});

test('tops that move away from the bound are not hoped to go on so', () => {
  const { values, turns } = teethOf([80, 75, 70, 65]);

  expect(turningLevel(values, turns, 'max')).toMatchObject({ slope: 0, level: 80 + 15 / 4 });
});

test('what is refilled again and again is turned from below', () => {
  const { values, turns } = teethOf([70, 70, 70]);
  const upsideDown = values.map((value) => 100 - value);
  const refills = turns.map((turn) => ({ ...turn, size: -turn.size }));

  expect(turningLevel(upsideDown, refills, 'min')).toMatchObject({ level: 30 });
  expect(turningLevel(upsideDown, refills, 'max')).toBeNull();
});

test('one turn is no habit', () => {
  const { values, turns } = teethOf([70]);

  expect(turningLevel(values, turns, 'max')).toBeNull();
});
