import { expect, test } from 'vitest';
import { calibrationBench } from '../../bench/calibration.ts';

test('the figures say how often dates and probabilities came true, and how many resources have none', async () => {
  const figures = await calibrationBench.run(['--resources', '20']);

  expect(figures).toMatchObject({ brier: expect.any(Number), insideP10P90: expect.any(Number) });
  // Bins that nothing fell into are left out.
  expect(figures.bins).toEqual(expect.arrayContaining([expect.objectContaining({ from: 0 })]));
  expect(figures.brier).toBeLessThan(0.25);
  // Ten families, two of each: a few of them have no date.
  expect(figures.abstained).toBeGreaterThanOrEqual(0);
  expect(figures.abstained).toBeLessThan(10);
});
