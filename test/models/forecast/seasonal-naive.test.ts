import { expect, test } from 'vitest';
import { seasonalNaive } from '../../../models/forecast/seasonal-naive.ts';

test('the last season is repeated over and over', () => {
  const fit = seasonalNaive(3).fit(Float64Array.of(9, 9, 1, 2, 3));

  expect(fit.kind === 'fitted' && [...fit.model.predict(7)]).toEqual([1, 2, 3, 1, 2, 3, 1]);
});
