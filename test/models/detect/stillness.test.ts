import { describe, expect, test } from 'vitest';
import { isStill, learnStillness, STILLNESS_FLOATS } from '../../../models/detect/stillness.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function after(values: readonly number[]): boolean {
  const state = new Float64Array(STILLNESS_FLOATS);
  for (const value of values) learnStillness(state, value);
  return isStill(state);
}

const random = createRandom(3);
const repeat = (length: number, value: (i: number) => number): number[] => Array.from({ length }, (_, i) => value(i));

describe('a still series', () => {
  test.each([
    ['a constant', repeat(50, () => 7), true],
    ['zeros', repeat(50, () => 0), true],
    ['a constant with rounding', repeat(50, () => 0.3 * (1 + 1e-12 * random.normal())), true],
    ['the start time of a process', repeat(50, (i) => 1_700_000_000 + i * 60), true],
    ['a constant that has moved once', [...repeat(200, () => 7), ...repeat(5, () => 9)], true],
    ['noise of a thousandth', repeat(50, () => 50 + 0.05 * random.normal()), false],
    ['a constant that begins to move', [...repeat(200, () => 7), ...repeat(20, (i) => 7 + i)], false],
    ['a count that comes and goes', repeat(50, (i) => i % 5), false],
    ['nothing yet', [], true],
  ])('%s: %s', (_what, values, expected) => {
    expect(after(values)).toBe(expected);
  });
});
