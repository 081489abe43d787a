import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { additionFor } from '../../../models/forecast/addition-for.ts';

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
