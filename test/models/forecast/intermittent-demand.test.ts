import { expect, test } from 'vitest';
import { intermittentDemand } from '../../../models/forecast/intermittent-demand.ts';

const every = (step: number, points: number): Float64Array =>
  Float64Array.from({ length: points }, (_, i) => (i % step === 0 ? 60 : 0));

function expected(values: Float64Array): number {
  const fit = intermittentDemand().fit(values);
  if (fit.kind !== 'fitted') throw new Error(fit.kind);
  const path = fit.model.predict(3);
  expect(new Set(path).size).toBe(1);
  return path[0]!;
}

test('steady bursts give size times chance', () => {
  expect(expected(every(6, 600))).toBeGreaterThan(8);
  expect(expected(every(6, 600))).toBeLessThan(12);
});

test('while nothing comes it falls, at the pace of its smoothing', () => {
  const ended = every(4, 400);
  ended.fill(0, 340);

  expect(expected(ended) / expected(ended.subarray(0, 340))).toBeCloseTo(0.95 ** 60, 9);
});

test.each([
  ['a flow with few zeros', Float64Array.from({ length: 40 }, (_, i) => (i % 10 === 0 ? 0 : 5))],
  ['nothing at all', new Float64Array(40)],
  ['bursts both ways', Float64Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? (-1) ** i - 2 : 0))],
])('%s is not its kind', (_, values) => {
  expect(intermittentDemand().fit(values).kind).toBe('unsuited');
});
