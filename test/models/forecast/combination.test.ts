import { expect, test } from 'vitest';
import { combinationWeights, disagreement, meanError } from '../../../models/forecast/combination.ts';

const run = (...errors: number[]) => ({ errors: Float64Array.from(errors), recentErrors: new Float64Array(0) });

test('half the error is sixteen times the weight', () => {
  const [good, bad] = combinationWeights([run(1, 1), run(2, 2)], -1);

  // The floor under tiny errors moves the ratio by a millionth.
  expect(good! / bad!).toBeCloseTo(16, 3);
  expect(good! + bad!).toBeCloseTo(1, 12);
});

test('an origin that is left out has no say', () => {
  const weights = combinationWeights([run(1, 100), run(2, 0)], 1);

  expect(weights[0]!).toBeGreaterThan(weights[1]!);
});

test('what happened at the recent origins counts, unless an origin is left out', () => {
  const returning = { errors: Float64Array.of(1, 1), recentErrors: Float64Array.of(4) };
  const following = { errors: Float64Array.of(1.2, 1.2), recentErrors: Float64Array.of(1) };
  const [now] = combinationWeights([returning, following], -1);
  const [before] = combinationWeights([returning, following], 0);

  expect(now!).toBeLessThan(0.1);
  expect(before!).toBeGreaterThan(0.5);
});

test('a perfect candidate takes all, and two perfect ones share', () => {
  expect(combinationWeights([run(0), run(5)], -1)[0]!).toBeCloseTo(1, 12);
  expect([...combinationWeights([run(0), run(0)], -1)]).toEqual([0.5, 0.5]);
});

test('weights do not depend on the unit', () => {
  const small = combinationWeights([run(1, 2), run(2, 2)], -1);
  const large = combinationWeights([run(1e6, 2e6), run(2e6, 2e6)], -1);

  for (let k = 0; k < 2; k++) expect(large[k]!).toBeCloseTo(small[k]!, 12);
});

test('errors that nobody observed are skipped', () => {
  expect(meanError([Number.NaN, 4], -1)).toBe(4);
  expect(meanError([Number.NaN], -1)).toBeNaN();
});

test('models without weight do not disagree', () => {
  expect([...disagreement([Float64Array.of(1), Float64Array.of(900)], [1, 0], Float64Array.of(1))]).toEqual([0]);
});
