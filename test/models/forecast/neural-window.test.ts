import { describe, expect, it } from 'vitest';
import { featureCount, neuralWindow } from '../../../models/forecast/neural-window.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const LAYOUT = { seasonPoints: 24, windowPoints: 168, horizonPoints: 48 };

function busyWeek(seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: 200 }, (_, hour) => 50 + 20 * Math.sin((hour / 12) * Math.PI) + random.normal());
}

describe('a window of the neural model', () => {
  it('has the features that are counted, all finite', () => {
    const window = neuralWindow(busyWeek(1), 180, LAYOUT)!;

    expect(window.features).toHaveLength(featureCount(LAYOUT));
    expect(window.features.every(Number.isFinite)).toBe(true);
    expect(window.base).toHaveLength(48);
  });

  it('does not see the unit or the level of its series', () => {
    const values = busyWeek(2);
    const plain = neuralWindow(values, 170, LAYOUT)!;
    const moved = neuralWindow(
      values.map((value) => 1024 * value - 4096),
      170,
      LAYOUT,
    )!;

    for (const [i, feature] of moved.features.entries()) expect(feature).toBeCloseTo(plain.features[i]!, 4);
    expect(moved.unit / plain.unit).toBeCloseTo(1024, 6);
    expect(moved.base[3]!).toBeCloseTo(1024 * plain.base[3]! - 4096, 6);
  });

  it('sees only what lies before its end, and at most one window of it', () => {
    const values = busyWeek(3);
    const plain = neuralWindow(values, 180, LAYOUT)!;
    values.fill(1e9, 180);
    values.fill(-1e9, 0, 12);

    expect(neuralWindow(values, 180, LAYOUT)).toEqual(plain);
  });

  it('starts from the mean of yesterday and of a week ago', () => {
    const values = Float64Array.from({ length: 168 }, (_, hour) => hour);
    const { base } = neuralWindow(values, 168, LAYOUT)!;

    expect(base[0]).toBe((144 + 0) / 2);
    expect(base[25]).toBe((145 + 25) / 2);
  });

  it('is none where all values are the same, be it but for rounding', () => {
    const third = Float64Array.from({ length: 168 }, (_, i) => (i % 2 === 0 ? 1e6 / 3 : 1e6 / 3 + 1e-10));

    expect(neuralWindow(new Float64Array(168), 168, LAYOUT)).toBeNull();
    expect(neuralWindow(third, 168, LAYOUT)).toBeNull();
  });

  it('bounds what one spike tells, and holds at the largest magnitudes', () => {
    const values = busyWeek(4).map((value) => 1e60 * value);
    values[150] = 1e64;
    const { features } = neuralWindow(values, 170, LAYOUT)!;

    expect(Math.max(...features.map(Math.abs))).toBeLessThanOrEqual(8);
    expect(features.every(Number.isFinite)).toBe(true);
  });

  it('refuses an end with less than a window before it', () => {
    expect(() => neuralWindow(new Float64Array(200), 167, LAYOUT)).toThrow(RangeError);
  });
});
