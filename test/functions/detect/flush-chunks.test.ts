import { describe, expect, it } from 'vitest';
import { type Archive, createArchive } from '../../../data/history/archive.ts';
import { decodeChunk } from '../../../data/history/open-chunk.ts';
import type { RowBuffer } from '../../../data/state/row-buffer.ts';
import { addSeries, createShardState, type Resolution, type ShardState } from '../../../data/state/shard-state.ts';
import { flushChunks } from '../../../functions/detect/flush-chunks.ts';
import { FIVE_MINUTES_MS } from '../../../models/domain/rollup.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { addRow, LAYOUT, seriesIdFor } from '../../support/shard-states.ts';

const CHUNK_ROWS_5M = 8_192;

function stateWith(series: number, rows: number): ShardState {
  const state = createShardState('abcdefghijkl', 0, LAYOUT);
  for (let number = 0; number < series; number++) addSeries(state, seriesIdFor(number), 'gauge', []);
  for (let row = 0; row < rows; row++) addRow(state, 'raw', row % series, row + 1, [row]);
  return state;
}

/** The rows of each chunk that it wrote. */
async function flush(state: ShardState, replaced: Partial<Archive> = {}): Promise<RowBuffer[]> {
  const objects = createMemoryObjects();
  await flushChunks({ ...createArchive(objects), ...replaced }, state);
  return Promise.all(state.chunks.map(({ resolution, key }) => decodeChunk(resolution, objects.bytesOf(key)!)));
}

describe('rows that wait', () => {
  it('stay where they are while they are few', async () => {
    const state = stateWith(2, 16_383);

    expect(await flush(state)).toEqual([]);
    expect(state.pending.raw.rows).toBe(16_383);
    expect(state.chunks).toEqual([]);
  });

  it('become a chunk when they are many, and the state names it', async () => {
    const state = stateWith(2, 16_384);

    const written = await flush(state);

    expect(state.chunks).toMatchObject([{ resolution: 'raw', rows: 16_384, fromMs: 1, toMs: 16_384 }]);
    expect(state.pending.raw.rows).toBe(0);
    expect(written[0]!.rows).toBe(16_384);
  });

  it('wait longer where the series are many, so that a chunk spans some time of each', async () => {
    expect(await flush(stateWith(1_100, 32 * 1_100 - 1))).toEqual([]);
    expect(await flush(stateWith(1_100, 32 * 1_100))).toHaveLength(1);
  });

  it('stay in the state where their chunk cannot be written', async () => {
    const state = stateWith(2, 16_384);

    await expect(flush(state, { writeChunk: () => Promise.reject(new Error('disk full')) })).rejects.toThrow(
      'disk full',
    );

    expect(state.pending.raw.rows).toBe(16_384);
    expect(state.chunks).toEqual([]);
  });
});

describe('a rollup of few samples', () => {
  /** Rows of five minutes with one sample each: of a gauge, which is raw too, or of a counter, whose rate it is. */
  function singles(kind: 'gauge' | 'counter'): ShardState {
    const state = createShardState('abcdefghijkl', 0, LAYOUT);
    addSeries(state, seriesIdFor(1), kind, []);
    for (let row = 0; row < CHUNK_ROWS_5M; row++) {
      addRow(state, 'raw', 0, row * FIVE_MINUTES_MS + 7, [row / 4]);
      addRow(state, '5m', 0, row * FIVE_MINUTES_MS, [1, row / 4, row / 4, row / 4, row / 4]);
    }
    return state;
  }
  /** How many of the rows have values. */
  const withValues = ([rows]: readonly RowBuffer[]): number => rows!.columns[0]!.filter((count) => count > 0).length;

  it('has no values in its chunk, as the samples say them', async () => {
    // Those at the old end are left as they are.
    expect(withValues(await flush(singles('gauge')))).toBe(Math.floor(CHUNK_ROWS_5M / 100));
  });

  it('keeps them where it is of a counter', async () => {
    expect(withValues(await flush(singles('counter')))).toBe(CHUNK_ROWS_5M);
  });

  it('keeps them where the samples would give others', async () => {
    const state = singles('gauge');
    state.pending['5m'].columns[4]![5_000] = -1;

    const written = await flush(state);

    expect(written[0]!.columns[4]![5_000]).toBe(-1);
    expect(withValues(written)).toBe(Math.floor(CHUNK_ROWS_5M / 100) + 1);
  });

  it('keeps them where the samples lie in a chunk that is damaged', async () => {
    const state = singles('gauge');
    const raw: Resolution = 'raw';
    state.chunks.push({ resolution: raw, key: 'history/lost', fromMs: 0, toMs: 1e12, rows: 1, sizeBytes: 1 });

    await flushChunks(createArchive(createMemoryObjects()), state);

    expect(state.chunks).toMatchObject([{ key: 'history/lost' }, { resolution: '5m', rows: CHUNK_ROWS_5M }]);
  });

  it('that was written twice is kept once, as it was written last', async () => {
    const state = singles('counter');
    addRow(state, '5m', 0, 3 * FIVE_MINUTES_MS, [2, 9, 4, 5, 5]);

    const [rows] = await flush(state);

    expect(rows!.rows).toBe(CHUNK_ROWS_5M);
    expect(rows!.columns.map((column) => column[3])).toEqual([2, 9, 4, 5, 5]);
  });
});
