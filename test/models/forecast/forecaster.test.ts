import { expect, test } from 'vitest';
import { createForecaster } from '../../../models/forecast/forecaster.ts';

const echo = createForecaster('echo', 2, (values) => ({
  predict: (points) => new Float64Array(points).fill(values[0]!),
}));

test('a forecaster answers too little data without calling its model', () => {
  expect(echo.fit(Float64Array.of(1))).toEqual({ kind: 'not_enough_data', seenPoints: 1, neededPoints: 2 });
});

test('only a fitted model predicts', () => {
  const fit = echo.fit(Float64Array.of(4, 5));

  expect(fit.kind === 'fitted' && [...fit.model.predict(3)]).toEqual([4, 4, 4]);
});
