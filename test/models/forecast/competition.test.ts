import { expect, test } from 'vitest';
import { compete } from '../../../models/forecast/competition.ts';
import { seasonalCandidates } from '../../../models/forecast/registry.ts';

const values = Float64Array.from({ length: 48 }, (_, i) => 100 + 10 * (i % 4));
const history = { values, observed: Uint8Array.from(values, (_, i) => (i === 45 ? 0 : 1)) };
const plan = { origins: [44, 40], horizonPoints: 4 };
const options = { candidates: seasonalCandidates([4]), plan, horizonPoints: 6 };

test('what was held out is told for each origin, and what was not observed is not judged', () => {
  const { held, rows } = compete(history, options);

  expect(held.map((path) => path.length)).toEqual([4, 4]);
  expect([...rows[0]!].map(Number.isNaN)).toEqual([false, true, false, false]);
  expect(rows[1]![0]).toBeCloseTo(values[40]! - held[1]![0]!, 12);
});

test('who repeats the season has nearly all of the weight', () => {
  const { runs, weights, centre } = compete(history, options);
  const weightOf = (name: string): number => weights[runs.findIndex((run) => run.name === name)]!;

  expect(weightOf('seasonal-naive-4')).toBeGreaterThan(1000 * weightOf('last-value'));
  expect(centre).toHaveLength(6);
  expect(centre[5]!).toBeCloseTo(110, 1);
});

test('paths are combined as asked', () => {
  const { centre } = compete(history, { ...options, combine: ([first]) => first!.map(() => 7) });

  expect([...centre]).toEqual([7, 7, 7, 7, 7, 7]);
});

test('a plan without an origin is refused', () => {
  expect(() => compete(history, { ...options, plan: { origins: [], horizonPoints: 4 } })).toThrow(
    /at least one origin/,
  );
});
