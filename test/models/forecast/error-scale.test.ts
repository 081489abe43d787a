import { expect, test } from 'vitest';
import { errorScale, unitsAt } from '../../../models/forecast/error-scale.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const ORIGINS = [500, 469, 438, 407, 376, 345, 314, 283];

function errorsOf(seed: number, size: (h: number, index: number) => number) {
  const random = createRandom(seed);
  const rows = ORIGINS.map((origin) =>
    Float64Array.from({ length: 48 }, (_, h) => size(h, origin + h) * random.normal()),
  );
  return { rows, origins: ORIGINS };
}

test('p10 and p90 lie apart as the errors do, a little more for the uncertainty of it', () => {
  const scale = errorScale(
    errorsOf(1, () => 5),
    1,
  );

  const upper = scale.p90Units * scale.byHorizon[20]!;
  expect(upper).toBeGreaterThan(5 * 1.2);
  expect(upper).toBeLessThan(5 * 1.6);
  expect(scale.p10Units).toBeLessThan(0);
});

test('the spread grows with the horizon and never falls', () => {
  const scale = errorScale(
    errorsOf(2, (h) => 1 + h / 10),
    1,
  );

  for (let h = 1; h < 48; h++) expect(scale.byHorizon[h]!).toBeGreaterThanOrEqual(scale.byHorizon[h - 1]!);
  expect(scale.byHorizon[47]! / scale.byHorizon[0]!).toBeGreaterThan(2);
});

test('busy hours get wider intervals than quiet ones', () => {
  const scale = errorScale(
    errorsOf(3, (_, index) => (index % 24 < 12 ? 1 : 6)),
    24,
  );

  expect(scale.byPhase).toHaveLength(24);
  expect(scale.byPhase[18]! / scale.byPhase[6]!).toBeGreaterThan(2.5);
});

test('phases are not told apart where there is too little of each', () => {
  expect(errorScale({ rows: [new Float64Array(48).fill(1)], origins: [100] }, 24).byPhase).toEqual(Float64Array.of(1));
});

test('missing errors change nothing', () => {
  const errors = errorsOf(4, () => 1);
  const holed = {
    ...errors,
    rows: [...errors.rows, new Float64Array(48).fill(Number.NaN)],
    origins: [...ORIGINS, 283],
  };

  const holedScale = errorScale(holed, 1);
  const without = errorScale(errors, 1);

  expect(holedScale.byHorizon).toEqual(without.byHorizon);
  expect(holedScale.p90Units).toBeCloseTo(without.p90Units, 12);
});

test('perfect forecasts have an interval of no width', () => {
  const scale = errorScale({ rows: [new Float64Array(5), new Float64Array(5)], origins: [20, 10] }, 1);

  expect([...scale.byHorizon]).toEqual([0, 0, 0, 0, 0]);
  expect(Math.abs(scale.p10Units) + scale.p90Units).toBe(0);
});

test('levels of the interval never cross, and the middle lies between them', () => {
  const { units } = errorScale(
    errorsOf(6, () => 2),
    1,
  );
  const levels = [0.001, 0.01, 0.1, 0.3, 0.49, 0.5, 0.51, 0.7, 0.9, 0.99, 0.999].map((p) => unitsAt(units, p));

  expect(levels).toEqual([...levels].sort((a, b) => a - b));
  expect(levels[4]!).toBeLessThanOrEqual(0);
  expect(levels[6]!).toBeGreaterThanOrEqual(0);
});

test('rare levels know of tails that were not seen', () => {
  const { units } = errorScale({ rows: [Float64Array.of(-1, 1, -1, 1)], origins: [50] }, 1);

  expect(unitsAt(units, 0.999)).toBeGreaterThan(2 * unitsAt(units, 0.9));
});
