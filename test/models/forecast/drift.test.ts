import { expect, test } from 'vitest';
import { drift } from '../../../models/forecast/drift.ts';

test('drift goes on from the last value at the usual pace', () => {
  const fit = drift(10).fit(Float64Array.of(0, 2, 4, 6, 9));

  expect(fit.kind === 'fitted' && [...fit.model.predict(2)]).toEqual([11, 13]);
});

test('only the newest points give the pace', () => {
  const fit = drift(3).fit(Float64Array.of(90, 60, 30, 0, 1, 2));

  expect(fit.kind === 'fitted' && [...fit.model.predict(1)]).toEqual([3]);
});
