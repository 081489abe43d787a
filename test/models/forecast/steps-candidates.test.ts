import { describe, expect, test } from 'vitest';
import { allCandidates } from '../../../models/forecast/registry.ts';
import { seasonedCandidates, stepsCandidates } from '../../../models/forecast/steps-candidates.ts';
import { createRandom } from '../../../models/numeric/random.ts';

describe.each([{ seasons: [] }, { seasons: [4] }, { seasons: [7, 28] }])(
  'the candidates for seasons $seasons',
  (given) => {
    const candidates = allCandidates(seasonedCandidates(given.seasons));

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
    seasonedCandidates(seasons).others.map(({ name }) => name);

  expect(names([12])).toContain('holt');
  expect(names([24, 168])).not.toContain('holt');
  expect(names([24, 168])).toContain('holt-damped');
});

describe('a season', () => {
  const names = (verdict: 'seasonal' | 'possible' | 'none'): readonly string[] =>
    allCandidates(stepsCandidates([12], verdict)).map(({ name }) => name);

  test('that is there is looked for by all', () => {
    expect(names('seasonal')).toEqual(allCandidates(seasonedCandidates([12])).map(({ name }) => name));
  });

  test('that is not there is looked for by none', () => {
    expect(names('none')).toEqual(allCandidates(seasonedCandidates([])).map(({ name }) => name));
  });

  test('that may be there is left to the backtest: each candidate with and without it, under a name of its own', () => {
    const both = names('possible');

    expect(new Set(both).size).toBe(both.length);
    expect(both).toEqual(expect.arrayContaining(['theta', 'theta-12', 'last-value', 'seasonal-naive-12']));
    expect(both.filter((name) => name.startsWith('intermittent'))).toHaveLength(1);
  });
});
