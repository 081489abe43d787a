import { describe, expect, it } from 'vitest';
import { HOUR_MS, type RollupColumns } from '../../../models/domain/rollup.ts';
import { hourlySeries } from '../../../models/forecast/hourly-series.ts';

function rollups(rows: readonly (readonly [hour: number, count: number, sum: number, last: number])[]): RollupColumns {
  const column = (place: number) => Float64Array.from(rows, (row) => row[place]!);
  return {
    startsMs: column(0).map((hour) => hour * HOUR_MS),
    counts: column(1),
    sums: column(2),
    mins: column(3),
    maxs: column(3),
    lasts: column(3),
  };
}

describe('the hours of a series', () => {
  it('are the means of their samples, with NaN where there is none', () => {
    const found = hourlySeries(
      rollups([
        [10, 4, 20, 7],
        [11, 2, 3, 1],
        [14, 1, 9, 9],
      ]),
      15 * HOUR_MS,
    );

    expect(found).toEqual({
      startMs: 10 * HOUR_MS,
      values: Float64Array.of(5, 1.5, Number.NaN, Number.NaN, 9),
      lastValue: 9,
      watermarkMs: 15 * HOUR_MS,
    });
  });

  it('leave out the hour in progress, whose last value is still the newest that is known', () => {
    const found = hourlySeries(
      rollups([
        [10, 1, 5, 5],
        [11, 1, 80, 80],
      ]),
      11 * HOUR_MS,
    );

    expect(found).toMatchObject({ values: Float64Array.of(5), lastValue: 80, watermarkMs: 11 * HOUR_MS });
  });

  it('are missing where their sum is larger than any number', () => {
    const found = hourlySeries(
      rollups([
        [10, 2, Number.POSITIVE_INFINITY, 1.7e308],
        [11, 2, 6, 3],
      ]),
      12 * HOUR_MS,
    );

    expect(found?.values).toEqual(Float64Array.of(Number.NaN, 3));
  });

  it('are none where only the hour in progress has samples, and where nothing has', () => {
    expect(hourlySeries(rollups([[11, 1, 80, 80]]), 11 * HOUR_MS)).toBeUndefined();
    expect(hourlySeries(rollups([]), 11 * HOUR_MS)).toBeUndefined();
  });
});
