import { describe, expect, test } from 'vitest';
import { dayStrays } from '../../../models/forecast/day-strays.ts';
import { isSeenElsewhere, isStep, strayOf, strayScore, unmarkedStrays } from '../../../models/forecast/stretches.ts';

const strays = (count: number, valueAt: (day: number) => number) =>
  dayStrays(Float64Array.from({ length: count }, (_, i) => valueAt(i)));
const marksOn = (count: number, ...marked: number[]): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => (marked.includes(i) ? 1 : 0));

test('a trend is no stray', () => {
  expect(
    strayOf(
      strays(30, (day) => 5 * day),
      12,
      14,
    ),
  ).toBeCloseTo(0);
});

test('stretches that meet a marked day are left out', () => {
  const seen = strays(48, (day) => (day === 23 ? 7 : 1));
  const marks = marksOn(48, 23);

  // Of 48 days three on each side have no level, and one of the other 42 is marked.
  expect(unmarkedStrays(seen, marks, 1)).toHaveLength(41);
  expect(unmarkedStrays(seen, marks, 2)).toHaveLength(39);
  expect([...unmarkedStrays(seen, marks, 1)].every((stray) => Math.abs(stray) < 1e-9)).toBe(true);
});

describe('the score', () => {
  const others = Float64Array.from({ length: 60 }, (_, i) => i);

  test('is bounded, so that no single stray decides', () => {
    expect(strayScore(1e9, others)).toBe(strayScore(61, others));
    expect(strayScore(1e9, others)).toBeLessThan(2.5);
  });

  test('is zero among equals', () => {
    expect(strayScore(3, new Float64Array(10).fill(3))).toBe(0);
  });
});

describe('the same dates, moved', () => {
  const occurrences = [20, 50, 80].map((from) => ({ from, to: from + 2, weight: 1 }));
  const marks = marksOn(100, 20, 21, 50, 51, 80, 81);

  test('show nothing of what happens on these dates alone', () => {
    const seen = strays(100, (day) => (marks[day] === 1 ? 9 : 1));

    expect(isSeenElsewhere(seen, marks, occurrences, 8)).toBe(false);
  });

  test('may show the opposite: a month that begins quietly after a loud end', () => {
    const seen = strays(100, (day) => 5 + 4 * (marks[day] ?? 0) - 4 * (marks[day - 2] ?? 0));

    expect(isSeenElsewhere(seen, marks, occurrences, 4)).toBe(false);
  });

  test('show a pattern of ten days as well', () => {
    const seen = strays(100, (day) => (day % 10 < 2 ? 9 : 1));

    expect(isSeenElsewhere(seen, marks, occurrences, 8)).toBe(true);
  });
});

describe('a step', () => {
  const occurrences = [20, 50, 80].map((from) => ({ from, to: from + 2, weight: 1 }));
  const marks = marksOn(100, 20, 21, 50, 51, 80, 81);

  test('is a saw tooth that falls where the stretches end', () => {
    const seen = strays(100, (day) => (day + 8) % 30);

    expect(isStep(seen, marks, occurrences, 15)).toBe(true);
  });

  test('is no bump, on however steep a line', () => {
    const seen = strays(100, (day) => 20 * day + (marks[day] === 1 ? 15 : 0));

    expect(isStep(seen, marks, occurrences, 15)).toBe(false);
  });
});
