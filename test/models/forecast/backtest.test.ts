import { expect, test } from 'vitest';
import { backtest, meanAbsoluteError, planBacktest } from '../../../models/forecast/backtest.ts';
import { createForecaster } from '../../../models/forecast/forecaster.ts';
import { lastValue } from '../../../models/forecast/last-value.ts';

const history = { values: Float64Array.of(1, 2, 4, 8, 16, 32), observed: Uint8Array.of(1, 1, 1, 1, 0, 1) };

test('the plan has at most so many origins, newest first', () => {
  const plan = planBacktest(1000, { horizonPoints: 48, spacingPoints: 31, maxOrigins: 3, minTrainPoints: 72 });

  expect(plan).toEqual({ origins: [952, 921, 890], recentOrigins: [], horizonPoints: 48 });
});

test('a history that is too short has no origin', () => {
  expect(planBacktest(60, { horizonPoints: 48, spacingPoints: 31, maxOrigins: 3, minTrainPoints: 72 }).origins).toEqual(
    [],
  );
});

test('recent origins are whole steps before the end, each once, and see enough', () => {
  const options = { spacingPoints: 1, maxOrigins: 3, minTrainPoints: 9, recentShares: [0.5, 0.25] };

  expect(planBacktest(20, { ...options, horizonPoints: 3 }).recentOrigins).toEqual([18, 19]);
  expect(planBacktest(20, { ...options, horizonPoints: 2 }).recentOrigins).toEqual([19]);
  expect(planBacktest(20, { ...options, horizonPoints: 1 }).recentOrigins).toEqual([]);
  expect(planBacktest(10, { ...options, horizonPoints: 4 }).recentOrigins).toEqual([9]);
});

test('a recent origin is judged as far as history goes', () => {
  const run = backtest(lastValue(), history, { origins: [2], recentOrigins: [4, 5], horizonPoints: 2 });

  expect(run!.paths).toHaveLength(1);
  expect([...run!.recentErrors]).toEqual([24, 16]);
});

test('a candidate never sees what comes after its origin', () => {
  const seen: number[] = [];
  const spy = createForecaster('spy', 1, (values) => {
    seen.push(values.length);
    return { predict: (points) => new Float64Array(points) };
  });

  backtest(spy, history, { origins: [4, 2], horizonPoints: 2 });

  expect(seen).toEqual([4, 2]);
});

test('filled values are not judged', () => {
  const run = backtest(lastValue(), history, { origins: [4, 3], horizonPoints: 2 });

  expect([...run!.errors]).toEqual([24, 4]);
  expect(meanAbsoluteError(history, 4, Float64Array.of(0))).toBeNaN();
});

test('a candidate that lacks data at one origin takes no part', () => {
  const needy = createForecaster('needy', 4, () => ({ predict: (points) => new Float64Array(points) }));

  expect(backtest(needy, history, { origins: [4, 3], horizonPoints: 1 })).toBeNull();
});
