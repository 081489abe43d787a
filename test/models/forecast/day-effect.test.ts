import { describe, expect, test } from 'vitest';
import { civilDate } from '../../../models/forecast/civil-days.ts';
import { type DayEffect, dayEffect } from '../../../models/forecast/day-effect.ts';
import { dayStrays } from '../../../models/forecast/day-strays.ts';
import { createRandom, type Random } from '../../../models/numeric/random.ts';

/** 1 January 2025. */
const FIRST_DAY = 20_089;
const isMonthEnd = (day: number): boolean => civilDate(FIRST_DAY + day).toMonthEnd < 2;

interface Given {
  readonly days?: number;
  readonly seed?: number;
  readonly marked?: (day: number) => boolean;
  readonly value: (day: number, random: Random) => number;
  readonly nonNegative?: boolean;
}

function effectOf({ days = 84, seed = 1, marked = isMonthEnd, value, nonNegative = true }: Given): DayEffect | null {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: days }, (_, day) => value(day, random));
  const marks = Uint8Array.from({ length: days }, (_, day) => (marked(day) ? 1 : 0));
  return dayEffect({ days: values, strays: dayStrays(values), marks, nonNegative, risk: 0.002 });
}

describe('an effect', () => {
  test('is found with its size, on a trend with weekdays', () => {
    const found = effectOf({
      value: (day, random) => 50 + 0.4 * day + (day % 7 < 5 ? 9 : 0) + (isMonthEnd(day) ? 12 : 0) + random.normal(),
    })!;

    expect(found.addition.size).toBeGreaterThan(10.5);
    expect(found.addition.size).toBeLessThan(13.5);
    expect(found.share).toBeGreaterThan(0.95);
    expect(found.doubt).toBeGreaterThan(0.2);
    expect(found.doubt).toBeLessThan(1.5);
  });

  test('that scales with the days is told as a factor', () => {
    const found = effectOf({
      days: 400,
      value: (day, random) => 100 * 1.004 ** day * (isMonthEnd(day) ? 0.5 : 1) * Math.exp(0.04 * random.normal()),
    })!;

    expect(found.isFactor).toBe(true);
    expect(found.factor!.size).toBeGreaterThan(0.47);
    expect(found.factor!.size).toBeLessThan(0.53);
  });

  test('on next to nothing is an amount, and no factor of thousands', () => {
    const found = effectOf({
      days: 120,
      value: (day, random) => 0.01 * random.uniform() + (isMonthEnd(day) ? 100 + random.normal() : 0),
    })!;

    expect(found.factor).toBeNull();
    expect(found.addition.size).toBeGreaterThan(98);
  });

  test('is foretold for each occurrence by the others alone', () => {
    const sizes = [30, 10, 20];
    const found = effectOf({
      days: 100,
      value: (day, random) => 50 + (isMonthEnd(day) ? sizes[Math.floor(day / 31)]! : 0) + 0.1 * random.normal(),
    })!;

    expect(found.addition.withoutEach[0]).toBeLessThan(18);
    expect(found.addition.withoutEach[1]).toBeGreaterThan(20);
  });

  test('of what is always the same but for these days is exact', () => {
    const found = effectOf({ value: (day) => (isMonthEnd(day) ? 8 : 3) })!;

    expect(found.addition.size).toBe(5);
    expect(found).toMatchObject({ share: 1, doubt: 0, meanError: 0 });
  });

  test('has a newest occurrence that counts only once its end is past, and is told of it all the same', () => {
    // The 91st day is 1 April; the last two of March have no day but one after them.
    const found = effectOf({ days: 91, value: (day, random) => 50 + (isMonthEnd(day) ? 20 : 0) + random.normal() })!;

    expect(found.occurrences.map(({ weight }) => weight)).toEqual([0.75, 1, 0]);
    expect(found.addition.withoutEach[2]).toBe(found.addition.size);
    expect(found.occurrences[2]!.base).toBeGreaterThan(45);
  });
});

describe('no effect', () => {
  test('is seen in one occurrence alone', () => {
    const value = (day: number, random: Random): number => 50 + (isMonthEnd(day) ? 20 : 0) + random.normal();

    expect(effectOf({ days: 50, value })).toBeNull();
    expect(effectOf({ days: 70, value })).not.toBeNull();
  });

  test('is made by one wild occurrence', () => {
    expect(effectOf({ days: 100, value: (day, random) => 50 + (day === 58 ? 500 : 0) + random.normal() })).toBeNull();
  });

  test('is left after two month ends without it', () => {
    const endingOn = (end: number) =>
      effectOf({ days: 400, value: (day, random) => 50 + (isMonthEnd(day) && day < end ? 6 : 0) + random.normal() });

    // The newest two month ends are those of December and January.
    expect(endingOn(400)).not.toBeNull();
    expect(endingOn(370)).not.toBeNull();
    expect(endingOn(340)).toBeNull();
  });

  test.each([7, 10, 15, 30, 31])('is a saw tooth of %i days, wherever it begins', (period) => {
    const shapes = Array.from({ length: period }, (_, start) =>
      effectOf({
        days: 180,
        seed: start,
        value: (day, random) => 50 + 3 * ((day + start) % period) + 0.3 * random.normal(),
      }),
    );

    expect(shapes.every((found) => found === null)).toBe(true);
  });

  test.each<[string, (state: number, random: Random) => number]>([
    ['noise', (_, random) => 100 + random.normal()],
    ['noise that lasts', (state, random) => 20 + 0.8 * state + random.normal()],
    ['a random walk', (state, random) => state + random.normal()],
    ['rare bursts', (_, random) => 100 * Math.exp(0.5 * random.normal() + (random.uniform() < 0.03 ? 2 : 0))],
  ])('is seen in %s, but by a chance smaller than one in fifty', (_, next) => {
    let found = 0;
    for (let seed = 0; seed < 200; seed++) {
      let state = 100;
      const value = (_day: number, random: Random): number => {
        state = next(state, random);
        return state;
      };
      if (effectOf({ days: seed % 2 === 0 ? 70 : 400, seed, value }) !== null) found++;
    }

    expect(found).toBeLessThanOrEqual(4);
  });
});
