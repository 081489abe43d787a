import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allCandidates,
  DAILY_CANDIDATES,
  HOURLY_CANDIDATES,
  seasonalCandidates,
} from '../../../models/forecast/registry.ts';
import { daily, hourlyValues } from '../../support/hourly-shapes.ts';

const HORIZON = 30;
const INTERMITTENT = 'intermittent-demand';

function predict(forecaster: ReturnType<typeof allCandidates>[number], values: Float64Array): Float64Array {
  const fit = forecaster.fit(values);
  if (fit.kind !== 'fitted') throw new Error(`${forecaster.name} says ${fit.kind}`);
  return fit.model.predict(HORIZON);
}

describe.each([
  { scale: 'hourly', set: HOURLY_CANDIDATES, points: 450 },
  { scale: 'daily', set: DAILY_CANDIDATES, points: 60 },
  { scale: 'seasonless', set: seasonalCandidates([]), points: 40 },
  { scale: 'monthly', set: seasonalCandidates([12]), points: 120 },
  { scale: 'quarter-hourly', set: seasonalCandidates([96]), points: 1000 },
])('the $scale candidates', ({ set, points }) => {
  const candidates = allCandidates(set);
  const values = hourlyValues(42, 5, (hour, random) => 80 + 0.05 * hour + 10 * daily(hour) + random.normal()).subarray(
    0,
    points,
  );

  const bursts = values.map((value, i) => (i % 4 === 0 ? value : 0));
  /** Values of the kind that a candidate is for. */
  const suited = (name: string): Float64Array => (name === INTERMITTENT ? bursts : values);

  test('have names of their own', () => {
    expect(new Set(candidates.map(({ name }) => name)).size).toBe(candidates.length);
  });

  test.each(candidates)('$name says how much it needs, and asks for no more than that', (forecaster) => {
    const needed = forecaster.neededPoints;

    const own = suited(forecaster.name);

    expect(forecaster.fit(own.subarray(0, needed - 1))).toEqual({
      kind: 'not_enough_data',
      seenPoints: needed - 1,
      neededPoints: needed,
    });
    expect(forecaster.fit(own.subarray(0, needed)).kind).toBe('fitted');
  });

  test.each(candidates)('$name leaves its input alone and repeats itself exactly', (forecaster) => {
    const own = suited(forecaster.name);
    const given = Float64Array.from(own);

    const first = predict(forecaster, given);
    const second = predict(forecaster, given);

    expect(given).toEqual(own);
    expect(second).toEqual(first);
  });

  test.each(candidates)('$name scales with its input', (forecaster) => {
    const own = suited(forecaster.name);
    const base = predict(forecaster, own);
    const scaled = predict(
      forecaster,
      own.map((value) => 3000 * value),
    );

    for (let h = 0; h < HORIZON; h++) expect(scaled[h]! / 3000).toBeCloseTo(base[h]!, 6);
  });

  const linear = candidates.filter(({ name }) => !name.endsWith('-log') && name !== INTERMITTENT);

  test.each(linear)('$name moves with its input', (forecaster) => {
    const base = predict(forecaster, values);
    const moved = predict(
      forecaster,
      values.map((value) => 1000 + 3 * value),
    );

    // Sums over some hundred values in another order of magnitude: ten digits remain.
    for (let h = 0; h < HORIZON; h++) expect(moved[h]!).toBeCloseTo(1000 + 3 * base[h]!, 5);
  });

  test.each(candidates.filter(({ name }) => name !== INTERMITTENT))('$name keeps to a constant', (forecaster) => {
    const path = predict(forecaster, new Float64Array(points).fill(7));

    for (const value of path) expect(value).toBeCloseTo(7, 9);
  });

  test.each(candidates)('$name gives finite numbers for any finite values', (forecaster) => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: points, maxLength: points }),
        (drawn) => {
          const fit = forecaster.fit(Float64Array.from(drawn));
          // A logarithm refuses negative values, intermittent demand whatever is no series of bursts.
          if (fit.kind !== 'fitted') return fit.kind === 'unsuited';
          const path = fit.model.predict(HORIZON);
          return path.length === HORIZON && path.every(Number.isFinite);
        },
      ),
      { numRuns: 15, seed: 11 },
    );
  });
});
