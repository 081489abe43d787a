import type { LogBatch } from '../../../data/segments/batch.ts';
import type { SeriesBatch } from '../../support/series-columns.ts';

export const WORKSPACE = 'abcdefghijkl';

/** An identifier whose series belongs to this shard, of four. */
export function idOfShard(shard: number, number = 0): string {
  return `0000000${shard}${`${number}`.padStart(24, '0')}`;
}

export function series(
  seriesId: string,
  points: readonly (readonly [timestampMs: number, value: number])[],
  staleAt: readonly number[] = [],
): SeriesBatch {
  return {
    seriesId,
    labels: [
      ['__name__', 'cpu'],
      ['host', `ü${seriesId}`],
    ],
    kind: 'gauge',
    timestampsMs: Float64Array.from(points, ([timestampMs]) => timestampMs),
    values: Float64Array.from(points, ([, value], i) => (staleAt.includes(i) ? Number.NaN : value)),
    stale: Uint8Array.from(points, (_, i) => (staleAt.includes(i) ? 1 : 0)),
  };
}

export function log(streamId: string, lines: readonly (readonly [timestampMs: number, line: string])[]): LogBatch {
  return {
    streamId,
    labels: [['service', streamId]],
    records: lines.map(([timestampMs, line]) => ({ timestampMs, severity: 'info', line })),
  };
}
