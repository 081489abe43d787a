import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodedPart, LogBatch } from '../../../data/segments/batch.ts';
import { decodeSegmentPart, encodeSegment } from '../../../data/segments/segment.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { columnsOf, type SeriesBatch } from '../../support/series-columns.ts';
import { idOfShard, log, series, WORKSPACE } from './batches.ts';

const id = fc.stringMatching(/^[0-9a-f]{32}$/);
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => value.isWellFormed());
const timestampMs = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
const labels = fc.array(fc.tuple(text, text), { maxLength: 5 });
/** Long enough that values are written in units, with all kinds of values that do and do not fit one. */
const points = fc
  .constantFrom(1, 10, 1_000, 3, 2 ** 40)
  .chain((divisor) =>
    fc.array(
      fc.tuple(
        timestampMs,
        fc.oneof(
          { weight: 6, arbitrary: fc.integer().map((value) => value / divisor) },
          { weight: 1, arbitrary: fc.double() },
        ),
        fc.boolean(),
      ),
      { minLength: 1, maxLength: 40 },
    ),
  );
const seriesBatch = fc
  .record({
    seriesId: id,
    labels,
    kind: fc.constantFrom('gauge' as const, 'counter' as const),
    points,
  })
  .map(({ points: list, ...rest }) => ({
    ...rest,
    timestampsMs: Float64Array.from(list, ([at]) => at),
    values: Float64Array.from(list, ([, value]) => value),
    stale: Uint8Array.from(list, ([, , stale]) => (stale ? 1 : 0)),
  }));
const logBatch = fc.record({
  streamId: id,
  labels,
  records: fc.array(
    fc.record(
      {
        timestampMs,
        restNanos: fc.integer({ min: 1, max: 999_999 }),
        severity: fc.constantFrom('info' as const, 'fatal' as const, 'unknown' as const),
        line: text,
      },
      { requiredKeys: ['timestampMs', 'severity', 'line'] },
    ),
    { minLength: 1, maxLength: 10 },
  ),
});
const batches = fc
  .record({ series: fc.array(seriesBatch, { maxLength: 8 }), logs: fc.array(logBatch, { maxLength: 3 }) })
  .filter(({ series: list, logs }) => list.length + logs.length > 0);

function toSegment({ series: list, logs }: { series: readonly SeriesBatch[]; logs: readonly LogBatch[] }) {
  return { series: columnsOf(list), logs };
}

describe('a segment', () => {
  it('gives back whatever went in, over all its parts', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 5 }), (batch, shardCount) => {
        const segment = encodeSegment(WORKSPACE, shardCount, toSegment(batch));

        const parts = segment.parts.map(({ offset, length }) =>
          decodeSegmentPart(segment.bytes.subarray(offset, offset + length)),
        );
        const back = { series: parts.flatMap(seriesOf), logs: parts.flatMap(({ logs }) => logs) };

        const byShard = <T>(list: readonly T[], key: (item: T) => string) =>
          list.toSorted(
            (a, b) =>
              (Number.parseInt(key(a).slice(0, 8), 16) % shardCount) -
              (Number.parseInt(key(b).slice(0, 8), 16) % shardCount),
          );
        expect(back).toEqual({
          series: byShard(batch.series, ({ seriesId }) => seriesId),
          logs: byShard(batch.logs, ({ streamId }) => streamId),
        });
        expect(encodeSegment(WORKSPACE, shardCount, toSegment(batch)).segmentId).toBe(segment.segmentId);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

const START_MS = 1_700_000_000_000;
const FEW_SAMPLES = Array.from({ length: 20 }, (_, i) =>
  series(idOfShard(0, i), [[START_MS + i, i / 3]], i === 3 ? [0] : []),
);
const MANY_SAMPLES = Array.from({ length: 3 }, (_, i) =>
  series(
    idOfShard(0, i),
    Array.from({ length: 12 }, (__, j): [number, number] => [START_MS + j, i === j ? Math.PI : j / 10]),
    [3],
  ),
);

describe.each([
  ['of few samples of each series', FEW_SAMPLES],
  ['of many samples of each series', MANY_SAMPLES],
])('a damaged part %s', (_, list) => {
  const { bytes } = encodeSegment(WORKSPACE, 1, {
    series: columnsOf(list),
    logs: [log(idOfShard(0), [[START_MS, 'a line of text']])],
  });

  it('is refused when cut off after any byte', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length))).toBe('store/corrupt');
    }
  });

  it('is refused when something follows it', () => {
    expect(refusal(Buffer.concat([bytes, Buffer.from([0])]))).toBe('store/corrupt');
  });

  it('is refused when any bit is flipped', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = flipped(bytes, bit);
      const version = damaged[4]! + 256 * damaged[5]!;
      expect(refusal(damaged)).toBe(version >= 1 && version <= 4 ? 'store/corrupt' : 'store/version-unknown');
    }
  });

  it('is refused when it belongs to somebody else', () => {
    expect(refusal(bytes, { workspace: 'bbcdefghijkl', shard: 0 })).toBe('store/corrupt');
    expect(refusal(bytes, { workspace: WORKSPACE, shard: 1 })).toBe('store/corrupt');
  });

  it('is refused, or read, but never crashes its reader when even the checksum fits', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [0x01, 0x80, 0xff]) {
        const forged = Buffer.from(bytes);
        forged[at] = forged[at]! ^ change;
        forged.writeUInt32LE(crc32(forged.subarray(32), crc32(forged.subarray(0, 28))), 28);
        expect(['read', 'store/corrupt', 'store/version-unknown']).toContain(readAll(forged));
      }
    }
  });

  it('is refused whatever bytes it consists of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(refusal(noise)).toBe('store/corrupt');
        expect(refusal(Buffer.concat([bytes.subarray(0, 32), noise]))).toBe('store/corrupt');
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});

function seriesOf(part: DecodedPart) {
  return Array.from({ length: part.seriesCount }, (_, i) => ({
    seriesId: part.seriesIdAt(i),
    labels: part.labelsAt(i),
    kind: part.kindAt(i),
    timestampsMs: part.timestampsMs.slice(part.sampleStarts[i], part.sampleStarts[i + 1]),
    values: part.values.slice(part.sampleStarts[i], part.sampleStarts[i + 1]),
    stale: part.stale.slice(part.sampleStarts[i], part.sampleStarts[i + 1]),
  }));
}

function refusal(damaged: Uint8Array, expected?: { workspace: string; shard: number }): string {
  try {
    decodeSegmentPart(damaged, expected);
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
  return 'read';
}

function readAll(forged: Uint8Array): string {
  try {
    const part = decodeSegmentPart(forged);
    seriesOf(part);
    return part.logs.length >= 0 ? 'read' : 'never';
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

function flipped(source: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(source);
  copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7));
  return copy;
}
