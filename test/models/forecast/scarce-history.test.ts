import { expect, test } from 'vitest';
import { scarceForecast } from '../../../models/forecast/scarce-history.ts';

test('one value is carried on, in a range that widens', () => {
  const { centre, quantile } = scarceForecast(Float64Array.of(40), 9);
  const [lower, upper] = [quantile(0.025), quantile(0.975)];

  expect(centre).toEqual(new Float64Array(9).fill(40));
  expect(upper[0]!).toBeGreaterThan(48);
  expect(upper[8]! - 40).toBeCloseTo(3 * (upper[0]! - 40), 9);
  expect(40 - lower[4]!).toBeCloseTo(upper[4]! - 40, 9);
});

test('the range is that of the changes that were seen, the wider the fewer there were', () => {
  const two = scarceForecast(Float64Array.of(0, 8), 1).quantile(0.975)[0]! - 8;
  const five = scarceForecast(Float64Array.of(8, 0, 8, 0, 8), 1).quantile(0.975)[0]! - 8;

  expect(two).toBeGreaterThan(16);
  expect(five).toBeLessThan(two);
});

test('zeros stay zero', () => {
  const { centre, quantile } = scarceForecast(new Float64Array(3), 2);

  expect([...centre, ...quantile(0.9)]).toEqual([0, 0, 0, 0]);
});
