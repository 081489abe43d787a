import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { additionFor } from '../../../models/forecast/addition-for.ts';
import { probabilityBefore, timeToLimit } from '../../../models/forecast/time-to-limit.ts';
import { forecastOf, hourlyValues, limitOf, START_MS } from '../../support/hourly-shapes.ts';

const MADE_AT_MS = 1000 * DAY_MS;
const ADDITIONS = [
  { days: 7, amount: 0 },
  { days: 30, amount: 10 },
  { days: 60, amount: 40 },
];

const asked = (days: number, changeDay?: number): number | null => {
  const changes = changeDay === undefined ? [] : [{ fromMs: MADE_AT_MS + changeDay * DAY_MS, value: 1 }];
  return additionFor({ additions: ADDITIONS, limitChanges: changes }, MADE_AT_MS, days);
};

describe('an addition for so many days', () => {
  test('is what is kept, and on a straight line in between', () => {
    expect([7, 30, 45, 60].map((days) => asked(days))).toEqual([0, 10, 25, 40]);
  });

  test('for fewer days than are kept is that of the first', () => {
    expect(asked(1)).toBe(0);
  });

  test('is nothing as long as something is left', () => {
    const additions = [
      { days: 30, amount: -30 },
      { days: 60, amount: 10 },
    ];

    expect([1, 30, 45, 54, 60].map((days) => additionFor({ additions }, MADE_AT_MS, days))).toEqual([0, 0, 0, 2, 10]);
  });

  test('is unknown beyond the last of them, and where there is no forecast', () => {
    expect(asked(61)).toBeNull();
    expect(additionFor({}, MADE_AT_MS, 30)).toBeNull();
  });

  test('is the greater one where the limit changes in between, on whichever side of the change it lies', () => {
    expect([40, 50].map((days) => asked(days, 45))).toEqual([40, 40]);
    expect(asked(45, 20)).toBe(25);
    expect(asked(30, 45)).toBe(10);
  });
});

describe('with what is added, nine futures in ten stay within the limit', () => {
  const hours = 56 * 24;
  const nowMs = START_MS + hours * HOUR_MS;
  const values = hourlyValues(56, 5, (hour, random) => 50 + 0.01 * hour + 2 * random.normal());
  const ask = (limit: Limit) =>
    timeToLimit({ outcome: forecastOf(values), limit, nowMs, currentValue: values.at(-1)!, seed: 17 });
  const before = ask(limitOf(70));

  test.each([30, 45, 97, 200, 365, 390])('for %d days', (days) => {
    const add = additionFor(before, nowMs, days)!;
    const after = ask(limitOf(70 + add + 1e-9));

    expect(probabilityBefore(after, nowMs, nowMs + days * DAY_MS)).toBeLessThan(0.125);
    if (add > 0) expect(probabilityBefore(after, nowMs, nowMs + (days + 6) * DAY_MS)).toBeGreaterThan(0.1);
  });

  test('also over a change of the limit', () => {
    const changes = [{ fromMs: nowMs + 50 * DAY_MS, value: 60 }];
    const lowered = ask({ ...limitOf(70), changes });

    for (const days of [40, 49, 51, 59, 75]) {
      const add = additionFor(lowered, nowMs, days)!;
      const later = changes.map((change) => ({ ...change, value: change.value + add + 1e-9 }));
      const after = ask({ ...limitOf(70 + add), changes: later });

      expect(probabilityBefore(after, nowMs, nowMs + days * DAY_MS)).toBeLessThan(0.125);
    }
  });
});
