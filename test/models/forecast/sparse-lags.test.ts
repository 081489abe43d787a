import { expect, test } from 'vitest';
import { sparseLags } from '../../../models/forecast/sparse-lags.ts';

test('lags are whole, positive, ascending and each there once, whatever the seasons', () => {
  for (const seasons of [[], [2], [3], [4], [7], [12], [24, 168], [48, 336], [360]]) {
    const lags = sparseLags(seasons);

    expect(lags.every((lag) => Number.isInteger(lag) && lag >= 1)).toBe(true);
    expect(lags).toEqual([...new Set(lags)].sort((a, b) => a - b));
    for (const season of seasons) expect(lags).toContain(season);
  }
});
