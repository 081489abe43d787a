import { expect, test } from 'vitest';
import { windowStarts } from '../../bench/bizitobs-data.ts';

test('windows lie side by side at the end and cover a tenth of the series', () => {
  expect(windowStarts(8834, 60)).toHaveLength(15);
  expect(windowStarts(8834, 60).at(-1)).toBe(8774);
  expect(windowStarts(8834, 600)).toEqual([7634, 8234]);
  expect(windowStarts(8834, 900)).toEqual([7934]);
});

test('there are never more than twenty windows', () => {
  expect(windowStarts(10_000, 10)).toHaveLength(20);
});
