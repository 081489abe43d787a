import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeChunk } from '../../../data/history/chunk.ts';
import { joinRuns, splitRuns } from '../../../data/history/derived-runs.ts';
import { bytesInMemory, decodeChunk, openChunk } from '../../../data/history/open-chunk.ts';
import type { RowBuffer } from '../../../data/state/row-buffer.ts';
import { FIVE_MINUTES_MS } from '../../../models/domain/rollup.ts';
import { rowsOf } from '../../support/history-rows.ts';

/** Buckets of one series: how many steps after the one before, and whether the samples say its values. */
const series = fc.array(
  fc.record({ steps: fc.integer({ min: 1, max: 3 }), isDerived: fc.boolean(), value: fc.integer({ min: 0, max: 9 }) }),
  { maxLength: 60 },
);

function bucketsOf(lists: readonly (readonly { steps: number; isDerived: boolean; value: number }[])[]): RowBuffer {
  const rows = lists.flatMap((list, index) => {
    let startMs = 0;
    return list.map(({ steps, isDerived, value }) => {
      startMs += steps * FIVE_MINUTES_MS;
      const values = isDerived ? [0, 0, 0, 0, 0] : [1, value, value, value, value];
      return [index, startMs, ...values] as const;
    });
  });
  return rowsOf('5m', rows);
}

const derived = (rows: number): RowBuffer =>
  rowsOf(
    '5m',
    Array.from({ length: rows }, (_, i) => [2, i * FIVE_MINUTES_MS, 0, 0, 0, 0, 0] as const),
  );

describe('a run of buckets without values', () => {
  it('is one row, unless it is very long', () => {
    const { rows, buckets } = joinRuns(derived(1_000), FIVE_MINUTES_MS);

    expect(rows.rows).toBe(1);
    expect([...buckets]).toEqual([1_000]);
    expect([...joinRuns(derived(20_000), FIVE_MINUTES_MS).buckets]).toEqual([16_384, 3_616]);
    expect(encodeChunk('abcdefghijkl', 0, '5m', derived(1_000)).ref.rows).toBe(1_000);
  });

  it('ends at a gap, at another series and at a bucket with values', () => {
    const rows = rowsOf('5m', [
      [0, 0, 0, 0, 0, 0, 0],
      [0, FIVE_MINUTES_MS, 0, 0, 0, 0, 0],
      [0, 3 * FIVE_MINUTES_MS, 0, 0, 0, 0, 0],
      [1, 4 * FIVE_MINUTES_MS, 0, 0, 0, 0, 0],
      [1, 5 * FIVE_MINUTES_MS, 1, 7, 7, 7, 7],
      [1, 6 * FIVE_MINUTES_MS, 0, 0, 0, 0, 0],
    ]);

    expect([...joinRuns(rows, FIVE_MINUTES_MS).buckets]).toEqual([2, 1, 1, 1, 1]);
  });

  it('of any rows is taken apart to the same rows, by itself and from a chunk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(series, { minLength: 1, maxLength: 4 }), async (lists) => {
        const rows = bucketsOf(lists);
        fc.pre(rows.rows > 0);
        expect(splitRuns(joinRuns(rows, FIVE_MINUTES_MS), FIVE_MINUTES_MS)).toEqual(rows);
        expect(await decodeChunk('5m', encodeChunk('abcdefghijkl', 0, '5m', rows).bytes)).toEqual(rows);
      }),
      { numRuns: 100 },
    );
  });

  it('is read in groups that hold no more buckets than others', async () => {
    const source = bytesInMemory(encodeChunk('abcdefghijkl', 0, '5m', derived(200_000)).bytes);
    const chunk = await openChunk('5m', source);

    const rows: number[] = [];
    for (const group of chunk.groups) rows.push((await chunk.read(group, source)).rows);

    expect(rows).toEqual([65_536, 65_536, 65_536, 3_392]);
  });
});
