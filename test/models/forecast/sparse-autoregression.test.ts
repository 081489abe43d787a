import { expect, test } from 'vitest';
import { sparseAutoregression } from '../../../models/forecast/sparse-autoregression.ts';
import { daily, hourlyValues, isWeekday } from '../../support/hourly-shapes.ts';

function predict(values: Float64Array, points: number): Float64Array {
  const fit = sparseAutoregression().fit(values);
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
