import { describe, expect, test } from 'vitest';
import { type HoltTrend, holt } from '../../../models/forecast/holt.ts';
import { createRandom } from '../../../models/numeric/random.ts';

function predict(values: Float64Array, trend: HoltTrend, seasons: readonly number[] = []): Float64Array {
  const fit = holt(trend, seasons).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  return fit.model.predict(30);
}

describe('on a noisy line', () => {
  const random = createRandom(6);
  const line = Float64Array.from({ length: 60 }, (_, i) => 100 + 4 * i + random.normal());

  test('a linear trend goes on', () => {
    const path = predict(line, 'linear');

    expect((path[29]! - path[0]!) / 29).toBeCloseTo(4, 1);
    expect(Math.abs(path[0]! - 340)).toBeLessThan(2);
  });

  test('a damped one fades', () => {
    const path = predict(line, 'damped');
    const steps = path.subarray(1).map((value, h) => value - path[h]!);

    expect(steps[0]!).toBeGreaterThan(3);
    expect(steps[28]!).toBeLessThan(0.6 * steps[0]!);
    expect(steps[28]!).toBeGreaterThan(0);
  });

  test('without a trend the level stays', () => {
    const path = predict(line, 'none');

    expect(new Set(path).size).toBe(1);
  });
});

test('white noise is smoothed to its level', () => {
  const random = createRandom(7);
  const values = Float64Array.from({ length: 200 }, () => 50 + random.normal());

  for (const trend of ['none', 'linear', 'damped'] as const) {
    for (const value of predict(values, trend)) expect(Math.abs(value - 50)).toBeLessThan(1.5);
  }
});

test('a random walk is followed closely', () => {
  const random = createRandom(9);
  let level = 0;
  const values = Float64Array.from({ length: 150 }, () => {
    level += random.normal();
    return level;
  });

  expect(Math.abs(predict(values, 'none')[0]! - values[149]!)).toBeLessThan(0.3);
});

test('the first level and trend are solved for: a short exact line is no surprise', () => {
  const path = predict(
    Float64Array.from({ length: 6 }, (_, i) => 7 - 2 * i),
    'linear',
  );

  path.forEach((value, h) => {
    expect(value).toBeCloseTo(7 - 2 * (6 + h), 6);
  });
});

test('a season lies on top', () => {
  const path = predict(
    Float64Array.from({ length: 48 }, (_, i) => 5 * i + (i % 4 === 0 ? 40 : 0)),
    'linear',
    [4],
  );

  for (let h = 0; h < 30; h++) expect(path[h]!).toBeCloseTo(5 * (48 + h) + (h % 4 === 0 ? 40 : 0), 3);
});
