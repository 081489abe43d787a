import { expect, test } from 'vitest';
import { seasonalMean } from '../../../models/forecast/seasonal-mean.ts';

test('newer seasons count more', () => {
  const fit = seasonalMean(2, 2).fit(Float64Array.of(100, 100, 0, 0, 7, 14));

  // Weights 1 and 0.75; the oldest season is beyond the two that are asked for.
  expect(fit.kind === 'fitted' && [...fit.model.predict(2)]).toEqual([4, 8]);
});
