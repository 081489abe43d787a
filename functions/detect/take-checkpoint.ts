import { encodeShardState } from '../../data/state/codec.ts';
import {
  CHECKPOINTS,
  checkpointKey,
  createOutbox,
  noPendingRows,
  type ShardState,
} from '../../data/state/shard-state.ts';
import { HOUR_MS } from '../../models/domain/rollup.ts';

/** With six of them, the oldest is two and a half hours old or older: late samples of two hours can be learned anew. */
const CHECKPOINT_EVERY_MS = HOUR_MS / 2;
/** Anomalies that began before it are settled: no late sample reaches them. */
const PUBLISHED_KEPT_MS = 6 * HOUR_MS;

/**
 * Keeps the state as it is now, once in half an hour of the shard's own time.
 *
 * It is written before the state that names it. After a crash in between, its place holds a checkpoint of another
 * sequence than the stored state says, and is passed over.
 */
export async function takeCheckpoint(
  state: ShardState,
  writeCheckpoint: (key: string, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const { watermarkMs } = state;
  state.published = state.published.filter(({ startedAtMs }) => startedAtMs >= watermarkMs - PUBLISHED_KEPT_MS);
  const newest = state.checkpoints.at(-1);
  const period = (timeMs: number): number => Math.floor(timeMs / CHECKPOINT_EVERY_MS);
  if (newest !== undefined && period(watermarkMs) <= period(newest.watermarkMs)) return;
  const sequence = (newest?.sequence ?? 0) + 1;
  state.checkpoints = [...state.checkpoints, { sequence, watermarkMs }].slice(-CHECKPOINTS);
  forgetOldMerges(state);
  await writeCheckpoint(checkpointKey(state.workspace, state.shard, sequence), encodeShardState(memoryOf(state)));
}

/** What a series is learned on from. All else only the state itself is asked for. */
function memoryOf(state: ShardState): ShardState {
  return {
    ...state,
    chunks: [],
    pending: noPendingRows(),
    applied: new Set(),
    outbox: createOutbox(),
    records: new Map(),
    published: [],
    retired: [],
    baselines: [],
  };
}

function forgetOldMerges(state: ShardState): void {
  const oldest = state.checkpoints[0]!.sequence;
  for (const [index, { sequence }] of state.lateMerges) if (sequence < oldest) state.lateMerges.delete(index);
}
