import { describe, expect, it } from 'vitest';
import { type BacktestRun, backtest, planBacktest } from '../../../models/forecast/backtest.ts';
import { admitChallengers, heldOutPaths } from '../../../models/forecast/challengers.ts';
import { createForecaster } from '../../../models/forecast/forecaster.ts';
import { lastValue } from '../../../models/forecast/last-value.ts';
import { seasonalNaive } from '../../../models/forecast/seasonal-naive.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const random = createRandom(3);
const values = Float64Array.from({ length: 120 }, (_, i) => 10 * Math.sin((i * Math.PI) / 6) + random.normal());
const history = { values, observed: new Uint8Array(120).fill(1) };
const plan = planBacktest(120, { horizonPoints: 12, spacingPoints: 7, maxOrigins: 6, minTrainPoints: 24 });

const run = (forecaster: Parameters<typeof backtest>[0]): BacktestRun => backtest(forecaster, history, plan)!;
const settled = [run(lastValue()), run(seasonalNaive(12))];

describe('a challenger', () => {
  const seer = createForecaster('seer', 1, (seen) => ({
    predict: (n) => Float64Array.from({ length: n }, (_, h) => 10 * Math.sin(((seen.length + h) * Math.PI) / 6)),
  }));
  const stubborn = createForecaster('stubborn', 1, () => ({ predict: (n) => new Float64Array(n).fill(50) }));

  const naives = new Set(settled.map(({ name }) => name));

  it('joins where its backtest beats every naive one', () => {
    const names = admitChallengers(settled, [run(seer)], naives).map(({ name }) => name);

    expect(names).toEqual([...settled.map(({ name }) => name), 'seer']);
  });

  it('stays out where one of them is better, whatever others there are', () => {
    const middling = createForecaster('middling', 1, () => ({ predict: (n) => new Float64Array(n) }));
    const field = [...settled, run(stubborn)];

    expect(admitChallengers(field, [run(middling), run(stubborn)], naives)).toEqual(field);
    expect(admitChallengers(field, [run(middling)], new Set(['last-value', 'stubborn'])).at(-1)!.name).toBe('middling');
  });

  it('stays out where a naive one is perfect too', () => {
    const flat = { values: new Float64Array(120), observed: new Uint8Array(120).fill(1) };
    const runs = [backtest(lastValue(), flat, plan)!];

    expect(admitChallengers(runs, [backtest(seasonalNaive(12), flat, plan)!], new Set(['last-value']))).toEqual(runs);
  });
});

describe('held-out paths', () => {
  it('do not know the errors of their own origin', () => {
    const spoiled = settled.map((one, k) => ({
      ...one,
      errors: one.errors.map((error, origin) => (origin === 2 ? (k === 0 ? 0 : 1e9) : error)),
    }));

    expect(heldOutPaths(spoiled, plan)[2]).toEqual(heldOutPaths(settled, plan)[2]);
    expect(heldOutPaths(spoiled, plan)[1]).not.toEqual(heldOutPaths(settled, plan)[1]);
  });
});
