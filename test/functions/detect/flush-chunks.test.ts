import { describe, expect, it } from 'vitest';
import type { EncodedChunk } from '../../../data/history/chunk.ts';
import { decodeChunk } from '../../../data/history/open-chunk.ts';
import { addSeries, createShardState, type ShardState } from '../../../data/state/shard-state.ts';
import { flushChunks } from '../../../functions/detect/flush-chunks.ts';
import { addRow, LAYOUT, seriesIdFor } from '../../support/shard-states.ts';

function stateWith(series: number, rows: number): ShardState {
  const state = createShardState('abcdefghijkl', 0, LAYOUT);
  for (let number = 0; number < series; number++) addSeries(state, seriesIdFor(number), 'gauge', []);
  for (let row = 0; row < rows; row++) addRow(state, 'raw', row % series, row + 1, [row]);
  return state;
}

async function flush(state: ShardState): Promise<EncodedChunk[]> {
  const written: EncodedChunk[] = [];
  await flushChunks(state, async (chunk) => void written.push(chunk));
  return written;
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

    expect(written.map(({ ref }) => ref)).toEqual(state.chunks);
    expect(state.chunks).toMatchObject([{ resolution: 'raw', rows: 16_384, fromMs: 1, toMs: 16_384 }]);
    expect(state.pending.raw.rows).toBe(0);
    expect((await decodeChunk('raw', written[0]!.bytes)).rows).toBe(16_384);
  });

  it('wait longer where the series are many, so that a chunk spans some time of each', async () => {
    expect(await flush(stateWith(1_100, 16_384))).toEqual([]);
    expect(await flush(stateWith(1_100, 16 * 1_100))).toHaveLength(1);
  });

  it('stay in the state where their chunk cannot be written', async () => {
    const state = stateWith(2, 16_384);

    await expect(flushChunks(state, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');

    expect(state.pending.raw.rows).toBe(16_384);
    expect(state.chunks).toEqual([]);
  });
});
