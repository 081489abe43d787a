import type { Archive } from '../../data/history/archive.ts';
import { encodeChunk } from '../../data/history/chunk.ts';
import { DERIVED_SAMPLES, type RollupResolution, type WantedBuckets } from '../../data/history/derived-rollups.ts';
import { type RowBuffer, sortedRows, withoutReplaced } from '../../data/state/row-buffer.ts';
import type { Resolution, ShardState } from '../../data/state/shard-state.ts';
import { isUnreadable } from './compact-chunks.ts';

export type FlushChunksDeps = Pick<Archive, 'writeChunk' | 'sumBuckets'>;

/**
 * Rows that wait in the state before they become a chunk. Few keep the state small, which is written with every batch;
 * many keep the objects of the history few. A wide shard waits for more, so that a chunk spans several buckets.
 */
const CHUNK_ROWS: Readonly<Record<Resolution, number>> = { raw: 16_384, '5m': 8_192, '1h': 4_096 };
const CHUNK_ROWS_PER_SERIES: Readonly<Record<Resolution, number>> = { raw: 32, '5m': 6, '1h': 4 };
/** Rollups first, while the samples that they are of still wait. */
const ORDER: readonly Resolution[] = ['1h', '5m', 'raw'];

/**
 * Moves full buffers out of the state into chunks. The chunk is stored before the state that names it: a crash in
 * between leaves an object that nobody reads, and the same rows give the same key when they are written again.
 */
export async function flushChunks(deps: FlushChunksDeps, state: ShardState): Promise<void> {
  for (const resolution of ORDER) {
    const pending = state.pending[resolution];
    const enough = Math.max(CHUNK_ROWS[resolution], CHUNK_ROWS_PER_SERIES[resolution] * state.seriesIds.length);
    if (pending.rows < enough) continue;
    const rows = resolution === 'raw' ? pending : await withoutDerived(deps, state, resolution);
    // What is merged later is compressed well then.
    const chunk = encodeChunk(state.workspace, state.shard, resolution, rows, 'quick');
    await deps.writeChunk(chunk);
    state.chunks.push(chunk.ref);
    pending.rows = 0; // its room is used again
  }
}

/**
 * The rows that wait, those without values of which the samples alone give every bit: they are made again of these when
 * they are read.
 */
async function withoutDerived(
  { sumBuckets }: FlushChunksDeps,
  state: ShardState,
  resolution: RollupResolution,
): Promise<RowBuffer> {
  const rows = withoutReplaced(sortedRows(state.pending[resolution]));
  const wanted = bucketsOfFew(state, rows);
  if (wanted.size === 0) return rows;
  const sums = await sumBuckets(state, resolution, wanted).catch(ofUnreadable);
  if (sums === undefined) return rows;
  for (let row = 0; row < rows.rows; row++) {
    const values = sums.valuesOf(rows.seriesIndexes[row]!, rows.timestampsMs[row]!);
    const isSame = values?.every((value, place) => Object.is(value, rows.columns[place]![row]));
    if (isSame) for (const column of rows.columns) column[row] = 0;
  }
  return rows;
}

/** A chunk that is damaged must not keep a shard from going on: its rows then stay as they are. */
function ofUnreadable(error: unknown): undefined {
  if (!isUnreadable(error)) throw error;
}

/** The share of buckets that is left out at the old end: a few late samples must not make all of the past be read. */
const LEFT_OUT_SHARE = 0.01;

/** Buckets of few samples, by series; a counter's rollups are of its rates. */
function bucketsOfFew({ kinds }: ShardState, { rows, seriesIndexes, timestampsMs, columns }: RowBuffer): WantedBuckets {
  const isOfFew = (row: number): boolean =>
    kinds[seriesIndexes[row]!] === 'gauge' && columns[0]![row]! <= DERIVED_SAMPLES;
  const starts = timestampsMs.filter((_startMs, row) => row < rows && isOfFew(row)).sort();
  const fromMs = starts[Math.floor(starts.length * LEFT_OUT_SHARE)] ?? 0;
  const bySeries = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    if (timestampsMs[row]! < fromMs || !isOfFew(row)) continue;
    const list = bySeries.get(seriesIndexes[row]!);
    if (list === undefined) bySeries.set(seriesIndexes[row]!, [timestampsMs[row]!]);
    else list.push(timestampsMs[row]!);
  }
  return new Map([...bySeries].map(([index, list]) => [index, Float64Array.from(list)]));
}
