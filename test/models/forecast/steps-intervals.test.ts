import { describe, expect, test } from 'vitest';
import type { Competition } from '../../../models/forecast/competition.ts';
import { stepsIntervals } from '../../../models/forecast/steps-intervals.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const HORIZON = 8;
const ORIGINS = [72, 64, 56, 48] as const;
const options = { plan: { origins: ORIGINS, horizonPoints: HORIZON }, horizonPoints: HORIZON, periodPoints: 1 };

/** A competition of one candidate that said `level` each time. */
function competition(rows: readonly Float64Array[], level: (origin: number) => number): Competition {
  const pathAt = (origin: number): Float64Array => Float64Array.from({ length: HORIZON }, () => level(origin));
  const path = pathAt(80);
  return {
    runs: [],
    weights: Float64Array.of(1),
    paths: [path],
    centre: path,
    held: ORIGINS.map(pathAt),
    rows,
  };
}

const random = createRandom(15);
const noise = (size: number): Float64Array => Float64Array.from({ length: HORIZON }, () => size * random.normal());
const steady = Float64Array.from({ length: 80 }, () => 100 + random.normal());

describe('where all values are positive', () => {
  test('the spread grows with the root of the level', () => {
    const rows = ORIGINS.map(() => noise(1));
    const low = stepsIntervals(
      steady,
      competition(rows, () => 100),
      options,
    );
    const high = stepsIntervals(
      steady,
      competition(rows, (origin) => (origin === 80 ? 400 : 100)),
      options,
    );

    high.spread.forEach((size, h) => {
      expect(size / low.spread[h]!).toBeCloseTo(2, 9);
    });
  });

  test('and with a value below zero it does not', () => {
    const rows = ORIGINS.map(() => noise(1));
    const values = steady.with(0, -1);
    const [low, high] = [100, 400].map((level) =>
      stepsIntervals(
        values,
        competition(rows, (origin) => (origin === 80 ? level : 100)),
        options,
      ),
    );

    expect(high!.spread).toEqual(low!.spread);
  });
});

test('origins that differ much in the size of their errors are worth fewer', () => {
  const even = stepsIntervals(
    steady,
    competition(
      ORIGINS.map(() => noise(1)),
      () => 100,
    ),
    options,
  );
  const uneven = stepsIntervals(
    steady,
    competition(
      ORIGINS.map((_, k) => noise(k === 0 ? 8 : 0.5)),
      () => 100,
    ),
    options,
  );

  expect(uneven.units.independent).toBeLessThan(0.7 * even.units.independent);
  expect(uneven.units.independent).toBeGreaterThanOrEqual(2);
});

test('a past that was wilder than the backtested stretch widens the spread', () => {
  const rows = ORIGINS.map(() => noise(1));
  const calm = Float64Array.from(steady, (value, i) => (i < 48 ? 100 + 10 * (value - 100) : value));
  const spreadOf = (values: Float64Array): number =>
    stepsIntervals(
      values,
      competition(rows, () => 100),
      options,
    ).spread[0]!;

  expect(spreadOf(calm)).toBeGreaterThan(1.05 * spreadOf(steady));
});

test('far beyond what was backtested the spread of a random walk goes on growing, also for long histories', () => {
  let level = 0;
  const walk = Float64Array.from({ length: 1600 }, () => {
    level += random.normal();
    return level;
  });
  const plan = { origins: [1200, 1000], horizonPoints: 400 };
  const far = new Float64Array(1600).fill(level);
  const rows = plan.origins.map((origin) => walk.slice(origin, origin + 400).map((value) => value - walk[origin - 1]!));

  const { spread } = stepsIntervals(
    walk,
    {
      runs: [],
      weights: Float64Array.of(1),
      paths: [far],
      centre: far,
      held: plan.origins.map((origin) => new Float64Array(400).fill(walk[origin - 1]!)),
      rows,
    },
    { plan, horizonPoints: 1600, periodPoints: 1 },
  );

  expect(spread).toHaveLength(1600);
  expect(spread[1599]!).toBeGreaterThan(1.5 * spread[399]!);
  expect(spread[1599]!).toBeLessThan(4.1 * spread[399]!);
});
