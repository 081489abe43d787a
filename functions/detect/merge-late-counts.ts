import { countDiscarded, type ShardState, SLOT } from '../../data/state/shard-state.ts';
import { type Count, type LateCounts, LONGEST_SILENCE_MS, withSilence } from './log-counts.ts';
import { createBaseLoader, type RelearnDeps, relearn } from './relearn.ts';

/**
 * Adds log records to five minutes that are finished: the series is taken back before them and learns on from there, so that
 * it ends as if all records had come in order.
 */
export async function mergeLateCounts(deps: RelearnDeps, state: ShardState, late: LateCounts): Promise<void> {
  const loadBase = createBaseLoader(deps, state);
  for (const [index, added] of late) {
    const corrected = await correctCounts(deps, state, index, added);
    const sinceMs = corrected[0]!.timestampMs;
    if (await relearn(deps, state, { index, sinceMs, samples: corrected, loadBase, refuted: 'withdraw' })) continue;
    for (const [startMs, records] of added) {
      state.counters.logRecords -= records;
      countDiscarded(state, 'late', startMs, records);
    }
  }
}

/** Those counts that are others now, ascending: with the late records, and with zeros for silences that they end or begin. */
async function correctCounts(
  { readRows }: RelearnDeps,
  state: ShardState,
  index: number,
  added: ReadonlyMap<number, number>,
): Promise<Count[]> {
  const openMs = state.words[index * SLOT.words + SLOT.logBucketStartMs]!;
  let firstMs = openMs;
  for (const startMs of added.keys()) firstMs = Math.min(firstMs, startMs);
  const fromMs = firstMs - LONGEST_SILENCE_MS;
  const rows =
    (await readRows(state, { resolution: 'raw', seriesIndex: index, fromMs, toMs: openMs })).get(index) ?? [];
  // Of equal times the last one stands.
  const known = new Map(rows.map(({ timestampMs, values }) => [timestampMs, values[0]!]));
  const counts = new Map([...known].filter(([, value]) => value > 0));
  for (const [startMs, records] of added) counts.set(startMs, (counts.get(startMs) ?? 0) + records);
  const ordered = [...counts].map(([timestampMs, value]) => ({ timestampMs, value }));
  ordered.sort((a, b) => a.timestampMs - b.timestampMs);
  return withSilence(ordered, openMs).filter(({ timestampMs, value }) => known.get(timestampMs) !== value);
}
