import { expect, test } from 'vitest';
import { blockMeans } from '../../../models/forecast/blocks.ts';

test('missing values are skipped, and a block without any is missing itself', () => {
  const means = blockMeans(Float64Array.of(1, Number.NaN, Number.NaN, Number.NaN, 3, 5), 2);

  expect([...means]).toEqual([1, Number.NaN, 4]);
});
