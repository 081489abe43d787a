import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QuantilePath } from '../../../models/domain/forecast.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { daily, forecastOf, isWeekday, publishedOf } from '../../support/hourly-shapes.ts';

/** Series of every kind: level, trend, seasons, noise, walk, holes, wild hours, in any proportion. */
const anySeries = fc
  .record({
    days: fc.integer({ min: 1, max: 40 }),
    seed: fc.integer({ min: 1, max: 1e6 }),
    level: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    slope: fc.double({ min: -1, max: 1, noNaN: true }),
    season: fc.double({ min: 0, max: 100, noNaN: true }),
    noise: fc.double({ min: 0, max: 20, noNaN: true }),
    walk: fc.double({ min: 0, max: 5, noNaN: true }),
    holes: fc.double({ min: 0, max: 0.4, noNaN: true }),
    wild: fc.double({ min: 0, max: 0.02, noNaN: true }),
  })
  .map((shape) => {
    const random = createRandom(shape.seed);
    let walked = 0;
    return Float64Array.from({ length: shape.days * 24 }, (_, hour) => {
      walked += shape.walk * random.normal();
      if (random.uniform() < shape.holes) return Number.NaN;
      const burst = random.uniform() < shape.wild ? 1e4 : 0;
      const seasonal = shape.season * (daily(hour) + (isWeekday(hour) ? 0 : 1));
      return shape.level + shape.slope * hour + seasonal + shape.noise * random.normal() + walked + burst;
    });
  });

function expectOrdered({ p10, p50, p90 }: QuantilePath): void {
  for (let h = 0; h < p50.length; h++) {
    expect(Number.isFinite(p10[h]!) && Number.isFinite(p50[h]!) && Number.isFinite(p90[h]!)).toBe(true);
    expect(p10[h]!).toBeLessThanOrEqual(p50[h]!);
    expect(p50[h]!).toBeLessThanOrEqual(p90[h]!);
  }
}

describe('whatever the series', () => {
  test('the answer is a forecast with quantiles in order, or a reason; the input is left alone', () => {
    fc.assert(
      fc.property(anySeries, (values) => {
        const before = Float64Array.from(values);
        const outcome = forecastOf(values);
        expect(values).toEqual(before);
        if (outcome.kind === 'abstain') return;
        expectOrdered(outcome.hourly);
        expectOrdered(outcome.daily);
        expect(Object.values(outcome.skill).every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60, seed: 2026 },
    );
  });

  test('every number of the answer is finite, however large, small or mixed the values', () => {
    const magnitude = fc.integer({ min: -320, max: 308 }).map((exponent) => 10 ** exponent);
    const anyMagnitudes = fc.record({ seed: fc.integer({ min: 1, max: 1e6 }), usual: magnitude, rare: magnitude });
    fc.assert(
      fc.property(anyMagnitudes, fc.constantFrom(0, 0.001, 0.02, 0.5), ({ seed, usual, rare }, rareShare) => {
        const random = createRandom(seed);
        const values = Float64Array.from({ length: 1000 }, (_, hour) => {
          const scale = random.uniform() < rareShare ? rare : usual;
          return scale * (daily(hour) + random.normal());
        });
        const outcome = forecastOf(values);
        expect(Object.values(outcome.skill ?? {}).every(Number.isFinite)).toBe(true);
        if (outcome.kind === 'abstain') return;
        expectOrdered(outcome.hourly);
        expectOrdered(outcome.daily);
      }),
      { numRuns: 60, seed: 2026 },
    );
  });

  test('the same values give the same forecast', () => {
    fc.assert(
      fc.property(anySeries, (values) => {
        expect(forecastOf(Float64Array.from(values))).toEqual(forecastOf(values));
      }),
      { numRuns: 10, seed: 7 },
    );
  });
});

describe('a load', () => {
  const random = createRandom(12);
  const values = Float64Array.from(
    { length: 1000 },
    (_, hour) => 500 + 80 * daily(hour) + 0.1 * hour + 9 * random.normal(),
  );
  const base = publishedOf(values);

  // What is scaled gives the same digits; what is moved nearly so, because a logarithm sees how far away zero is.
  test.each([
    [0.001, 0, 1e-6],
    [1e6, 0, 1e-6],
    [1, 1000, 3e-3],
    [40, -3000, 3e-3],
  ])('times %d plus %d is forecast as times and plus', (factor, shift, tolerance) => {
    const moved = publishedOf(values.map((value) => factor * value + shift));

    for (const scale of ['hourly', 'daily'] as const) {
      for (const quantile of ['p10', 'p50', 'p90'] as const) {
        moved[scale][quantile].forEach((value, h) => {
          const expected = factor * base[scale][quantile][h]! + shift;
          // Eight digits remain of sums over a thousand values, of weights in the fourth power and of their errors.
          expect(Math.abs(value - expected)).toBeLessThan(tolerance * (Math.abs(expected) + factor * 500));
        });
      }
    }
  });

  test('the interval of days grows, but for what chance and weekdays take from it', () => {
    const widths = base.daily.p90.map((value, day) => value - base.daily.p10[day]!);
    const weeks = Array.from({ length: 12 }, (_, week) => Math.max(...widths.slice(7 * week, 7 * week + 7)));

    for (let week = 1; week < 12; week++) expect(weeks[week]!).toBeGreaterThan(0.9 * weeks[week - 1]!);
    expect(weeks.at(-1)!).toBeGreaterThan(weeks[0]!);
  });

  test('what was never negative will not be', () => {
    const falling = publishedOf(values.map((value, hour) => Math.max(0, value - 0.55 * hour)));

    expect(Math.min(...falling.daily.p10)).toBe(0);
    expect(Math.min(...falling.hourly.p10)).toBeGreaterThanOrEqual(0);
  });
});
