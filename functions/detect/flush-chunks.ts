import { type EncodedChunk, encodeChunk } from '../../data/history/chunk.ts';
import { createRowBuffer } from '../../data/state/row-buffer.ts';
import { RESOLUTION_COLUMNS, RESOLUTIONS, type Resolution, type ShardState } from '../../data/state/shard-state.ts';

/**
 * Rows that wait in the state before they become a chunk. Few keep the state small, which is written with every batch;
 * many keep the objects of the history few. A wide shard waits for more, so that a chunk spans several buckets.
 */
const CHUNK_ROWS: Readonly<Record<Resolution, number>> = { raw: 16_384, '5m': 8_192, '1h': 4_096 };
const CHUNK_ROWS_PER_SERIES: Readonly<Record<Resolution, number>> = { raw: 16, '5m': 6, '1h': 4 };

/**
 * Moves full buffers out of the state into chunks. The chunk is stored before the state that names it: a crash in
 * between leaves an object that nobody reads, and the same rows give the same key when they are written again.
 */
export async function flushChunks(
  state: ShardState,
  writeChunk: (chunk: EncodedChunk) => Promise<void>,
): Promise<void> {
  for (const resolution of RESOLUTIONS) {
    const pending = state.pending[resolution];
    const enough = Math.max(CHUNK_ROWS[resolution], CHUNK_ROWS_PER_SERIES[resolution] * state.seriesIds.length);
    if (pending.rows < enough) continue;
    const chunk = encodeChunk(state.workspace, state.shard, resolution, pending);
    await writeChunk(chunk);
    state.chunks.push(chunk.ref);
    state.pending[resolution] = createRowBuffer(RESOLUTION_COLUMNS[resolution].length);
  }
}
