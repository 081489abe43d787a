import { expect, test } from 'vitest';
import { dayShapes } from '../../../models/forecast/day-shapes.ts';
import { hourlyValues } from '../../support/hourly-shapes.ts';

test('a backup every Sunday night is expected on Sundays only', () => {
  // Monday is hour 0, and the values end with a Sunday: entry 6 is the Sunday to come.
  const values = hourlyValues(28, 1, (hour) => (hour % 168 === 147 ? 80 : 50));

  const { shapes } = dayShapes(values, 24);

  expect(Math.max(...shapes[6]!)).toBeCloseTo(30 - 30 / 24, 9);
  for (const shape of shapes.slice(0, 6)) expect(Math.max(...shape)).toBe(0);
});

test('a steady fill shows its slope within the day, and strays from it by nothing', () => {
  const { shapes, strays } = dayShapes(
    hourlyValues(14, 1, (hour) => hour),
    24,
  );

  expect(shapes[3]![23]! - shapes[3]![0]!).toBeCloseTo(23, 9);
  for (const stray of strays) for (const value of stray) expect(value).toBeCloseTo(0, 9);
});

test('the days of a clean-up do not count as peaks', () => {
  const values = hourlyValues(28, 1, (hour) => 40 + (35 * (hour % 120)) / 120);

  const { shapes, strays } = dayShapes(values, 24);

  const highest =
    Math.max(...shapes.flatMap((shape) => [...shape])) + Math.max(...strays.flatMap((stray) => [...stray]));
  expect(highest).toBeLessThan(10);
});
