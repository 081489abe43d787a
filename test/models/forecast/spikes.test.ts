import { expect, test } from 'vitest';
import { withoutSpikes } from '../../../models/forecast/spikes.ts';
import { daily, hourlyValues, isWeekday } from '../../support/hourly-shapes.ts';

const removed = (values: Float64Array) =>
  [...withoutSpikes(values).keys()].filter((i) => Number.isNaN(withoutSpikes(values)[i]));

test('one wild hour goes, all others stay', () => {
  const values = hourlyValues(
    28,
    1,
    (hour, random) => 50 + 10 * daily(hour) + random.normal() + (hour === 300 ? 60 : 0),
  );

  expect(removed(values)).toEqual([300]);
});

test.each([
  ['a batch that runs every Sunday', (hour: number) => (hour % 168 === 150 ? 90 : 20)],
  ['a batch that runs every night', (hour: number) => (hour % 24 === 2 ? 90 : 20)],
  ['office hours', (hour: number) => (isWeekday(hour) && hour % 24 > 8 ? 90 : 20)],
  ['a level that jumps', (hour: number) => (hour > 300 ? 90 : 20)],
  ['an outage of half a day', (hour: number) => (hour >= 300 && hour < 312 ? 90 : 20)],
  ['a spike in the newest day, which may go on', (hour: number) => (hour > 28 * 24 - 3 ? 90 : 20)],
])('%s is no spike', (_, shape) => {
  const values = hourlyValues(28, 2, (hour, random) => shape(hour) + random.normal());

  expect(removed(values)).toEqual([]);
});

test('bursts that are frequent are how the series behaves', () => {
  const values = hourlyValues(28, 3, (_, random) => (random.uniform() < 0.06 ? 100 : random.normal()));

  expect(removed(values)).toEqual([]);
});
