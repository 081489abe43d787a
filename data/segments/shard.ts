import type { SeriesId } from '../../models/domain/series.ts';

/** The shard that a series, or a stream of logs, belongs to: spread evenly, since identifiers are hashes. */
export function shardOf(seriesId: SeriesId, shardCount: number): number {
  return shardOfWord(Number.parseInt(seriesId.slice(0, 8), 16), shardCount);
}

/** The same from the first word of the identifier, as SeriesHead has it. */
export function shardOfWord(firstWord: number, shardCount: number): number {
  return (firstWord >>> 0) % shardCount;
}
