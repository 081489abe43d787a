import { describe, expect, test } from 'vitest';
import { limitAt } from '../../../models/domain/limit.ts';
import { type Scenario, scenarioCourse } from '../../../models/forecast/scenario.ts';

const NOTHING: Scenario = { growthPct: 0, addCapacity: 0, removeCapacityPct: 0, fromMs: 10 };
const max = { bound: 'max' as const, value: 100 };

const limitUnder = (change: Partial<Scenario>, bound: 'max' | 'min' = 'max', atMs = 10): number =>
  limitAt(scenarioCourse({ bound, value: 100 }, { ...NOTHING, ...change }), atMs);

describe('a limit under a scenario', () => {
  test('stands for more load, for added capacity and for capacity that is gone', () => {
    expect(limitUnder({ growthPct: 25 })).toBe(80);
    expect(limitUnder({ growthPct: -50 })).toBe(200);
    expect(limitUnder({ addCapacity: 50 })).toBe(150);
    expect(limitUnder({ removeCapacityPct: 40 })).toBe(60);
    expect(limitUnder({ removeCapacityPct: 40, addCapacity: 20, growthPct: 100 })).toBe(40);
    expect(limitUnder({ addCapacity: 30 }, 'min')).toBe(70);
  });

  test('is what it was until then', () => {
    expect(limitUnder({ growthPct: 25 }, 'max', 9)).toBe(100);
  });

  test('keeps the dated changes of the limit, each under the scenario from then on', () => {
    const changes = [5, 20].map((fromMs) => ({ fromMs, value: 10 * fromMs }));

    expect(scenarioCourse({ ...max, changes }, { ...NOTHING, addCapacity: 1 }).changes).toEqual([
      { fromMs: 5, value: 50 },
      { fromMs: 10, value: 51 },
      { fromMs: 20, value: 201 },
    ]);
  });

  test.each<[Partial<Scenario>, 'max' | 'min']>([
    [{ growthPct: 5 }, 'min'],
    [{ removeCapacityPct: 5 }, 'min'],
    [{ growthPct: -100 }, 'max'],
    [{ growthPct: Number.NaN }, 'max'],
    [{ removeCapacityPct: 101 }, 'max'],
  ])('refuses %j with a %s', (change, bound) => {
    expect(() => limitUnder(change, bound)).toThrow(RangeError);
  });
});
