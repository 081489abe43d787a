import { expect, test } from 'vitest';
import { MOST_COMPONENTS } from '../../../models/detect/detector.ts';
import {
  ENSEMBLE_COMPONENTS,
  ENSEMBLE_FLOATS,
  MORE,
  SIZES,
  sketchesOf,
} from '../../../models/detect/ensemble-layout.ts';
import { STATE_FLOATS } from '../../../models/detect/seasonal-layout.ts';

test('the words of the ensemble lie behind those of the season, and its sketches behind them', () => {
  const state = new Float64Array(ENSEMBLE_FLOATS + 2).subarray(1, 1 + ENSEMBLE_FLOATS);

  sketchesOf(state).fill(1);

  expect(Math.min(...Object.values(MORE))).toBe(STATE_FLOATS);
  expect(state.subarray(0, MORE.units + SIZES).every((word) => word === 0)).toBe(true);
  expect(state.subarray(MORE.units + SIZES).every((word) => word !== 0)).toBe(true);
});

test('the state is at most 4 KB, and an anomaly keeps the share of each component', () => {
  expect(ENSEMBLE_FLOATS * 8).toBeLessThanOrEqual(4096);
  expect(ENSEMBLE_COMPONENTS.length).toBeLessThanOrEqual(MOST_COMPONENTS);
});

test('a state that is too short is refused', () => {
  expect(() => sketchesOf(new Float64Array(ENSEMBLE_FLOATS - 1))).toThrow(RangeError);
});
