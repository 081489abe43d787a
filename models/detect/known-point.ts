import { SLOT } from './seasonal-layout.ts';

/** The point whose assessment a detector has at hand. */
export interface KnownPoint {
  /** Whether it is this very point, and the state has learned nothing since. */
  is(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): boolean;
  set(state: Float64Array, timestampMs: number, value: number, seasonShiftMs: number): void;
  /** The state has changed. */
  forget(): void;
}

/**
 * Known point: remembers of which point, in which state, something has been worked out.
 *
 * Used by detectors: a point is scored and learned one after the other, and both need the same of it.
 *
 * Definition: the same view of a state, whose words that change with every point and every shift are as they were; the
 *             same time, value and shift of the season.
 * Cost:       O(1), no allocation.
 * Throws:     never.
 *
 * @example
 * createKnownPoint().is(new Float64Array(9), 0, 1, 0) // => false
 */
export function createKnownPoint(): KnownPoint {
  let known: Float64Array | undefined;
  let atMs = 0;
  let ofValue = 0;
  let shiftMs = 0;
  let points = 0;
  let lastMs = 0;
  let base = 0;
  return {
    is(state, timestampMs, value, seasonShiftMs) {
      return (
        state === known &&
        timestampMs === atMs &&
        Object.is(value, ofValue) &&
        seasonShiftMs === shiftMs &&
        state[SLOT.seenPoints] === points &&
        state[SLOT.lastMs] === lastMs &&
        state[SLOT.base] === base
      );
    },
    set(state, timestampMs, value, seasonShiftMs) {
      known = state;
      atMs = timestampMs;
      ofValue = value;
      shiftMs = seasonShiftMs;
      points = state[SLOT.seenPoints]!;
      lastMs = state[SLOT.lastMs]!;
      base = state[SLOT.base]!;
    },
    forget() {
      known = undefined;
    },
  };
}
