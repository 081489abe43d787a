import { describe, expect, test } from 'vitest';
import { learnCadence, learnHabits } from '../../../models/detect/seasonal-habits.ts';
import { SLOT, STATE_FLOATS } from '../../../models/detect/seasonal-layout.ts';
import { createPrediction } from '../../../models/detect/seasonal-predict.ts';

function cadenceAfter(stepsMs: readonly number[]): number {
  const state = new Float64Array(STATE_FLOATS);
  state[SLOT.seenPoints] = 1;
  let timestampMs = 0;
  for (const stepMs of stepsMs) {
    timestampMs += stepMs;
    learnCadence(state, timestampMs);
    state[SLOT.lastMs] = timestampMs;
    state[SLOT.seenPoints]! += 1;
  }
  return state[SLOT.stepMs]!;
}

function habitsAfter(values: readonly number[]): Float64Array {
  const state = new Float64Array(STATE_FLOATS);
  state[SLOT.seenPoints] = 1;
  state[SLOT.lastValue] = values[0]!;
  state[SLOT.raw] = values[0]!;
  for (const value of values.slice(1)) {
    learnHabits(state, value, 1, { ...createPrediction(), floor: 0.001 });
    state[SLOT.lastValue] = value;
    state[SLOT.seenPoints]! += 1;
  }
  return state;
}

describe('cadence', () => {
  test.each([
    ['is the first step at once', [15_000], 15_000, 1],
    ['is hardly moved by one gap of a week', [...Array(50).fill(60_000), 604_800_000], 60_000, 4000],
    [
      'follows for good within a hundred points',
      [...Array(50).fill(60_000), ...Array(100).fill(300_000)],
      300_000,
      4000,
    ],
    ['averages jitter', Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 50_000 : 70_000)), 60_000, 3000],
  ])('%s', (_, stepsMs, expected, tolerance) => {
    expect(Math.abs(cadenceAfter(stepsMs) - expected)).toBeLessThan(tolerance);
  });
});

describe('habits', () => {
  test('tell a constant from what always moves', () => {
    expect(habitsAfter(Array(2000).fill(5))[SLOT.moveShare]).toBe(0);
    expect(habitsAfter(Array.from({ length: 2000 }, (_, i) => i))[SLOT.moveShare]).toBeGreaterThan(0.95);
  });

  test('know how often a series is zero and how large its smallest value is', () => {
    const state = habitsAfter(Array.from({ length: 2000 }, (_, i) => (i % 10 === 0 ? 3 + (i % 7) : 0)));

    expect(state[SLOT.zeroShare]).toBeGreaterThan(0.85);
    expect(state[SLOT.zeroShare]).toBeLessThan(0.95);
    expect(state[SLOT.quantum]).toBe(3);
  });

  test('follow the series without any season', () => {
    const state = habitsAfter(Array.from({ length: 500 }, (_, i) => 10 * i));

    expect(4990 - state[SLOT.raw]!).toBeLessThan(30);
  });
});
