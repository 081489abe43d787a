import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COUNTER_RATE_FLOATS, counterRate } from '../../../models/detect/counter-rate.ts';

const MINUTE_MS = 60_000;

function ratesOf(samples: readonly (readonly [minute: number, value: number])[]): number[] {
  const state = new Float64Array(COUNTER_RATE_FLOATS);
  return samples.map(([minute, value]) => counterRate(state, minute * MINUTE_MS, value));
}

describe('rate of a counter', () => {
  test.each([
    ['a first sample has no rate', [[0, 500]], [Number.NaN]],
    [
      'an increase is divided by the time it took',
      [
        [0, 0],
        [1, 60],
        [3, 300],
      ],
      [Number.NaN, 1, 2],
    ],
    [
      'no increase is a rate of zero',
      [
        [5, 7],
        [6, 7],
      ],
      [Number.NaN, 0],
    ],
    [
      'a restart hides what was counted before it',
      [
        [0, 1e9],
        [1, 120],
        [2, 180],
      ],
      [Number.NaN, Number.NaN, 1],
    ],
    [
      'a restart that is sent as a zero hides nothing of what comes after it',
      [
        [0, 10],
        [1, 0],
        [2, 60],
      ],
      [Number.NaN, Number.NaN, 1],
    ],
    [
      'a missing value is skipped',
      [
        [0, 0],
        [1, Number.NaN],
        [2, 120],
      ],
      [Number.NaN, Number.NaN, 1],
    ],
    [
      'a negative value is no counter',
      [
        [0, 0],
        [1, -5],
        [2, 120],
      ],
      [Number.NaN, Number.NaN, 1],
    ],
    [
      'a repeat of a time has no rate',
      [
        [0, 0],
        [1, 60],
        [1, 90],
      ],
      [Number.NaN, 1, Number.NaN],
    ],
    [
      'an infinite value is skipped',
      [
        [0, 0],
        [1, Number.POSITIVE_INFINITY],
        [2, 120],
      ],
      [Number.NaN, Number.NaN, 1],
    ],
    [
      'an increase over a long gap cannot be dated',
      [
        [0, 0],
        [1, 60],
        [60, 1e6],
        [61, 1e6 + 60],
      ],
      [Number.NaN, 1, Number.NaN, 1],
    ],
  ] as const)('%s', (_, samples, rates) => {
    expect(ratesOf(samples)).toEqual(rates);
  });

  test('comes back after the cadence has slowed down for good', () => {
    const samples = Array.from({ length: 60 }, (_, i) => [i < 30 ? i : 30 + (i - 30) * 20, i * 600] as const);

    expect(ratesOf(samples).at(-1)).toBe(0.5);
  });

  test('is never negative, and adds up to the increase between restarts', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 1000 })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(steps, (increments) => {
        let minute = 0;
        let value = 0;
        const samples = increments.map(([minutes, increase]) => {
          minute += minutes;
          value += increase;
          return [minute, value] as const;
        });

        const rates = ratesOf(samples);

        const total = rates.reduce((sum, rate, i) => (i === 0 ? 0 : sum + rate * increments[i]![0] * 60), 0);
        expect(total).toBeCloseTo(value - increments[0]![1], 6);
        expect(rates.slice(1).every((rate) => rate >= 0)).toBe(true);
      }),
    );
  });
});
