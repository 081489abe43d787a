import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LogBatch } from '../../../data/segments/batch.ts';
import { decodeSegmentPart, encodeSegment } from '../../../data/segments/segment.ts';
import { columnsOf } from '../../support/series-columns.ts';
import { idOfShard, log, series, WORKSPACE } from './batches.ts';

const NOON_MS = Date.UTC(2026, 10, 21, 12);

describe('a segment', () => {
  it('gives back what went in', () => {
    const batch = series(idOfShard(1), [
      [NOON_MS, 1.5],
      [NOON_MS + 15_000, -0],
    ]);

    const segment = encodeSegment(WORKSPACE, 4, { series: columnsOf([batch]), logs: [] });
    const part = decodeSegmentPart(segment.bytes, { workspace: WORKSPACE, shard: 1 });

    expect(segment.parts).toEqual([{ offset: 0, length: segment.bytes.length, shard: 1, samples: 2, logRecords: 0 }]);
    expect(part.seriesIdAt(0)).toBe(batch.seriesId);
    expect(part.kindAt(0)).toBe('gauge');
    expect(part.labelsAt(0)).toEqual(batch.labels);
    expect([...part.timestampsMs]).toEqual([...batch.timestampsMs]);
    expect([...part.values]).toEqual([1.5, -0]);
    expect(part.logs).toEqual([]);
  });

  it('is named by its bytes and by the hour of what is newest in it', () => {
    const segment = encodeSegment(WORKSPACE, 4, {
      series: columnsOf([series(idOfShard(0), [[NOON_MS - 1, 1]])]),
      logs: [log(idOfShard(0), [[NOON_MS, 'x']])],
    });

    expect(segment.newestMs).toBe(NOON_MS);
    expect(segment.segmentId).toBe(createHash('sha256').update(segment.bytes).digest('hex'));
    expect(segment.key).toBe(`seg/${WORKSPACE}/2026-11-21T12/${segment.segmentId}`);
  });

  it('has one part after another, one for each shard it touches, and each can be read alone', () => {
    const all = [3, 0, 2, 0].map((shard, i) => series(idOfShard(shard, i), [[NOON_MS, i]]));

    const segment = encodeSegment(WORKSPACE, 4, {
      series: columnsOf(all),
      logs: [log(idOfShard(2), [[NOON_MS, 'x']])],
    });

    expect(segment.parts.map(({ shard, samples, logRecords }) => [shard, samples, logRecords])).toEqual([
      [0, 2, 0],
      [2, 1, 1],
      [3, 1, 0],
    ]);
    let offset = 0;
    for (const part of segment.parts) {
      expect(part.offset).toBe(offset);
      offset += part.length;
      const read = decodeSegmentPart(segment.bytes.slice(part.offset, offset), {
        workspace: WORKSPACE,
        shard: part.shard,
      });
      const expected = all.filter(({ seriesId }) => seriesId.startsWith(`0000000${part.shard}`));
      expect(Array.from({ length: read.seriesCount }, (_, i) => read.seriesIdAt(i))).toEqual(
        expected.map(({ seriesId }) => seriesId),
      );
    }
    expect(offset).toBe(segment.bytes.length);
  });

  it('tells records of one millisecond apart, and is of the second version only then', () => {
    const plain = log(idOfShard(0), [[NOON_MS, 'x']]);
    const fine = { ...plain, records: [0, 1, 999_999].map((restNanos) => ({ ...plain.records[0]!, restNanos })) };
    const versionOf = (bytes: Uint8Array) => Buffer.from(bytes).readUInt16LE(4);
    const read = (logs: readonly LogBatch[]) => {
      const { bytes } = encodeSegment(WORKSPACE, 1, { series: columnsOf([]), logs });
      return [versionOf(bytes), decodeSegmentPart(bytes).logs[0]!.records.map(({ restNanos }) => restNanos)];
    };

    expect(read([plain])).toEqual([1, [undefined]]);
    expect(read([fine])).toEqual([2, [undefined, 1, 999_999]]);
  });

  it('has the same bytes for the same batch, whatever bits its NaN have', () => {
    const odd = new Float64Array(new Uint32Array([0x00000002, 0x7ff00000]).buffer);
    const make = (values: Float64Array) =>
      encodeSegment(WORKSPACE, 1, {
        series: columnsOf([{ ...series(idOfShard(0), [[NOON_MS, 0]]), values }]),
        logs: [],
      });

    expect(make(odd).segmentId).toBe(make(Float64Array.of(Number.NaN)).segmentId);
  });

  it('keeps stale markers', () => {
    const points = Array.from({ length: 300 }, (_, i): [number, number] => [NOON_MS + i, i]);
    const batch = series(idOfShard(0), points, [0, 1, 255, 299]);

    const part = decodeSegmentPart(encodeSegment(WORKSPACE, 1, { series: columnsOf([batch]), logs: [] }).bytes);

    expect(part.stale).toEqual(batch.stale);
    expect(part.values[255]).toBeNaN();
  });

  it('keeps logs of every severity', () => {
    const severities = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
    const batch = {
      ...log(idOfShard(0), []),
      records: severities.map((severity, i) => ({ timestampMs: NOON_MS - i, severity, line: `ü ${severity}\n` })),
    };

    const part = decodeSegmentPart(
      encodeSegment(WORKSPACE, 1, { series: columnsOf([]), logs: [batch, log(idOfShard(0, 1), [[0, '']])] }).bytes,
    );

    expect(part.logs).toEqual([batch, log(idOfShard(0, 1), [[0, '']])]);
    expect(part.logRecordCount).toBe(8);
  });

  it('keeps labels that are named like members of Object.prototype', () => {
    const labels = [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ] as const;

    const { bytes } = encodeSegment(WORKSPACE, 1, {
      series: columnsOf([{ ...series(idOfShard(0), [[NOON_MS, 1]]), labels }]),
      logs: [],
    });

    expect(decodeSegmentPart(bytes).labelsAt(0)).toEqual(labels);
  });

  it('T11 takes hundreds of thousands of samples', () => {
    const points = Array.from({ length: 300_000 }, (_, i): [number, number] => [NOON_MS + i * 1000, Math.sin(i)]);
    const batch = series(idOfShard(0), points);

    const part = decodeSegmentPart(encodeSegment(WORKSPACE, 1, { series: columnsOf([batch]), logs: [] }).bytes);

    expect(part.values).toEqual(batch.values);
    expect(part.timestampsMs).toEqual(batch.timestampsMs);
  });

  it.each([
    ['there is nothing in it', WORKSPACE, []],
    ['a series has no samples', WORKSPACE, [series(idOfShard(0), [])]],
    ['a time is no whole millisecond', WORKSPACE, [series(idOfShard(0), [[0.5, 1]])]],
    ['a time is beyond all years', WORKSPACE, [series(idOfShard(0), [[2 ** 51, 1]])]],
    ['an identifier is none', WORKSPACE, [series('00', [[0, 1]])]],
    ['an identifier is not hexadecimal', WORKSPACE, [series(`${'0'.repeat(31)}x`, [[0, 1]])]],
    ['the workspace is none', 'A/B', [series(idOfShard(0), [[0, 1]])]],
  ])('fails when %s', (_, workspace, batch) => {
    expect(() => encodeSegment(workspace, 1, { series: columnsOf(batch), logs: [] })).toThrow(RangeError);
  });

  it('fails when a series is asked for that is not there', () => {
    const part = decodeSegmentPart(
      encodeSegment(WORKSPACE, 1, { series: columnsOf([series(idOfShard(0), [[0, 1]])]), logs: [] }).bytes,
    );

    expect(() => part.seriesIdAt(1)).toThrow(RangeError);
    expect(() => part.labelsAt(-1)).toThrow(RangeError);
  });
});

describe('a part of the first version', () => {
  it('is read for ever', () => {
    const bytes = readFileSync(join(import.meta.dirname, 'part-v1.bin'));
    const points = Array.from({ length: 40 }, (_, i): [number, number] => [
      NOON_MS + i * 15_000 + (i % 7 === 3 ? 1 : 0),
      Math.round(1_000 * Math.sin(i)) / 100,
    ]);
    const odd = [-0, Number.POSITIVE_INFINITY, Number.MIN_VALUE, 0.1 + 0.2].map((value, i): [number, number] => [
      NOON_MS + i,
      value,
    ]);
    const expected = [series(idOfShard(2, 1), points, [39]), series(idOfShard(2, 2), odd)];

    const part = decodeSegmentPart(bytes, { workspace: WORKSPACE, shard: 2 });

    expect(bytes.readUInt16LE(4)).toBe(1);
    for (const [i, { seriesId, labels, timestampsMs, values, stale }] of expected.entries()) {
      const [start, end] = [part.sampleStarts[i], part.sampleStarts[i + 1]];
      expect(part.seriesIdAt(i)).toBe(seriesId);
      expect(part.labelsAt(i)).toEqual(labels);
      expect(part.timestampsMs.slice(start, end)).toEqual(timestampsMs);
      expect(part.values.slice(start, end)).toEqual(values);
      expect(part.stale.slice(start, end)).toEqual(stale);
    }
    expect(part.logs).toEqual([
      log(idOfShard(2, 3), [
        [NOON_MS, 'ü\n'],
        [NOON_MS + 5, ''],
      ]),
    ]);
  });
});

describe('the version of a part', () => {
  const versionOf = (points: number, restNanos?: number): number => {
    const values = Array.from({ length: points }, (_, i): [number, number] => [NOON_MS + i, i]);
    const logs = { ...log(idOfShard(0), []), records: [{ timestampMs: NOON_MS, severity: 'info', line: '' } as const] };
    const rests = { ...logs, records: logs.records.map((record) => ({ ...record, restNanos: restNanos ?? 0 })) };
    const { bytes } = encodeSegment(WORKSPACE, 1, {
      series: columnsOf([series(idOfShard(0, 1), values)]),
      logs: [restNanos === undefined ? logs : rests],
    });
    return Buffer.from(bytes).readUInt16LE(4);
  };

  it('is no higher than what it makes use of, so that an older release reads what it can', () => {
    expect([versionOf(7), versionOf(7, 5), versionOf(8), versionOf(8, 5)]).toEqual([1, 2, 3, 4]);
  });
});
