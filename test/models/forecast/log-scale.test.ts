import { expect, test } from 'vitest';
import { createForecaster } from '../../../models/forecast/forecaster.ts';
import { onLogScale } from '../../../models/forecast/log-scale.ts';

const drift = createForecaster('drift', 2, (values) => ({
  predict: (points) =>
    Float64Array.from({ length: points }, (_, h) => values.at(-1)! + (h + 1) * (values.at(-1)! - values.at(-2)!)),
}));

function predict(values: Float64Array, withoutLog: 'as_they_are' | 'unsuited'): Float64Array | string {
  const fit = onLogScale(drift, withoutLog).fit(values);
  return fit.kind === 'fitted' ? fit.model.predict(2) : fit.kind;
}

test('what grows by factors goes on by factors', () => {
  const path = predict(Float64Array.of(200, 800, 400, 410), 'unsuited');

  expect((path as Float64Array)[0]!).toBeCloseTo((410 * 410) / 400, 1);
});

test('a path neither falls below zero nor leaves the seen range by more than that range', () => {
  expect((predict(Float64Array.of(1, 10), 'unsuited') as Float64Array)[1]!).toBe(19);
  expect(Math.min(...(predict(Float64Array.of(100, 0), 'unsuited') as Float64Array))).toBe(0);
});

test('values without a logarithm are refused or taken as they are, as is asked', () => {
  expect(predict(Float64Array.of(-1, 3), 'unsuited')).toBe('unsuited');
  expect(predict(new Float64Array(5), 'unsuited')).toBe('unsuited');
  expect(predict(Float64Array.of(-1, 3), 'as_they_are')).toEqual(Float64Array.of(7, 11));
});
