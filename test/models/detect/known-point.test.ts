import { describe, expect, it } from 'vitest';
import { createKnownPoint } from '../../../models/detect/known-point.ts';
import { SLOT, STATE_FLOATS } from '../../../models/detect/seasonal-layout.ts';

function knowing(state: Float64Array) {
  const known = createKnownPoint();
  known.set(state, 60_000, 0, 0);
  return known;
}

describe('a known point', () => {
  it('is that point, in that state, as it was', () => {
    const state = new Float64Array(STATE_FLOATS);

    expect(knowing(state).is(state, 60_000, 0, 0)).toBe(true);
  });

  it.each([
    ['another time', 60_001, 0, 0],
    ['another value', 60_000, 1, 0],
    ['a zero of the other sign', 60_000, -0, 0],
    ['another shift of the season', 60_000, 0, 3_600_000],
  ])('is not one of %s', (_what, timestampMs, value, shiftMs) => {
    const state = new Float64Array(STATE_FLOATS);

    expect(knowing(state).is(state, timestampMs, value, shiftMs)).toBe(false);
  });

  it.each([SLOT.seenPoints, SLOT.lastMs, SLOT.base])('is not one of a state whose word %i has changed', (word) => {
    const state = new Float64Array(STATE_FLOATS);
    const known = knowing(state);
    state[word] = 7;

    expect(known.is(state, 60_000, 0, 0)).toBe(false);
  });

  it('is not one of another state with the same words', () => {
    expect(knowing(new Float64Array(STATE_FLOATS)).is(new Float64Array(STATE_FLOATS), 60_000, 0, 0)).toBe(false);
  });

  it('is none once it is forgotten', () => {
    const state = new Float64Array(STATE_FLOATS);
    const known = knowing(state);
    known.forget();

    expect(known.is(state, 60_000, 0, 0)).toBe(false);
  });
});
