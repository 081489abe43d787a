import { describe, expect, test } from 'vitest';
import { filterDays, type StructuralModel } from '../../../models/forecast/structural-filter.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const WHITE = { memory: 0, strayVariance: 0, dayVariance: 1 };
const WALK = { memory: 1, strayVariance: 1, dayVariance: 0 };
const line: StructuralModel = { slope: { kept: 1, variance: 0 }, ...WHITE };
const level: StructuralModel = { slope: null, ...WHITE };
const drift: StructuralModel = { slope: { kept: 1, variance: 0 }, ...WALK };

const random = createRandom(11);
const noise = Float64Array.from({ length: 60 }, () => random.normal());
const filling = noise.map((error, i) => 10 + 0.5 * i + error);
let walked = 0;
const walk = noise.map((error) => {
  walked += 0.5 + error;
  return walked;
});

test('a line under white noise is that of least squares, with its standard error', () => {
  const { state, covariance, deviation, freedom } = filterDays(filling, line);
  const middle = 29.5;
  const spread = filling.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  const slope = filling.reduce((sum, value, i) => sum + (i - middle) * value, 0) / spread;
  const mean = filling.reduce((sum, value) => sum + value, 0) / 60;

  expect(state.slope).toBeCloseTo(slope, 5);
  expect(state.level).toBeCloseTo(mean + slope * (60 - middle), 4);
  expect(covariance.slope).toBeCloseTo(1 / spread, 8);
  expect(freedom).toBe(58);
  expect(Math.abs(deviation - 1)).toBeLessThan(0.2);
});

test('a level is the mean of the days; a drift the mean of the steps', () => {
  expect(filterDays(Float64Array.of(1, 2, 6), level).state.level).toBeCloseTo(3, 5);
  expect(filterDays(walk, drift).state.slope).toBeCloseTo((walk[59]! - walk[0]!) / 59, 4);
  expect(filterDays(walk, drift).covariance.slope).toBeCloseTo(1 / 59, 5);
});

test('errors one day ahead are standard', () => {
  const { surprises } = filterDays(filling, line);
  const squares = surprises.reduce((sum, units) => sum + units * units, 0);

  expect(surprises).toHaveLength(58);
  expect(squares / 58).toBeCloseTo(1, 8);
});

test('days are likelier under the model that made them', () => {
  const walkLine: StructuralModel = { ...drift };

  expect(filterDays(filling, line).logLikelihood).toBeGreaterThan(filterDays(filling, walkLine).logLikelihood + 3);
  expect(filterDays(walk, walkLine).logLikelihood).toBeGreaterThan(filterDays(walk, line).logLikelihood + 3);
});

test('the unit of the days changes nothing but the unit', () => {
  const large = filterDays(
    filling.map((value) => 1e9 * value),
    line,
  );

  expect(large.state.slope / 1e9).toBeCloseTo(filterDays(filling, line).state.slope, 5);
  expect(large.deviation / 1e9).toBeCloseTo(filterDays(filling, line).deviation, 5);
});

describe('scarce data', () => {
  test('a missing day widens what is known, and says nothing', () => {
    const holed = filling.map((value, i) => (i > 50 && i < 58 ? Number.NaN : value));

    expect(filterDays(holed, line).freedom).toBe(51);
    expect(filterDays(holed, drift).state.slope).toBeCloseTo((filling[59]! - filling[0]!) / 59, 4);
  });

  test('two days tell nothing of errors around a line', () => {
    expect(filterDays(Float64Array.of(1, 2), line)).toMatchObject({
      freedom: 0,
      logLikelihood: Number.NEGATIVE_INFINITY,
    });
    expect(filterDays(new Float64Array(0), level).freedom).toBe(0);
  });
});
