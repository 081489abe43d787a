import { encodeShardState } from '../../data/state/codec.ts';
import { labelsAt } from '../../data/state/label-table.ts';
import {
  addSeries,
  backupKey,
  createShardState,
  type FollowedBaseline,
  memoryWords,
  type ShardState,
  SLOT,
} from '../../data/state/shard-state.ts';
import { concerns, type PolicyBook } from '../../models/detect/policy-book.ts';
import { createBaseLoader, type LoadBase, type RelearnDeps, relearn, seriesOf } from './relearn.ts';

export interface FollowBaselinesDeps extends RelearnDeps {
  readonly writeCheckpoint: (key: string, bytes: Uint8Array) => Promise<void>;
  /** An object that keeps series as they were; undefined where it is not there any more. */
  readonly readBackup: (key: string) => Promise<ShardState | undefined>;
}

/** Series that are learned anew with one batch; the others follow with the next ones. */
const SERIES_AT_ONCE = 100;

/**
 * Lets a shard follow people's word on new normals, and their taking it back: series that have gone past the time of a
 * baseline are learned anew from before it, with it or without it.
 *
 * What has not come to that time yet needs nothing: the word is in force when its samples come. A series that cannot be
 * taken back so far takes its new level at its next sample; it is taken back by means of a copy of what it knew before.
 * Twice with the same book changes nothing.
 */
export async function followBaselines(deps: FollowBaselinesDeps, state: ShardState, book: PolicyBook): Promise<void> {
  noteWords(state, book);
  const loadCheckpoint = createBaseLoader(deps, state);
  let left = SERIES_AT_ONCE;
  for (const followed of state.baselines) {
    if (followed.nextIndex >= state.seriesIds.length) continue;
    const [indexes, nextIndex] = nextSeries(state, followed, left);
    left -= indexes.length;
    if (!followed.undo) await backUp(deps, state, followed, indexes);
    const loadBase = followed.undo ? withBackups(deps, state, followed, loadCheckpoint) : loadCheckpoint;
    for (const index of indexes) await followOne(deps, state, index, followed, loadBase);
    followed.nextIndex = nextIndex;
    if (left === 0) break;
  }
  state.baselines = state.baselines.filter(({ undo, nextIndex }) => !undo || nextIndex < state.seriesIds.length);
}

/** New words, and those that are not there any more. */
function noteWords(state: ShardState, { baselines }: PolicyBook): void {
  const wanted = new Set(baselines.map(({ baselineId }) => baselineId));
  state.baselines = state.baselines.map((followed) =>
    followed.undo || wanted.has(followed.baseline.baselineId) ? followed : { ...followed, undo: true, nextIndex: 0 },
  );
  const known = new Set(state.baselines.filter(({ undo }) => !undo).map(({ baseline }) => baseline.baselineId));
  for (const { baselineId, seriesId, selector, fromMs } of baselines) {
    if (known.has(baselineId)) continue;
    const baseline = { baselineId, seriesId, selector, fromMs };
    state.baselines.push({ baseline, undo: false, nextIndex: 0, backups: [] });
  }
}

/** Series that the baseline is about and that have gone past its time, and where to go on looking. */
function nextSeries(
  state: ShardState,
  { baseline, nextIndex }: FollowedBaseline,
  most: number,
): readonly [indexes: readonly number[], nextIndex: number] {
  const found: number[] = [];
  let index = nextIndex;
  for (; index < state.seriesIds.length && found.length < most; index++) {
    if (state.words[index * SLOT.words + SLOT.lastTimestampMs]! < baseline.fromMs) continue;
    if (concerns(baseline, state.seriesIds[index]!, labelsAt(state.labels, index))) found.push(index);
  }
  // What comes later is new by then, and is judged with the baseline from its first sample on.
  return [found, index >= state.seriesIds.length ? Number.MAX_SAFE_INTEGER : index];
}

async function followOne(
  deps: FollowBaselinesDeps,
  state: ShardState,
  index: number,
  { baseline }: FollowedBaseline,
  loadBase: LoadBase,
): Promise<void> {
  const open = deps.processor.openAnomaly(state, index);
  const told = state.outbox.anomalies.length;
  const sinceMs = baseline.fromMs;
  if (!(await relearn(deps, state, { index, sinceMs, samples: [], loadBase, refuted: 'keep' }))) return;
  if (open === undefined) return;
  const isFound = state.outbox.anomalies.slice(told).some(({ anomalyId }) => anomalyId === open.anomalyId);
  // It was one in its time. That it went on is not so any more.
  if (!isFound) state.outbox.anomalies.push({ ...open, status: 'closed', endedAtMs: open.lastAtMs });
}

/** Keeps the series as they are, under one key for each step. */
async function backUp(
  deps: FollowBaselinesDeps,
  state: ShardState,
  followed: FollowedBaseline,
  indexes: readonly number[],
): Promise<void> {
  if (indexes.length === 0) return;
  const kept = createShardState(state.workspace, state.shard, state.layout);
  const words = memoryWords(state.layout);
  for (const index of indexes) {
    const at = addSeries(kept, state.seriesIds[index]!, state.kinds[index]!, labelsAt(state.labels, index));
    kept.words.set(state.words.subarray(index * SLOT.words, (index + 1) * SLOT.words), at * SLOT.words);
    kept.memory.set(state.memory.subarray(index * words, (index + 1) * words), at * words);
  }
  const key = backupKey(state.workspace, state.shard, followed.baseline.baselineId, indexes[0]!);
  await deps.writeCheckpoint(key, encodeShardState(kept));
  followed.backups.push(key);
}

/** A checkpoint before the baseline where there is one, else what was kept when it was accepted. */
function withBackups(
  deps: FollowBaselinesDeps,
  state: ShardState,
  { backups }: FollowedBaseline,
  loadCheckpoint: LoadBase,
): LoadBase {
  const read = new Map<string, Promise<ShardState | undefined>>();
  return async (index, beforeMs) => {
    const checkpoint = await loadCheckpoint(index, beforeMs);
    if (checkpoint !== undefined) return checkpoint;
    for (const key of backups) {
      const reading = read.get(key) ?? deps.readBackup(key);
      read.set(key, reading);
      const kept = await reading;
      const at = kept?.indexById.get(state.seriesIds[index]!);
      const base = at === undefined ? undefined : seriesOf(kept, state.layout, at);
      if (base !== undefined) return base;
    }
    return undefined;
  };
}
