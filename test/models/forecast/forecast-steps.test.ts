import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastSteps, stepsPlan, withWeek } from '../../../models/forecast/forecast-steps.ts';
import { seasonalNaive } from '../../../models/forecast/seasonal-naive.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { drawShape, STEPS_SHAPES } from '../../support/steps-shapes.ts';

const LEVELS = [0.01, 0.025, 0.1, 0.3, 0.5, 0.7, 0.9, 0.975, 0.99];

const anySteps = fc.record({
  points: fc.integer({ min: 6, max: 220 }),
  season: fc.constantFrom([], [4], [7], [12], [24], [4, 12]),
  seed: fc.integer({ min: 1, max: 1e6 }),
  level: fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  holes: fc.double({ min: 0, max: 0.3, noNaN: true }),
  zeros: fc.constantFrom(0, 0, 0.7),
});

test('whatever the series, quantiles are finite, in order of their level, and keep to what was never negative', () => {
  fc.assert(
    fc.property(anySteps, ({ points, season, seed, level, holes, zeros }) => {
      const random = createRandom(seed);
      const values = Float64Array.from({ length: points }, (_, i) => {
        if (random.uniform() < holes) return Number.NaN;
        if (random.uniform() < zeros) return 0;
        return level + 10 * Math.sin(i) + random.normal();
      });
      const forecast = forecastSteps(values, { seasons: season, horizonPoints: 9 });
      if (forecast === null) return;
      const paths = LEVELS.map(forecast.quantile);
      const nonNegative = values.every((value) => Number.isNaN(value) || value >= 0);
      for (let h = 0; h < 9; h++) {
        const ladder = paths.map((path) => path[h]!);
        expect(ladder.every(Number.isFinite)).toBe(true);
        expect(ladder).toEqual([...ladder].sort((a, b) => a - b));
        if (nonNegative) expect(ladder[0]!).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 60, seed: 5 },
  );
});

test('95 % of what comes lies inside the 95 % interval, at every phase of a season of uneven noise', () => {
  const random = createRandom(77);
  const inside = new Float64Array(12);
  const rounds = 60;
  for (let round = 0; round < rounds; round++) {
    const values = Float64Array.from(
      { length: 252 },
      (_, i) => 100 + 20 * Math.sin((i / 12) * 2 * Math.PI) + (i % 12 < 6 ? 1 : 8) * random.normal(),
    );
    const forecast = forecastSteps(values.subarray(0, 240), { seasons: [12], horizonPoints: 12 })!;
    const [lower, upper] = [forecast.quantile(0.025), forecast.quantile(0.975)];
    for (let h = 0; h < 12; h++) if (values[240 + h]! >= lower[h]! && values[240 + h]! <= upper[h]!) inside[h]!++;
  }

  const shares = [...inside].map((count) => count / rounds);
  expect(Math.min(...shares)).toBeGreaterThan(0.7);
  expect(shares.reduce((sum, share) => sum + share, 0) / 12).toBeGreaterThan(0.92);
});

describe.each(STEPS_SHAPES)('$shape', (shape) => {
  const rounds = 40;
  let inside = 0;
  let error = 0;
  let naiveError = 0;
  for (let seed = 1; seed <= rounds; seed++) {
    const [known, asked] = drawShape(shape, seed);
    const { centre, quantile } = forecastSteps(known, shape)!;
    const [lower, upper] = [quantile(0.025), quantile(0.975)];
    const naive = seasonalNaive(shape.seasons[0] ?? 1).fit(known);
    if (naive.kind !== 'fitted') throw new Error(naive.kind);
    const repeated = naive.model.predict(asked.length);
    asked.forEach((value, h) => {
      if (value >= lower[h]! && value <= upper[h]!) inside++;
      error += Math.abs(value - centre[h]!);
      naiveError += Math.abs(value - repeated[h]!);
    });
  }

  test('is forecast at least about as well as by the naive of its season', () => {
    expect(error).toBeLessThan(1.05 * naiveError);
  });

  test('lies within its 95 % interval about that often', () => {
    expect(inside / (rounds * shape.horizonPoints)).toBeGreaterThan(0.88);
  });
});

describe('whatever is given, an answer is finite', () => {
  const shapes: readonly { readonly shape: string; readonly values: readonly number[] }[] = [
    { shape: 'one value', values: [5] },
    { shape: 'a handful of values', values: [5, 4, 6, 5] },
    { shape: 'zeros', values: [...new Float64Array(30)] },
    { shape: 'a constant', values: [...new Float64Array(40).fill(-3.5)] },
    { shape: 'huge values', values: Array.from({ length: 40 }, (_, i) => 1e15 * (1 + (i % 7))) },
    { shape: 'tiny values', values: Array.from({ length: 40 }, (_, i) => 1e-15 * (1 + (i % 7))) },
    { shape: 'one value between gaps', values: [Number.NaN, Number.NaN, 3, Number.NaN] },
    {
      shape: 'every other value missing',
      values: Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? i : Number.NaN)),
    },
    { shape: 'one spike', values: Array.from({ length: 50 }, (_, i) => (i === 20 ? 1e9 : 1)) },
  ];

  test.each(
    shapes.flatMap((one) => [
      { ...one, seasons: [], horizonPoints: 1 },
      { ...one, seasons: [12], horizonPoints: 100 },
      { ...one, seasons: [48, 336], horizonPoints: 96 },
    ]),
  )('for $shape with seasons $seasons', ({ values, seasons, horizonPoints }) => {
    const forecast = forecastSteps(Float64Array.from(values), { seasons, horizonPoints })!;

    for (const path of [forecast.quantile(0.025), forecast.centre, forecast.quantile(0.975)]) {
      expect(path).toHaveLength(horizonPoints);
      expect(path.every(Number.isFinite)).toBe(true);
    }
  });

  test('only without a value there is none', () => {
    expect(forecastSteps(new Float64Array(0), { seasons: [], horizonPoints: 3 })).toBeNull();
    expect(forecastSteps(new Float64Array(9).fill(Number.NaN), { seasons: [4], horizonPoints: 3 })).toBeNull();
  });
});

test('the same values give the same bytes', () => {
  const random = createRandom(4);
  const values = Float64Array.from({ length: 300 }, (_, i) => 50 + (i % 24) + random.normal());
  const path = (): Float64Array => forecastSteps(values, { seasons: [24], horizonPoints: 24 })!.quantile(0.975);

  expect(path()).toEqual(path());
});

describe('golden numbers', () => {
  test('a square season on a level is repeated within a hundredth', () => {
    const values = Float64Array.from({ length: 120 }, (_, i) => (i % 6 < 3 ? 40 : 60));

    const forecast = forecastSteps(values, { seasons: [6], horizonPoints: 6 })!;

    [40, 40, 40, 60, 60, 60].forEach((value, h) => {
      expect(forecast.centre[h]!).toBeCloseTo(value, 2);
    });
  });

  test('a line without season goes on', () => {
    const forecast = forecastSteps(
      Float64Array.from({ length: 60 }, (_, i) => 10 + 2 * i),
      { seasons: [], horizonPoints: 5 },
    )!;

    expect(forecast.centre[4]!).toBeGreaterThan(136);
    expect(forecast.centre[4]!).toBeLessThan(140);
  });
});

test('origins stand at the phase of the season at which the forecast is made', () => {
  const { origins } = stepsPlan(900, { seasons: [24, 168], horizonPoints: 48 });

  expect(origins).toHaveLength(8);
  expect(origins.every((origin) => (900 - origin) % 24 === 0)).toBe(true);
});

test('short histories get fewer origins, closer together', () => {
  const { origins, horizonPoints } = stepsPlan(20, { seasons: [12], horizonPoints: 18 });

  expect(horizonPoints).toBe(5);
  expect(origins.length).toBeGreaterThanOrEqual(4);
});

test('a lone day brings its week, other seasons stay as they are', () => {
  expect(withWeek([288])).toEqual([288, 2016]);
  expect(withWeek([24, 8760])).toEqual([24, 8760]);
  expect(withWeek([])).toEqual([]);
});

test.each([
  { seasons: [1], horizonPoints: 4 },
  { seasons: [24, 7], horizonPoints: 4 },
  { seasons: [2.5], horizonPoints: 4 },
  { seasons: [], horizonPoints: 0 },
])('seasons $seasons and horizon $horizonPoints are refused', (options) => {
  expect(() => forecastSteps(new Float64Array(30), options)).toThrow(RangeError);
});
