import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nudgeCircular, readCircular } from '../../../models/numeric/circular-profile.ts';

const BINS = { from: 2, count: 4 };
const phases = fc.double({ min: 0, max: 0.999_999, noNaN: true });

describe('profile that goes round', () => {
  test('interpolates between the centres of bins, across the seam too', () => {
    const values = Float32Array.of(99, 99, 0, 10, 20, 30, 99);

    expect(readCircular(values, BINS, 0.125)).toBe(0);
    expect(readCircular(values, BINS, 0.25)).toBe(5);
    expect(readCircular(values, BINS, 0.875)).toBe(30);
    expect(readCircular(values, BINS, 0)).toBe(15);
  });

  test('a nudge moves the value at its phase by just that much, and nothing outside its bins', () => {
    fc.assert(
      fc.property(phases, fc.integer({ min: -100, max: 100 }), (phase, change) => {
        const values = Float32Array.of(99, 99, 1, 2, 3, 4, 99);
        const before = readCircular(values, BINS, phase);

        nudgeCircular(values, BINS, phase, change);

        expect(readCircular(values, BINS, phase)).toBeCloseTo(before + change, 3);
        expect([values[0], values[1], values[6]]).toEqual([99, 99, 99]);
      }),
    );
  });

  test('repeated nudges towards a shape learn it', () => {
    const bins = { from: 0, count: 24 };
    const values = new Float32Array(24);
    const shape = (phase: number) => Math.sin(2 * Math.PI * phase);
    for (let i = 0; i < 20_000; i++) {
      const phase = (i * 0.618_034) % 1;
      nudgeCircular(values, bins, phase, 0.1 * (shape(phase) - readCircular(values, bins, phase)));
    }

    for (let phase = 0; phase < 1; phase += 0.01)
      expect(readCircular(values, bins, phase)).toBeCloseTo(shape(phase), 1);
  });

  test('with reach no bin near a sparse point is left behind', () => {
    const values = new Float32Array(8);

    nudgeCircular(values, { from: 0, count: 8 }, 0.5, 4, 1);

    expect([...values]).toEqual([0, 0, 4, 4, 4, 4, 0, 0]);
  });

  test('stays finite', () => {
    const values = new Float32Array(4);

    for (let i = 0; i < 10; i++) nudgeCircular(values, { from: 0, count: 4 }, 0.3, 3e38);

    expect(values.every(Number.isFinite)).toBe(true);
  });
});
