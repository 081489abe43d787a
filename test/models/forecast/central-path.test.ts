import { expect, test } from 'vitest';
import { centralPath } from '../../../models/forecast/central-path.ts';

test('candidates that agree are believed', () => {
  const same = Float64Array.of(3, 1, 4);

  expect(centralPath([same, same, same], [0.2, 0.3, 0.5])).toEqual(same);
});

test('one that goes astray moves the path by half of its weight', () => {
  const path = centralPath([Float64Array.of(10), Float64Array.of(10), Float64Array.of(1010)], [0.4, 0.4, 0.2]);

  expect(path[0]).toBeCloseTo(10 + 1000 * 0.2 * 0.5, 9);
});

test('each step has its own order', () => {
  const path = centralPath([Float64Array.of(0, 2), Float64Array.of(2, 0)], [0.75, 0.25]);

  expect([...path]).toEqual([0.25, 1.75]);
});
