import { expect, test } from 'vitest';
import { robustTrend } from '../../../models/forecast/robust-trend.ts';
import { daily, hourlyValues } from '../../support/hourly-shapes.ts';

const hours = robustTrend({ name: 'trend', blockPoints: 24, blocks: 56, seasons: [24], levelPoints: 24 });

function predict(values: Float64Array, points: number): Float64Array {
  const fit = hours.fit(values);
  if (fit.kind !== 'fitted') throw new Error('not enough data');
  return fit.model.predict(points);
}

test('a line with a daily season goes on as it was', () => {
  const shape = (hour: number): number => 5 + 0.25 * hour + 4 * daily(hour);

  const path = predict(hourlyValues(20, 1, shape), 48);

  // The season is taken as a median around a slope, both exact here but for rounding.
  path.forEach((value, h) => {
    expect(value).toBeCloseTo(shape(480 + h), 6);
  });
});

test('a clean-up of some days does not tilt the line', () => {
  const values = hourlyValues(20, 1, (hour) => 5 + 0.25 * hour - (hour >= 120 && hour < 192 ? 60 : 0));

  expect(predict(values, 24)[23]!).toBeCloseTo(5 + 0.25 * 503, 0);
});
