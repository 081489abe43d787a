import { describe, expect, test } from 'vitest';
import { blockMeans } from '../../../models/forecast/blocks.ts';
import { dayEffect } from '../../../models/forecast/day-effect.ts';
import { dayStrays } from '../../../models/forecast/day-strays.ts';
import { type HourEffect, hourEffect } from '../../../models/forecast/hour-effect.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const DAYS = 84;
const isMarked = (day: number): boolean => [20, 21, 48, 49, 76, 77].includes(day);

/** Effect on values of this shape; `usual` is the shape without it. */
function effectOf(
  valueAt: (usual: number, hour: number) => number,
  usualOf = usualHour,
): HourEffect & { usual: Float64Array } {
  const random = createRandom(4);
  const usual = Float64Array.from(
    { length: DAYS * 24 },
    (_, i) => usualOf(i % 24, Math.floor(i / 24)) + random.normal(),
  );
  const values = usual.map((value, i) => (isMarked(Math.floor(i / 24)) ? valueAt(value, i % 24) : value));
  const days = blockMeans(values, 24);
  const strays = dayStrays(days);
  const marks = Uint8Array.from(days, (_, day) => (isMarked(day) ? 1 : 0));
  const nonNegative = true;
  const effect = dayEffect({ days, strays, marks, nonNegative, risk: 0.01 })!;
  return { ...hourEffect({ values, firstIndex: 0, days, strays, marks, nonNegative }, effect), usual };
}

function usualHour(hour: number, day: number): number {
  return 100 + 60 * Math.sin((2 * Math.PI * hour) / 24) + (day % 7 < 5 ? 10 : 0);
}

const meanError = ({ values, usual }: ReturnType<typeof effectOf>): number =>
  values.reduce((sum, value, i) => sum + Math.abs(value - usual[i]!), 0) / (6 * 24);

describe('the hours of an effect', () => {
  test('that adds the same to each of them', () => {
    const found = effectOf((usual) => usual + 30);

    expect(found.times).toBe(1);
    expect(Math.min(...found.plus)).toBeGreaterThan(28);
    expect(Math.max(...found.plus)).toBeLessThan(32);
    expect(meanError(found)).toBeLessThan(2);
  });

  test('that takes half of each of them', () => {
    const found = effectOf((usual) => usual / 2);

    expect(found.times).toBeGreaterThan(0.48);
    expect(found.times).toBeLessThan(0.52);
    expect([...found.plus]).toEqual([...new Float64Array(24)]);
    expect(meanError(found)).toBeLessThan(4);
  });

  test('that is a batch job of four hours', () => {
    const found = effectOf((usual, hour) => usual + (hour >= 1 && hour < 5 ? 90 : 0));

    expect(Math.min(...found.plus.slice(1, 5))).toBeGreaterThan(75);
    expect(Math.max(...found.plus.slice(5))).toBeLessThan(10);
    expect(meanError(found)).toBeLessThan(5);
  });

  test('that leaves nothing at all is taken out without dividing by nothing', () => {
    const found = effectOf(() => 0);

    expect(found.times).toBeLessThan(0.02);
    expect(found.values.every(Number.isFinite)).toBe(true);
    expect(meanError(found)).toBeLessThan(4);
  });

  test('is taken off the days by as much', () => {
    const { takenOff } = effectOf((usual) => usual + 30);

    expect([...takenOff].flatMap((amount, day) => (amount === 0 ? [] : [day]))).toEqual([20, 21, 48, 49, 76, 77]);
    expect(takenOff[20]).toBeGreaterThan(28);
    expect(takenOff[20]).toBeLessThan(32);
  });
});
