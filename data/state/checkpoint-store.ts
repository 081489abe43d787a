import { ServiceError } from '../../functions/platform/errors.ts';
import type { Objects } from '../contracts.ts';
import { decodeShardState } from './codec.ts';
import { type CheckpointRef, checkpointKey, type ShardState } from './shard-state.ts';

export interface CheckpointStore {
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Undefined where its place holds another one by now, or one that cannot be read. */
  read(workspace: string, shard: number, checkpoint: CheckpointRef): Promise<ShardState | undefined>;
  /** One that was kept under a key of its own; undefined where it is gone or cannot be read. */
  readBackup(key: string): Promise<ShardState | undefined>;
}

export function createCheckpointStore(objects: Objects): CheckpointStore {
  return {
    async write(key, bytes) {
      await objects.put(key, bytes);
    },
    async read(workspace, shard, { sequence }) {
      const stored = await objects.get(checkpointKey(workspace, shard, sequence));
      const state = stored && decodeIfReadable(stored.bytes);
      return state?.checkpoints.at(-1)?.sequence === sequence ? state : undefined;
    },
    async readBackup(key) {
      const stored = await objects.get(key);
      return stored && decodeIfReadable(stored.bytes);
    },
  };
}

/** A checkpoint that is damaged or of another release is as good as none: another one, or the beginning, serves too. */
function decodeIfReadable(bytes: Uint8Array): ShardState | undefined {
  try {
    return decodeShardState(bytes);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
