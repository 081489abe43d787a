import { describe, expect, test } from 'vitest';
import type { CalendarEffect } from '../../../models/forecast/calendar-effects.ts';
import { changedBand, dayChanges, hourChanges } from '../../../models/forecast/effect-changes.ts';

const flat = (amount: number): Float64Array => new Float64Array(24).fill(amount);

/** On one day, counted from 1 January 1970. */
function effectOn(day: number, change: Partial<CalendarEffect>): CalendarEffect {
  return {
    days: { name: 'some', holds: (date) => date.day === day },
    times: 1,
    plus: flat(0),
    doubt: 0,
    model: { name: 'effect some', weight: 1, mase: 1 },
    ...change,
  };
}

describe('hours', () => {
  test('change on their date, each by its own amount', () => {
    const plus = flat(0).fill(9, 0, 1);
    const { plus: added, doubt } = hourChanges([effectOn(1, { plus, doubt: 2 })], [23, 24, 25, 48]);

    expect([...added]).toEqual([0, 9, 0, 0]);
    expect([...doubt]).toEqual([0, 2, 2, 0]);
  });

  test('of two effects are put back in the order that undoes taking them out', () => {
    // 10 was made 10 · 2 + 3 = 23: 3 was taken out first, then the factor.
    const effects = [effectOn(0, { plus: flat(3) }), effectOn(0, { times: 2, doubt: 3 }), effectOn(0, { doubt: 4 })];
    const { times, plus, doubt } = hourChanges(effects, [5]);

    expect(10 * times[0]! + plus[0]!).toBe(23);
    expect(doubt[0]).toBe(5);
  });
});

describe('days', () => {
  const shapes = [flat(0)];

  test('that begin at noon have half of the effect on each side', () => {
    const changes = dayChanges([effectOn(2, { plus: flat(8), doubt: 2 })], {
      startHours: [12, 36, 60, 84],
      shapes,
      level: 50,
    })!;

    expect([...changes.plus]).toEqual([0, 4, 4, 0]);
    expect([...changes.doubt]).toEqual([0, 1, 1, 0]);
    // The affected half lies above the mean, the other half below.
    expect([...changes.highest]).toEqual([0, 4, 4, 0]);
    expect([...changes.lowest]).toEqual([0, -4, -4, 0]);
  });

  test('that begin at noon lose more than a quarter where the busy half of the day is halved', () => {
    const shape = flat(-30).fill(30, 0, 12);
    const changes = dayChanges([effectOn(0, { times: 0.5 })], { startHours: [12], shapes: [shape], level: 60 })!;

    // Noon to midnight makes 90 of 120 parts: 45 of them are left, and the 30 of the morning after.
    expect(changes.times[0]).toBeCloseTo(75 / 120);
  });

  test('of which nothing is usual lose the mean of their hours', () => {
    const changes = dayChanges([effectOn(0, { times: 0.5 })], { startHours: [12], shapes, level: 0 })!;

    expect(changes.times[0]).toBe(0.75);
  });

  test('with a batch job have a peak far above their mean', () => {
    const plus = flat(0).fill(48, 2, 4);
    const changes = dayChanges([effectOn(0, { plus })], { startHours: [0], shapes, level: 50 })!;

    expect(changes.plus[0]).toBe(4);
    expect(changes.highest[0]).toBe(44);
  });

  test('with a batch job in the quiet hours have the peak that they have anyway', () => {
    const shape = flat(-10).fill(50, 12, 16);
    const plus = flat(0).fill(24, 2, 4);
    const changes = dayChanges([effectOn(0, { plus })], { startHours: [0], shapes: [shape], level: 100 })!;

    // The mean rises by 2, the peak of 150 does not.
    expect(changes.highest[0]).toBe(-2);
  });

  test('of which half is gone have a peak of half', () => {
    const shape = flat(-20).fill(20, 0, 12);
    const changes = dayChanges([effectOn(0, { times: 0.5 })], { startHours: [0], shapes: [shape], level: 100 })!;

    // 120 is 60, 10 above the new mean; it was 20 above the old one.
    expect(changes.times[0]).toBe(0.5);
    expect(changes.highest[0]).toBe(-10);
    expect(changes.lowest[0]).toBe(10);
  });

  test('without an effect in sight have no changes', () => {
    expect(dayChanges([effectOn(9, { times: 2 })], { startHours: [0, 24], shapes, level: 1 })).toBeNull();
  });
});

test('a band moves, and is no narrower than usual', () => {
  const band = {
    centre: Float64Array.of(10, 10),
    below: Float64Array.of(3, 3),
    above: Float64Array.of(4, 4),
    lowestErrors: 1,
    highestErrors: 1,
    memory: { persistence: 0, autocorrelation: 0 },
  };
  const changed = changedBand(band, {
    times: Float64Array.of(1, 0.5),
    plus: Float64Array.of(0, 1),
    doubt: Float64Array.of(0, 4 / 1.2815515655446004),
  });

  expect([...changed.centre]).toEqual([10, 6]);
  expect(changed.below[0]).toBe(3);
  expect(changed.below[1]).toBeCloseTo(5);
  expect(changed.above[1]).toBeCloseTo(Math.sqrt(32));
});
