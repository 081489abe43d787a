import { describe, expect, test } from 'vitest';
import { DAY_BINS, profilesOf, SLOT, STATE_FLOATS } from '../../../models/detect/seasonal-layout.ts';
import { createPrediction, predict } from '../../../models/detect/seasonal-predict.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { MONDAY_MS } from '../../support/generated-series.ts';

const STEP_MS = 300_000;
const utc = () => 0;

/** A series at level 100, spread 2, that always moves, seen last at the given time. */
function knownState(lastMs: number): Float64Array {
  const state = new Float64Array(STATE_FLOATS);
  state[SLOT.firstMs] = lastMs - 1000 * DAY_MS;
  state[SLOT.lastMs] = lastMs;
  state[SLOT.stepMs] = STEP_MS;
  state[SLOT.base] = 100;
  state[SLOT.scale] = 2;
  state[SLOT.longScale] = 5;
  state[SLOT.moveShare] = 1;
  return state;
}

function predicted(state: Float64Array, timestampMs: number, value: number, utcOffset: (ms: number) => number = utc) {
  const out = createPrediction();
  predict(state, profilesOf(state), utcOffset, timestampMs, value, out);
  return out;
}

describe('prediction', () => {
  test('is level plus season plus what carries over of the last offset', () => {
    const state = knownState(MONDAY_MS);
    profilesOf(state).fill(10, DAY_BINS.from, DAY_BINS.from + DAY_BINS.count);
    state[SLOT.local] = 4;
    state[SLOT.localCovariance] = 3;
    state[SLOT.localVariance] = 6;

    const { expected, residual, offset, carry } = predicted(state, MONDAY_MS + STEP_MS, 120);

    expect(carry).toBe(0.5);
    expect(expected).toBe(112);
    expect(residual).toBe(8);
    expect(offset).toBe(10);
  });

  test('reads the day by the local clock', () => {
    const state = knownState(MONDAY_MS);

    expect(predicted(state, MONDAY_MS + 6 * HOUR_MS, 100).dayPhase).toBeCloseTo(0.25, 9);
    expect(predicted(state, MONDAY_MS + 6 * HOUR_MS, 100, () => 2 * HOUR_MS).dayPhase).toBeCloseTo(8 / 24, 9);
    expect(predicted(state, MONDAY_MS + HOUR_MS, 100).weekPhase).toBeCloseTo(1 / 168, 9);
  });

  test('after a gap forgets the last offset and is less sure, the longer the less', () => {
    const state = knownState(MONDAY_MS);
    state[SLOT.local] = 10;
    state[SLOT.localCovariance] = 9;
    state[SLOT.localVariance] = 10;

    const [next, hour, week] = [STEP_MS, HOUR_MS, 7 * DAY_MS].map((ms) => predicted(state, MONDAY_MS + ms, 100));

    expect([next!.afterGap, hour!.afterGap, week!.afterGap]).toEqual([false, true, true]);
    expect(next!.expected).toBeCloseTo(109, 9);
    expect(week!.expected).toBeCloseTo(100, 6);
    expect(hour!.scale).toBeGreaterThan(next!.scale);
    expect(week!.scale).toBeGreaterThan(hour!.scale);
  });

  test('is less sure at an edge of the season than away from it', () => {
    const state = knownState(MONDAY_MS);
    profilesOf(state).fill(60, DAY_BINS.from + 36, DAY_BINS.from + 68); // nine to five

    const atEdge = predicted(state, MONDAY_MS + 9 * HOUR_MS, 100);
    const inside = predicted(state, MONDAY_MS + 12 * HOUR_MS, 100);

    expect(inside.edge).toBe(0);
    expect(atEdge.scale).toBeGreaterThan(5 * 2);
    expect(predicted(state, MONDAY_MS + STEP_MS, 100).scale).toBeCloseTo(2, 2);
  });

  test.each([
    ['that never moved', 0, 0, 100, 0.51],
    ['that always moves', 1, 0, 100, 0.01],
    ['of sparse counts', 0, 0.9, 1, 0.7],
  ])('measures a series %s with a smallest scale', (_, moveShare, zeroShare, base, floor) => {
    const state = knownState(MONDAY_MS);
    state[SLOT.base] = base;
    state[SLOT.moveShare] = moveShare;
    state[SLOT.zeroShare] = zeroShare;
    state[SLOT.quantum] = 1;

    expect(predicted(state, MONDAY_MS + STEP_MS, base).floor).toBeCloseTo(floor, 6);
  });
});
