import { describe, expect, test } from 'vitest';
import { SLOT, STATE_FLOATS } from '../../../models/detect/seasonal-layout.ts';
import { createPrediction } from '../../../models/detect/seasonal-predict.ts';
import { DOUBT, followAnomaly, returnToOtherLevel } from '../../../models/detect/seasonal-shift.ts';

const STEP_MS = 300_000;

function follow(state: Float64Array, offsets: readonly number[], startMs = 0, stepMs = STEP_MS): number[] {
  return offsets.map((offset, i) =>
    followAnomaly(state, startMs + i * stepMs, offset !== 0, { ...createPrediction(), offset, residual: offset }),
  );
}

describe('level shift', () => {
  test('is accepted after two hours on one side, and the old level is kept', () => {
    const state = new Float64Array(STATE_FLOATS);
    state[SLOT.base] = 100;

    follow(state, Array(24).fill(50));
    expect(state[SLOT.base]).toBe(100);
    follow(state, [50], 24 * STEP_MS);

    expect(state[SLOT.base]).toBeCloseTo(150, 9);
    expect(state[SLOT.otherBase]).toBe(100);
    expect(state[SLOT.otherUntilMs]).toBeGreaterThan(24 * STEP_MS);
  });

  test('needs twelve points where points are hours apart', () => {
    const state = new Float64Array(STATE_FLOATS);

    follow(state, Array(11).fill(50), 0, 3_600_000);
    expect(state[SLOT.base]).toBe(0);
    follow(state, [50], 11 * 3_600_000, 3_600_000);

    expect(state[SLOT.base]).toBeCloseTo(50, 9);
  });

  test('is interrupted by three normal points, not by two', () => {
    const interrupted = (pause: number) => {
      const state = new Float64Array(STATE_FLOATS);
      follow(state, [...Array(15).fill(50), ...Array(pause).fill(0), ...Array(15).fill(50)]);
      return state[SLOT.base]!;
    };

    expect(interrupted(2)).toBeCloseTo(50, 9);
    expect(interrupted(3)).toBe(0);
  });

  test('of a long outage in several steps keeps the level before the first', () => {
    const state = new Float64Array(STATE_FLOATS);
    state[SLOT.base] = 100;

    follow(state, Array(25).fill(-60), 3_600_000_000);
    follow(state, Array(25).fill(-40), 3_600_000_000 + 30 * STEP_MS);

    expect(state[SLOT.base]).toBeCloseTo(0, 9);
    expect(state[SLOT.otherBase]).toBe(100);
  });

  test('is undone when the series returns', () => {
    const state = new Float64Array(STATE_FLOATS);
    state[SLOT.base] = 100;
    follow(state, Array(25).fill(50), 3_600_000_000);

    returnToOtherLevel(state, 3_700_000_000);

    expect(state[SLOT.base]).toBe(100);
    expect(state[SLOT.otherBase]).toBeCloseTo(150, 9);
  });
});

describe('belief', () => {
  test('is full in a normal point and small in an anomalous one', () => {
    expect(follow(new Float64Array(STATE_FLOATS), [0, 9, 0, -9])).toEqual([1, DOUBT, 1, DOUBT]);
  });

  test('returns when trouble on both sides lasts: a new regime', () => {
    const weights = follow(
      new Float64Array(STATE_FLOATS),
      Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 9 : -9)),
    );

    expect(weights.slice(0, 24).every((weight) => weight === DOUBT)).toBe(true);
    expect(weights.slice(24).every((weight) => weight === 1)).toBe(true);
  });
});
