import { expect, test } from 'vitest';
import { lastValue } from '../../../models/forecast/last-value.ts';

test('the last value is repeated', () => {
  const fit = lastValue().fit(Float64Array.of(1, 9, 4));

  expect(fit.kind === 'fitted' && [...fit.model.predict(2)]).toEqual([4, 4]);
});
