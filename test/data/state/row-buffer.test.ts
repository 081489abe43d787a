import { describe, expect, it } from 'vitest';
import { appendRow, createRowBuffer, sortedRows } from '../../../data/state/row-buffer.ts';

describe('rows that wait', () => {
  it('keeps every row, however often it has to grow', () => {
    const buffer = createRowBuffer(2, 1);
    for (let i = 0; i < 5_000; i++) {
      const row = appendRow(buffer, i % 7, i * 10);
      buffer.columns[0]![row] = i;
      buffer.columns[1]![row] = -i;
    }

    const numbers = Float64Array.from({ length: 5_000 }, (_, i) => i);
    expect(buffer.rows).toBe(5_000);
    expect(buffer.columns[0]!.slice(0, 5_000)).toEqual(numbers);
    expect(buffer.columns[1]!.slice(0, 5_000)).toEqual(numbers.map((i) => -i));
    expect(buffer.timestampsMs.slice(0, 5_000)).toEqual(numbers.map((i) => i * 10));
    expect(buffer.seriesIndexes.slice(0, 5_000)).toEqual(Uint32Array.from(numbers, (i) => i % 7));
  });

  it('sorts by series, then time, then arrival, and leaves what waits as it is', () => {
    const buffer = createRowBuffer(1);
    const arrivals = [
      [1, 20],
      [0, 30],
      [1, 10],
      [0, 30],
      [0, 5],
    ] as const;
    arrivals.forEach(([series, timestampMs], i) => {
      buffer.columns[0]![appendRow(buffer, series, timestampMs)] = i;
    });

    const sorted = sortedRows(buffer);

    expect([...sorted.seriesIndexes]).toEqual([0, 0, 0, 1, 1]);
    expect([...sorted.timestampsMs]).toEqual([5, 30, 30, 10, 20]);
    expect([...sorted.columns[0]!]).toEqual([4, 1, 3, 2, 0]);
    expect(Array.from(buffer.timestampsMs.subarray(0, 5))).toEqual([20, 30, 10, 30, 5]);
  });

  it('sorts nothing into nothing', () => {
    expect(sortedRows(createRowBuffer(1)).rows).toBe(0);
  });
});
