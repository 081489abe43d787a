import { ServiceError } from '../../functions/platform/errors.ts';
import type { Objects } from '../contracts.ts';
import type { RowBuffer } from '../state/row-buffer.ts';
import type { ChunkRef } from '../state/shard-state.ts';
import { bytesInMemory, type Chunk, type ChunkGroup, openChunk } from './open-chunk.ts';
import type { ByteSource } from './parquet-reader.ts';

/** Decoded rows kept for the next query. */
const CACHED_ROWS = 262_144;

/** Smaller ones are read at once; of larger ones what is said of their groups, then the groups that are wanted. */
const WHOLE_BYTES = 128 * 1024;

interface KeptChunk {
  readonly chunk: Chunk;
  /** Those that somebody has asked for, by their place. */
  readonly rows: Map<number, RowBuffer>;
  keptRows: number;
}

/** Series of a shard by their index: `from` included, `to` excluded. */
export interface IndexRange {
  readonly from: number;
  readonly to: number;
}

/** The groups of rows of a chunk that hold some of the series, or all of them. */
export type ReadChunk = (ref: ChunkRef, series?: IndexRange) => Promise<readonly RowBuffer[]>;

/** A chunk that a view names and nobody can find: the view is older than the chunks, or something is lost. */
export class ChunkMissing extends ServiceError {
  constructor(key: string) {
    super('store/corrupt', `history: chunk ${key} is missing`);
  }
}

/** Keeps what was read last. What a chunk holds never changes. */
export function createChunkReader(objects: Objects): ReadChunk {
  const kept = new Map<string, KeptChunk>();
  let keptRows = 0;

  function forget(key: string): void {
    keptRows -= kept.get(key)?.keptRows ?? 0;
    kept.delete(key);
  }

  /** Puts it at the end: the first is the one that nobody has asked for the longest. */
  function keep(key: string, entry: KeptChunk): void {
    forget(key);
    entry.keptRows = [...entry.rows.values()].reduce((sum, { rows }) => sum + rows, 0);
    keptRows += entry.keptRows;
    kept.set(key, entry);
    for (const oldest of kept.keys()) {
      if (keptRows <= CACHED_ROWS || oldest === key) break;
      forget(oldest);
    }
  }

  return async (ref, series) => {
    let opened: ByteSource | undefined;
    const source = async (): Promise<ByteSource> => {
      opened ??= await sourceOf(objects, ref, series);
      return opened;
    };
    const entry = kept.get(ref.key) ?? {
      chunk: await openChunk(ref.resolution, await source()),
      rows: new Map<number, RowBuffer>(),
      keptRows: 0,
    };
    const { chunk, rows } = entry;
    const found: RowBuffer[] = [];
    for (const place of placesOf(chunk.groups, series)) {
      const group = rows.get(place) ?? (await chunk.read(chunk.groups[place]!, await source()));
      rows.set(place, group);
      found.push(group);
    }
    keep(ref.key, entry);
    return found;
  };
}

/** As a whole where all of it is wanted, or little would be saved. */
async function sourceOf(objects: Objects, { key, sizeBytes }: ChunkRef, series?: IndexRange): Promise<ByteSource> {
  const found = <T extends { readonly bytes: Uint8Array }>(stored: T | undefined): Uint8Array => {
    if (stored === undefined) throw new ChunkMissing(key);
    return stored.bytes;
  };
  if (series === undefined || sizeBytes <= WHOLE_BYTES) return bytesInMemory(found(await objects.get(key)));
  return { sizeBytes, read: async (startByte, endByte) => found(await objects.getRange(key, startByte, endByte)) };
}

function placesOf(groups: readonly ChunkGroup[], series: IndexRange | undefined): number[] {
  const isWanted = ({ firstSeries, lastSeries }: ChunkGroup): boolean =>
    series === undefined || (lastSeries >= series.from && firstSeries < series.to);
  return [...groups.keys()].filter((place) => isWanted(groups[place]!));
}
