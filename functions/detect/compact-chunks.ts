import type { Archive } from '../../data/history/archive.ts';
import { encodeChunk } from '../../data/history/chunk.ts';
import { joinRows, type RowBuffer } from '../../data/state/row-buffer.ts';
import { type ChunkRef, RESOLUTION_COLUMNS, RESOLUTIONS, type ShardState } from '../../data/state/shard-state.ts';
import { ServiceError } from '../platform/errors.ts';

export type CompactChunksDeps = Pick<Archive, 'readChunk' | 'writeChunk' | 'deleteChunk'>;

/** So many neighbours of one level become one of the next: each row is written anew once for each level. */
export const MERGED_CHUNKS = 8;
/** The largest chunk that merging makes; what its rows take in memory is what merging takes. */
export const MAX_MERGED_ROWS = 524_288;
/** Fewer are not worth it: reading and writing rows anew costs as much as finding them. */
const FEWEST_MERGED = 3;
/** Level of a chunk that cannot be read: it stays as it is. */
const NEVER = -1;

/**
 * Keeps the chunks of a shard few: merges neighbours, at most once for each batch, and deletes those whose rows are in
 * others since the state that is stored.
 *
 * Works on what is stored, before the batch changes anything: after a crash the same chunks are merged into the same
 * one under the same key. A replaced chunk is named as retired by the state that no longer reads it, and deleted by the
 * batch after that one, so that at any time what the stored state names is there, and what it does not is named as
 * retired.
 */
export async function compactChunks(deps: CompactChunksDeps, state: ShardState): Promise<void> {
  await deleteRetired(deps, state);
  const group = planMerge(state.chunks);
  if (group === undefined) return;
  const rows = await readAll(deps, state, group);
  if (rows === undefined) return;
  const { resolution, level = 0 } = group[0]!;
  const joined = joinRows(rows, RESOLUTION_COLUMNS[resolution].length);
  const { ref, bytes } = encodeChunk(state.workspace, state.shard, resolution, joined);
  await deps.writeChunk({ ref, bytes });
  const merged = new Set(group);
  // In the place of the first: of rows of one time, which was written last must not change.
  state.chunks = state.chunks.flatMap((chunk) => {
    if (chunk === group[0]) return [{ ...ref, level: level + 1 }];
    return merged.has(chunk) ? [] : [chunk];
  });
  state.retired = group.map(({ key }) => key);
}

async function deleteRetired({ deleteChunk }: CompactChunksDeps, state: ShardState): Promise<void> {
  // Rows that replace all of another chunk's may have made the same chunk once more.
  const named = new Set(state.chunks.map(({ key }) => key));
  for (const key of state.retired) if (!named.has(key)) await deleteChunk(key);
  state.retired = [];
}

/** The first neighbours of one resolution and level that are enough for one of the next; undefined where there are none. */
export function planMerge(chunks: readonly ChunkRef[]): readonly ChunkRef[] | undefined {
  for (const resolution of RESOLUTIONS) {
    const own = chunks.filter((chunk) => chunk.resolution === resolution);
    for (let first = 0; first < own.length; first++) {
      const group = groupFrom(own, first);
      if (group !== undefined) return group;
    }
  }
  return undefined;
}

/** Somewhat fewer than the usual number where more rows would be too many. */
function groupFrom(own: readonly ChunkRef[], first: number): readonly ChunkRef[] | undefined {
  const { level = 0 } = own[first]!;
  if (level === NEVER) return undefined;
  let rows = 0;
  for (let end = first; end < own.length; end++) {
    const next = own[end]!;
    if ((next.level ?? 0) !== level) return undefined;
    rows += next.rows;
    if (rows > MAX_MERGED_ROWS) return end - first >= FEWEST_MERGED ? own.slice(first, end) : undefined;
    if (end - first + 1 === MERGED_CHUNKS) return own.slice(first, end + 1);
  }
  return undefined;
}

/** Undefined where one cannot be read: it is marked, so that the others are not read again and again. */
async function readAll(
  { readChunk }: CompactChunksDeps,
  state: ShardState,
  group: readonly ChunkRef[],
): Promise<RowBuffer[] | undefined> {
  const found: RowBuffer[] = [];
  for (const chunk of group) {
    try {
      found.push(await readChunk(chunk));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      state.chunks = state.chunks.map((one) => (one === chunk ? { ...one, level: NEVER } : one));
      return undefined;
    }
  }
  return found;
}

/** Whether it is the bytes at rest that failed: trying again would fail as well. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof ServiceError && (error.code === 'store/corrupt' || error.code === 'store/version-unknown');
}
