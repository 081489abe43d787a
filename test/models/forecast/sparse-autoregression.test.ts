import { expect, test } from 'vitest';
import { differencedAutoregression, sparseAutoregression } from '../../../models/forecast/sparse-autoregression.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { daily, hourlyValues, isWeekday } from '../../support/hourly-shapes.ts';

function predict(values: Float64Array, points: number): Float64Array {
  const fit = sparseAutoregression([24, 168]).fit(values);
  if (fit.kind !== 'fitted') throw new Error('not enough data');
  return fit.model.predict(points);
}

test('days and weekends are followed from their lags alone', () => {
  const shape = (hour: number): number => 100 + 30 * daily(hour) + (isWeekday(hour) ? 20 : 0);

  const path = predict(
    hourlyValues(35, 2, (hour, random) => shape(hour) + random.normal()),
    48,
  );

  const errors = path.map((value, h) => Math.abs(value - shape(35 * 24 + h)));
  expect(Math.max(...errors)).toBeLessThan(6);
});

test('a series that explodes is held to a range beyond what was seen', () => {
  const values = Float64Array.from({ length: 120 }, (_, i) => 1.1 ** i);
  const highest = values.at(-1)!;

  const path = predict(values, 500);

  expect(Math.max(...path)).toBeLessThanOrEqual(2 * highest);
});

test('what wanders from day to day keeps the shape of its day', () => {
  const random = createRandom(8);
  let level = 0;
  const shape = (hour: number): number => 40 * daily(hour);
  const values = Float64Array.from({ length: 600 }, (_, hour) => {
    if (hour % 24 === 0) level += 10 * random.normal();
    return 500 + level + shape(hour);
  });
  const fit = differencedAutoregression(24, [24]).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);

  const path = fit.model.predict(24);

  const strays = path.map((value, h) => value - shape(600 + h));
  expect(Math.max(...strays) - Math.min(...strays)).toBeLessThan(10);
});

test('sums of differences stay within a range of what was seen', () => {
  const values = Float64Array.from({ length: 120 }, (_, i) => 1.1 ** i);
  const fit = differencedAutoregression(1, [24]).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);

  expect(Math.max(...fit.model.predict(500))).toBeLessThanOrEqual(2 * values.at(-1)!);
});
