import { describe, expect, test } from 'vitest';
import { allCandidates } from '../../../models/forecast/registry.ts';
import { stepsCandidates } from '../../../models/forecast/steps-candidates.ts';
import { createRandom } from '../../../models/numeric/random.ts';

describe.each([{ seasons: [] }, { seasons: [4] }, { seasons: [7, 28] }])(
  'the candidates for seasons $seasons',
  (given) => {
    const candidates = allCandidates(stepsCandidates(given.seasons));

    test('have names of their own', () => {
      expect(new Set(candidates.map(({ name }) => name)).size).toBe(candidates.length);
    });

    test.each(candidates)('$name gives finite numbers as soon as it has what it says it needs', (forecaster) => {
      const random = createRandom(12);
      const values = Float64Array.from({ length: forecaster.neededPoints }, (_, i) =>
        forecaster.name === 'intermittent-demand' && i % 3 > 0 ? 0 : 1 + random.uniform(),
      );

      const fit = forecaster.fit(values);

      expect(fit.kind).toBe('fitted');
      if (fit.kind === 'fitted') expect(fit.model.predict(40).every(Number.isFinite)).toBe(true);
    });

    test.each(candidates)('$name keeps to a constant', (forecaster) => {
      const fit = forecaster.fit(new Float64Array(200).fill(3));

      if (fit.kind === 'fitted') for (const value of fit.model.predict(30)) expect(value).toBeCloseTo(3, 6);
      else expect(fit.kind).toBe('unsuited');
    });
  },
);

test('a trend that is not damped is for data without fast seasons', () => {
  const names = (seasons: readonly number[]): readonly string[] =>
    stepsCandidates(seasons).others.map(({ name }) => name);

  expect(names([12])).toContain('holt');
  expect(names([24, 168])).not.toContain('holt');
  expect(names([24, 168])).toContain('holt-damped');
});
