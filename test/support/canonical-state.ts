import type { ReadRows } from '../../data/history/history.ts';
import { encodeShardState } from '../../data/state/codec.ts';
import { labelsAt } from '../../data/state/label-table.ts';
import { appendRow } from '../../data/state/row-buffer.ts';
import {
  addSeries,
  createShardState,
  memoryWords,
  RESOLUTIONS,
  type ShardState,
  SLOT,
} from '../../data/state/shard-state.ts';

/**
 * A shard's state as bytes that tell only what it has learned, and not on which way.
 *
 * Left out is what says how the data came: the ids of applied segments and their number, which chunks and checkpoints were
 * written when, which late samples were merged since, and how many repeats came. Series stand in the order of their ids
 * instead of that of their appearance, which is what their index is made of; rows of history are joined from chunks and
 * buffers, each that stands once. All else is there: every word of every series, all of its detector's memory, kinds,
 * labels, all of its history, the shard's times, which log records were counted, and what people were told of.
 */
export async function canonicalBytes(state: ShardState, readRows: ReadRows): Promise<Uint8Array> {
  const canonical = createShardState(state.workspace, state.shard, state.layout);
  canonical.watermarkMs = state.watermarkMs;
  canonical.sweptAtMs = state.sweptAtMs;
  canonical.counters = {
    ...canonical.counters,
    samples: state.counters.samples,
    logRecords: state.counters.logRecords,
  };
  const words = memoryWords(state.layout);
  for (const seriesId of [...state.seriesIds].sort()) {
    const from = state.indexById.get(seriesId)!;
    const to = addSeries(canonical, seriesId, state.kinds[from]!, labelsAt(state.labels, from));
    canonical.words.set(state.words.subarray(from * SLOT.words, (from + 1) * SLOT.words), to * SLOT.words);
    canonical.memory.set(state.memory.subarray(from * words, (from + 1) * words), to * words);
  }
  for (const resolution of RESOLUTIONS) {
    const found = await readRows(state, { resolution, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    for (const [index, seriesId] of canonical.seriesIds.entries()) {
      const rows = found.get(state.indexById.get(seriesId)!) ?? [];
      for (const [place, { timestampMs, values }] of rows.entries()) {
        if (rows[place + 1]?.timestampMs === timestampMs) continue;
        const row = appendRow(canonical.pending[resolution], index, timestampMs);
        for (const [column, value] of values.entries()) canonical.pending[resolution].columns[column]![row] = value;
      }
    }
  }
  for (const [index, known] of state.records) {
    canonical.records.set(canonical.indexById.get(state.seriesIds[index]!)!, known);
  }
  canonical.published = state.published
    .map((one) => ({ ...one, seriesIndex: canonical.indexById.get(state.seriesIds[one.seriesIndex]!)! }))
    .sort((a, b) => (a.anomalyId < b.anomalyId ? -1 : 1));
  return encodeShardState(canonical);
}
