import { countDiscarded, type ShardState } from '../../data/state/shard-state.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';
import { addLateToRollups } from './late-rollups.ts';
import { createBaseLoader, noteFirst, type RelearnDeps, relearn } from './relearn.ts';
import { addRawRow, type LateSample, type LateSamples } from './sample-processor.ts';

/** Samples this far behind the newest of their series are merged and scored; older ones are rolled up and counted. */
export const LATENESS_MS = 2 * HOUR_MS;
/**
 * Puts late samples where they belong: the series is taken back to a checkpoint before them and learns on from there, so
 * that it ends as if all had come in order. What people were told meanwhile and is not so any more is withdrawn.
 *
 * Samples that are there already change nothing but a count. Runs on what `state` holds and what its chunks hold, and
 * leaves its result in `state`.
 */
export async function mergeLate(deps: RelearnDeps, state: ShardState, late: LateSamples): Promise<void> {
  const loadBase = createBaseLoader(deps, state);
  for (const [index, samples] of late) {
    const fresh = await newSamples(deps, state, index, samples);
    if (fresh.length === 0) continue;
    // As it was when each arrived, so that it does not matter how many requests are worked on together.
    const mergeable = fresh.filter(({ behindMs }) => behindMs <= LATENESS_MS);
    const sinceMs = mergeable[0]?.timestampMs;
    const merged =
      sinceMs !== undefined &&
      (await relearn(deps, state, { index, sinceMs, samples: mergeable, loadBase, refuted: 'withdraw' }));
    if (merged) state.counters.samples += mergeable.length;
    const left = merged ? fresh.filter((sample) => !mergeable.includes(sample)) : fresh;
    for (const sample of left) await rollUp(deps, state, index, sample);
  }
}

/** Without those that are there already: repeats change nothing. Ascending in time; of equal times the first to arrive. */
async function newSamples(
  deps: RelearnDeps,
  state: ShardState,
  index: number,
  samples: readonly LateSample[],
): Promise<readonly LateSample[]> {
  const ordered = [...samples].sort((a, b) => a.timestampMs - b.timestampMs);
  const fromMs = ordered[0]!.timestampMs;
  const toMs = ordered.at(-1)!.timestampMs + 1;
  const rows = (await deps.readRows(state, { resolution: 'raw', seriesIndex: index, fromMs, toMs })).get(index) ?? [];
  const known = new Set(rows.map(({ timestampMs }) => timestampMs));
  const fresh: LateSample[] = [];
  for (const sample of ordered) {
    // The end of a series that went on says nothing any more.
    if (sample.isStale || known.has(sample.timestampMs)) {
      countDiscarded(state, 'duplicate', sample.timestampMs);
      continue;
    }
    known.add(sample.timestampMs);
    fresh.push(sample);
  }
  return fresh;
}

/** Too late to be scored: readable as raw, part of its buckets where that can be told, and counted. */
async function rollUp(deps: RelearnDeps, state: ShardState, index: number, sample: LateSample): Promise<void> {
  countDiscarded(state, 'too_late', sample.timestampMs);
  noteFirst(state, index, sample.timestampMs);
  await addLateToRollups(deps.readRows, state, index, sample);
  addRawRow(state, index, sample.timestampMs, sample.value);
}
