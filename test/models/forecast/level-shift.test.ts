import { describe, expect, test } from 'vitest';
import { alignLevels, levelMoves } from '../../../models/forecast/level-shift.ts';
import { daily, hourlyValues, isWeekday } from '../../support/hourly-shapes.ts';

const noisy = (shape: (hour: number) => number) =>
  hourlyValues(56, 7, (hour, random) => shape(hour) + 0.5 * random.normal());

describe('levelMoves', () => {
  test.each([
    ['a bulk load', 700, 40],
    ['a deleted volume', 900, -30],
    ['ten hours ago', 56 * 24 - 10, 25],
  ])('finds %s', (_, at, size) => {
    const found = levelMoves(noisy((hour) => 30 + 3 * daily(hour) + (hour >= at ? size : 0))).shifts;

    expect(found).toHaveLength(1);
    expect(found[0]!.index).toBe(at);
    // Medians of noise of one half over a day: a tenth, twice.
    expect(Math.abs(found[0]!.size - size)).toBeLessThan(0.6);
  });

  test('finds a load that takes thirty hours, and where it settled', () => {
    const found = levelMoves(noisy((hour) => 30 + 40 * Math.min(1, Math.max(0, (hour - 700) / 30)))).shifts;

    expect(found).toHaveLength(1);
    expect(found[0]!.index).toBeLessThanOrEqual(703);
    expect(found[0]!.settledIndex).toBeGreaterThanOrEqual(727);
    expect(Math.abs(found[0]!.size - 40)).toBeLessThan(2);
  });

  test.each<[string, (hour: number) => number]>([
    ['a steady fill', (hour) => hour * 0.05],
    ['weekends', (hour) => (isWeekday(hour) ? 60 : 20)],
    ['weekly clean-ups', (hour) => 40 + (35 * (hour % 168)) / 168],
    ['clean-ups every eleven days', (hour) => 40 + (35 * (hour % 264)) / 264],
    ['an outage of eight hours', (hour) => (hour >= 700 && hour < 708 ? 0 : 50)],
    ['a runaway that began yesterday', (hour) => 40 + Math.max(0, hour - 56 * 24 + 30) * 0.5],
    ['nothing at all', () => 5],
  ])('does not take %s for one', (_, shape) => {
    expect(levelMoves(noisy(shape)).shifts).toEqual([]);
  });

  test('clean-ups are found as what they are, each of them', () => {
    const { repeated } = levelMoves(noisy((hour) => 40 + (35 * (hour % 264)) / 264));

    expect(repeated.map(({ index }) => index)).toEqual([264, 528, 792, 1056, 1320]);
    for (const { size } of repeated) expect(Math.abs(size + 35)).toBeLessThan(4);
  });

  test('a constant has none', () => {
    expect(levelMoves(new Float64Array(500).fill(3))).toEqual({ shifts: [], repeated: [] });
  });
});

describe('alignLevels', () => {
  test('keeps the pace of before on the level of after', () => {
    const values = noisy((hour) => hour * 0.02 + (hour >= 700 ? 40 : 0));
    const history = { values, observed: new Uint8Array(values.length).fill(1) };

    const aligned = alignLevels(history, levelMoves(values).shifts);

    const errors = aligned.values.map((value, hour) => Math.abs(value - 40 - hour * 0.02));
    expect(Math.max(...errors)).toBeLessThan(3);
    expect(values[0]!).toBeLessThan(5);
  });

  test('the hours of a slow shift count as not observed', () => {
    const history = { values: Float64Array.of(1, 2, 4, 5), observed: new Uint8Array(4).fill(1) };

    const aligned = alignLevels(history, [{ index: 1, settledIndex: 3, size: 4 }]);

    expect([...aligned.values]).toEqual([5, 5, 5, 5]);
    expect([...aligned.observed]).toEqual([1, 0, 0, 1]);
  });
});
