import { ServiceError } from '../../functions/platform/errors.ts';
import type { Objects } from '../contracts.ts';
import type { RowBuffer } from '../state/row-buffer.ts';
import type { ChunkRef } from '../state/shard-state.ts';
import { type ChunkGroup, openChunk } from './open-chunk.ts';

/** Decoded rows kept for the next query. */
const CACHED_ROWS = 262_144;

interface KeptChunk {
  readonly groups: readonly ChunkGroup[];
  /** Those that somebody has asked for, by their place. */
  readonly rows: Map<number, RowBuffer>;
}

/** The groups of rows of a chunk that hold the series, or all of them. */
export type ReadChunk = (ref: ChunkRef, seriesIndex?: number) => Promise<readonly RowBuffer[]>;

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

  /** Moves it to the end: the first is the one that nobody has asked for the longest. */
  function keep(key: string, chunk: KeptChunk): void {
    kept.delete(key);
    kept.set(key, chunk);
    for (const [oldest, { rows }] of kept) {
      if (keptRows <= CACHED_ROWS || oldest === key) break;
      kept.delete(oldest);
      for (const buffer of rows.values()) keptRows -= buffer.rows;
    }
  }

  return async ({ resolution, key }, seriesIndex) => {
    const known = kept.get(key);
    const wanted = known && placesOf(known.groups, seriesIndex);
    if (known !== undefined && wanted!.every((place) => known.rows.has(place))) {
      keep(key, known);
      return wanted!.map((place) => known.rows.get(place)!);
    }
    const stored = await objects.get(key);
    if (stored === undefined) throw new ChunkMissing(key);
    const chunk = openChunk(resolution, stored.bytes);
    const entry = kept.get(key) ?? { groups: chunk.groups, rows: new Map<number, RowBuffer>() };
    const found: RowBuffer[] = [];
    for (const place of placesOf(chunk.groups, seriesIndex)) {
      const rows = entry.rows.get(place) ?? (await chunk.read(chunk.groups[place]!));
      if (!entry.rows.has(place)) keptRows += rows.rows;
      entry.rows.set(place, rows);
      found.push(rows);
    }
    keep(key, entry);
    return found;
  };
}

function placesOf(groups: readonly ChunkGroup[], seriesIndex: number | undefined): number[] {
  const isWanted = ({ firstSeries, lastSeries }: ChunkGroup): boolean =>
    seriesIndex === undefined || (seriesIndex >= firstSeries && seriesIndex <= lastSeries);
  return [...groups.keys()].filter((place) => isWanted(groups[place]!));
}
