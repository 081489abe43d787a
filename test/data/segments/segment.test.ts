import { describe, expect, it } from 'vitest';
import { decodeSegmentPart, encodeSegment, type SeriesBatch } from '../../../data/segments/segment.ts';

const WORKSPACE = 'abcdefghijkl';

function series(seriesId: string, points: readonly (readonly [number, number])[]): SeriesBatch {
  return {
    seriesId,
    labels: [
      ['__name__', 'cpu'],
      ['host', 'ü'],
    ],
    kind: 'gauge',
    timestampsMs: Float64Array.from(points, ([timestampMs]) => timestampMs),
    values: Float64Array.from(points, ([, value]) => value),
    stale: new Uint8Array(points.length),
  };
}

describe('a segment', () => {
  it('gives back what went in', () => {
    const batch = series('00000001'.padEnd(32, '0'), [
      [1_700_000_000_000, 1.5],
      [1_700_000_015_000, -0],
    ]);

    const segment = encodeSegment(WORKSPACE, 4, { series: [batch], logs: [] });
    const part = decodeSegmentPart(segment.bytes, { workspace: WORKSPACE, shard: 1 });

    expect(segment.parts).toEqual([{ offset: 0, length: segment.bytes.length, shard: 1, samples: 2, logRecords: 0 }]);
    expect(segment.key).toBe(`seg/${WORKSPACE}/2023-11-14T22/${segment.segmentId}`);
    expect(part.seriesIdAt(0)).toBe(batch.seriesId);
    expect(part.labelsAt(0)).toEqual(batch.labels);
    expect([...part.timestampsMs]).toEqual([...batch.timestampsMs]);
    expect([...part.values]).toEqual([1.5, -0]);
  });
});
