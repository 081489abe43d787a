import type { SeriesId } from '../../models/domain/series.ts';

/** The shard that a series, or a stream of logs, belongs to: spread evenly, since identifiers are hashes. */
export function shardOf(seriesId: SeriesId, shardCount: number): number {
  return Number.parseInt(seriesId.slice(0, 8), 16) % shardCount;
}
