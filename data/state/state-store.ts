import type { Objects } from '../contracts.ts';
import { decodeShardState, encodeShardState } from './codec.ts';
import { createReusedBytes } from './reused-bytes.ts';
import { type ShardState, stateKey } from './shard-state.ts';

/** A state that the caller may change, and what it must still be stored as for the change to count. */
export interface LoadedState {
  readonly state: ShardState;
  /** Undefined where nothing is stored yet. */
  readonly etag: string | undefined;
}

export interface StateStore {
  /** Undefined where the shard has no state yet. */
  load(workspace: string, shard: number): Promise<LoadedState | undefined>;
  /** Replaces what was loaded; `conflict` where somebody else did so first: load again and redo. */
  save(loaded: LoadedState): Promise<'stored' | 'conflict'>;
}

/**
 * Keeps the states that this process saved last, so that a warm consumer reads a shard once. A kept state that somebody
 * else has replaced shows as a conflict on save. A loaded state leaves the cache until it is saved: work that fails half
 * way leaves nothing behind.
 */
export function createStateStore(objects: Objects): StateStore {
  const kept = new Map<string, { state: ShardState; etag: string }>();
  const encoded = createReusedBytes();
  return {
    async load(workspace, shard) {
      const key = stateKey(workspace, shard);
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        return known;
      }
      const stored = await objects.get(key);
      return stored && { state: decodeShardState(stored.bytes), etag: stored.etag };
    },
    async save({ state, etag }) {
      const key = stateKey(state.workspace, state.shard);
      const condition = etag === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'match', etag } as const);
      const bytes = encodeShardState(state, encoded.take);
      const result = await objects.put(key, bytes, condition);
      // Not after an error: a put that was given up may still be reading them.
      encoded.giveBack(bytes);
      if (result.kind === 'conflict') return 'conflict';
      kept.set(key, { state, etag: result.etag });
      return 'stored';
    },
  };
}
