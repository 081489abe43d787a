import { expect, test } from 'vitest';
import { fadingOffset } from '../../../models/forecast/fading-offset.ts';

const OPTIONS = { periodPoints: 8, seasons: 3, shortSeason: 4 };

function predict(values: Float64Array, points: number): Float64Array {
  const fit = fadingOffset(OPTIONS).fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  return fit.model.predict(points);
}

test('half of the present offset is left after one short season', () => {
  const values = Float64Array.from({ length: 33 }, (_, i) => (i % 8) + (i === 32 ? 6 : 0));

  const path = predict(values, 16);

  expect(path[3]! - ((33 + 3) % 8)).toBeCloseTo(3, 12);
  expect(path[11]! - ((33 + 11) % 8)).toBeCloseTo(0.75, 12);
});

test('a season that repeats exactly is repeated', () => {
  expect([
    ...predict(
      Float64Array.from({ length: 32 }, (_, i) => i % 8),
      8,
    ),
  ]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
