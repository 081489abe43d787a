import { describe, expect, it } from 'vitest';
import { decodeRemoteWrite } from '../../../functions/ingest/remote-write.ts';
import { formatSeries } from '../../../models/domain/series.ts';
import { body, codeOf, decodeContext, NOW_MS, type Pairs, series, snappy, writeRequest } from './write-request.ts';

const UP: Pairs = [
  ['__name__', 'up'],
  ['job', 'a'],
];

function decode(bytes: Uint8Array) {
  return decodeRemoteWrite(bytes, decodeContext());
}

function labelled(...pairs: Pairs): Pairs {
  return [['__name__', 'm'], ...pairs];
}

describe('remote write 1.0, what is accepted', () => {
  it('gives series with their samples', () => {
    const batch = decode(body(series(UP, [[NOW_MS, 1.5]]), series(labelled(['a', 'b']), [[NOW_MS - 1, 2]])));

    expect(batch.acceptedSamples).toBe(2);
    expect(batch.rejected.count).toBe(0);
    expect(batch.series.map(({ labels }) => formatSeries(labels))).toEqual(['up{job="a"}', 'm{a="b"}']);
    expect(batch.series[0]).toMatchObject({ kind: 'gauge', values: Float64Array.of(1.5), stale: Uint8Array.of(0) });
    expect(batch.series[1]?.timestampsMs).toEqual(Float64Array.of(NOW_MS - 1));
  });

  it('sorts labels that come unsorted (P10)', () => {
    const sorted = decode(body(series(UP)));
    const unsorted = decode(body(series([...UP].reverse())));

    expect(unsorted.series[0]?.labels).toEqual(sorted.series[0]?.labels);
    expect(unsorted.series[0]?.seriesId).toBe(sorted.series[0]?.seriesId);
  });

  it('drops a label without value (P09)', () => {
    const batch = decode(body(series([...UP, ['zone', '']])));

    expect(batch.rejected.count).toBe(0);
    expect(batch.series[0]?.labels).toEqual(UP);
  });

  it.each([
    ['a dot', 'http.requests', 'v'],
    ['a space', 'my metric', 'v'],
    ['an umlaut', 'größe', 'ü'],
    ['an emoji', '🔥', '🚒'],
    ['newline, tab and NUL', 'm', 'a\nb\tc\0d'],
    ['a byte order mark', '\uFEFFm', '\uFEFFv'],
  ])('takes names and values with %s as they are (P11)', (_, name, value) => {
    const batch = decode(
      body(
        series([
          ['__name__', name],
          ['l', value],
        ]),
      ),
    );

    expect(batch.series[0]?.labels).toEqual([
      ['__name__', name],
      ['l', value],
    ]);
  });

  it('takes labels named like members of Object.prototype as ordinary ones (P13)', () => {
    const pairs = labelled(['__proto__', 'x'], ['constructor', 'y'], ['toString', 'z']);

    const batch = decode(body(series(pairs)));

    expect(Object.fromEntries(batch.series[0]?.labels ?? [])).toEqual(Object.fromEntries(pairs));
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('takes NaN and both infinities (P18)', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

    const batch = decode(body(...values.map((value, i) => series(UP, [[NOW_MS + i, value]]))));

    expect([...batch.series[0]!.values]).toEqual(values);
    expect([...batch.series[0]!.stale]).toEqual([0, 0, 0]);
  });

  it('tells the stale marker from other NaN by its bits (P19)', () => {
    const bytes = writeRequest([
      series(UP, [
        [NOW_MS, 1],
        [NOW_MS + 1, 2],
      ]),
    ]);
    writeStaleMarker(bytes, 2);

    const batch = decode(snappy(bytes));

    expect([...batch.series[0]!.stale]).toEqual([0, 1]);
    expect([...batch.series[0]!.values]).toEqual([1, Number.NaN]);
  });

  it('sorts samples that come out of order (P23)', () => {
    const batch = decode(
      body(
        series(UP, [
          [NOW_MS + 2, 3],
          [NOW_MS, 1],
          [NOW_MS + 1, 2],
        ]),
      ),
    );

    expect([...batch.series[0]!.timestampsMs]).toEqual([NOW_MS, NOW_MS + 1, NOW_MS + 2]);
    expect([...batch.series[0]!.values]).toEqual([1, 2, 3]);
    expect(batch.acceptedSamples).toBe(3);
  });

  it.each([
    ['the same value', 1],
    ['another value', 9],
  ])('keeps the first of two samples with one time and %s (P24)', (_, second) => {
    const batch = decode(
      body(
        series(UP, [
          [NOW_MS, 1],
          [NOW_MS, second],
        ]),
      ),
    );

    expect([...batch.series[0]!.values]).toEqual([1]);
    expect(batch.acceptedSamples).toBe(1);
    expect(batch.rejected.count).toBe(0);
    expect(batch.discarded.get('duplicate')).toBe(1);
  });

  it('merges a series that comes up twice', () => {
    const batch = decode(
      body(series(UP, [[NOW_MS + 5, 2]]), series(labelled(), [[NOW_MS, 7]]), series([...UP].reverse(), [[NOW_MS, 1]])),
    );

    expect(batch.series.map(({ values }) => [...values])).toEqual([[1, 2], [7]]);
  });

  it('is content with metadata alone, and with an empty message (P29)', () => {
    const metadata = decode(snappy(writeRequest([], [{ type: 1, metricFamilyName: 'up', help: 'h' }])));
    const empty = decode(snappy(new Uint8Array(0)));

    expect(metadata).toMatchObject({ series: [], acceptedSamples: 0, rejected: { count: 0 } });
    expect(metadata.discarded.get('metadata')).toBe(1);
    expect(empty).toMatchObject({ series: [], acceptedSamples: 0, rejected: { count: 0 } });
  });

  it('counts exemplars that are not kept', () => {
    const batch = decode(body({ ...series(UP), exemplars: [{ value: 1, timestamp: NOW_MS }] }));

    expect(batch.acceptedSamples).toBe(1);
    expect(batch.discarded.get('exemplar')).toBe(1);
  });

  it('passes over unknown fields of every wire type (P30)', () => {
    const unknown = [0x98, 0x06, 0x01, 0x91, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0x92, 0x06, 1, 9, 0x95, 0x06, 1, 2, 3, 4];
    const request = writeRequest([series(UP)]);
    const inside = request.slice(2);

    const batch = decode(
      snappy(Uint8Array.from([...unknown, 0x0a, inside.length + unknown.length, ...inside, ...unknown])),
    );

    expect(batch.acceptedSamples).toBe(1);
    expect(batch.series[0]?.labels).toEqual(UP);
  });

  it('finds labels that come after the samples', () => {
    const request = writeRequest([series(UP, [[NOW_MS, 4]])]);
    const labelBytes = 2 + 2 + '__name__'.length + 2 + 'up'.length + 2 + 2 + 'job'.length + 2 + 'a'.length;
    const labels = request.slice(2, 2 + labelBytes);
    const rest = request.slice(2 + labelBytes);

    const batch = decode(snappy(Uint8Array.from([0x0a, request.length - 2, ...rest, ...labels])));

    expect(batch.series[0]?.labels).toEqual(UP);
    expect([...batch.series[0]!.values]).toEqual([4]);
  });

  it.each([
    ['http_requests_total', 'counter'],
    ['latency_bucket', 'counter'],
    ['rpc_seconds_sum', 'counter'],
    ['rpc_bytes_count', 'counter'],
    ['queue_count', 'gauge'],
    ['total', 'gauge'],
  ] as const)('takes %s for a %s', (name, kind) => {
    expect(decode(body(series([['__name__', name]]))).series[0]?.kind).toBe(kind);
  });
});

describe('remote write 1.0, what refuses one series', () => {
  const many = Array.from({ length: 30 }, (_, i): [string, string] => [`l${i}`, 'v']);

  it.each([
    ['P06', 'without a metric name', [['job', 'a']], 'metric_name_missing'],
    ['P06', 'whose metric name is empty', [['__name__', '']], 'metric_name_missing'],
    ['P07', 'without labels', [], 'labels_empty'],
    ['P08', 'with a label twice', labelled(['a', '1'], ['b', '2'], ['a', '3']), 'label_name_duplicate'],
    ['P09', 'with an empty label name', labelled(['', 'x']), 'label_name_empty'],
    ['P25', 'with 31 labels', labelled(...many), 'labels_too_many'],
    ['P25', 'with a name of 1,025 bytes', labelled(['n'.repeat(1025), 'x']), 'label_name_too_long'],
    ['P25', 'with a value of 2,049 bytes', labelled(['culprit', 'ü'.repeat(1025)]), 'label_value_too_long'],
  ] as const)('%s: %s', (_, __, pairs, reason) => {
    const batch = decode(body(series(pairs), series(UP)));

    expect([...batch.rejected.byReason]).toEqual([[reason, 1]]);
    expect(batch.rejected.examples[0]).toMatchObject({ index: 0, code: reason });
    expect(batch.series.map(({ labels }) => labels)).toEqual([UP]);
  });

  it('accepts what is exactly at the limits (P25)', () => {
    const batch = decode(
      body(series(labelled(...many.slice(1))), series(labelled(['n'.repeat(1024), 'ü'.repeat(1024)]))),
    );

    expect(batch.rejected.count).toBe(0);
    expect(batch.acceptedSamples).toBe(2);
  });

  it('names the label that is too long (P25)', () => {
    const batch = decode(body(series(labelled(['culprit', 'x'.repeat(2049)]))));

    expect(batch.rejected.examples[0]?.detail).toBe('label "culprit" has a value of 2049 bytes, at most 2048');
  });

  it.each([
    ['name', 'ab'],
    ['value', 'cd'],
  ])('invalid UTF-8 in a %s, never replaced (P12)', (_, victim) => {
    const bytes = writeRequest([
      series([
        ['__name__', 'm'],
        ['ab', 'cd'],
      ]),
      series(UP),
    ]);
    bytes[Buffer.from(bytes).indexOf(victim)] = 0xff;

    const batch = decode(snappy(bytes));

    expect([...batch.rejected.byReason]).toEqual([['utf8_invalid', 1]]);
    expect(batch.series.map(({ labels }) => labels)).toEqual([UP]);
  });

  it('counts all samples of a refused series', () => {
    const batch = decode(
      body(
        series(
          [],
          [
            [NOW_MS, 1],
            [NOW_MS + 1, 2],
          ],
        ),
      ),
    );

    expect(batch.rejected.count).toBe(2);
  });

  it('native histograms, while its samples are kept', () => {
    const batch = decode(body({ ...series(UP), histograms: [{ countInt: 1, timestamp: NOW_MS }] }));

    expect([...batch.rejected.byReason]).toEqual([['histogram_unsupported', 1]]);
    expect(batch.acceptedSamples).toBe(1);
  });
});

describe('remote write 1.0, what refuses one sample', () => {
  it.each([
    ['0', 0, 'timestamp_too_old'],
    ['−1', -1, 'timestamp_too_old'],
    ['the least int64', -(2 ** 63), 'timestamp_too_old'],
    ['the greatest float64 in an int64', 2 ** 63 - 1024, 'timestamp_too_far_ahead'],
    ['10 min 1 s ahead', NOW_MS + 601_000, 'timestamp_too_far_ahead'],
    ['a moment before the year 2000', Date.UTC(2000, 0, 1) - 1, 'timestamp_too_old'],
  ])('a time of %s (P20–P22)', (_, timestampMs, reason) => {
    const batch = decode(
      body(
        series(UP, [
          [timestampMs, 1],
          [NOW_MS, 2],
        ]),
      ),
    );

    expect([...batch.rejected.byReason]).toEqual([[reason, 1]]);
    expect([...batch.series[0]!.values]).toEqual([2]);
  });

  it.each([
    ['9 min 59 s ahead', NOW_MS + 599_000],
    ['the beginning of the year 2000', Date.UTC(2000, 0, 1)],
    ['a year of history', NOW_MS - 365 * 86_400_000],
  ])('but not a time of %s (P21, P22)', (_, timestampMs) => {
    const batch = decode(body(series(UP, [[timestampMs, 1]])));

    expect(batch.rejected.count).toBe(0);
    expect([...batch.series[0]!.timestampsMs]).toEqual([timestampMs]);
  });
});

describe('remote write 1.0, what refuses the request', () => {
  const valid = body(series(UP));

  it.each([
    ['C26: nothing at all', new Uint8Array(0)],
    ['P04: framed snappy', Uint8Array.from([0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59, 0, 0])],
    ['P05: the first byte overwritten', Uint8Array.from(valid, (byte, i) => (i === 0 ? 0x30 : byte))],
    ['P31: wrong wire type of the series', snappy(Uint8Array.from([0x08, 1]))],
    ['P31: wrong wire type of a label', snappy(Uint8Array.from([0x0a, 2, 0x08, 1]))],
    ['P31: wrong wire type of a value', snappy(Uint8Array.from([0x0a, 4, 0x12, 2, 0x08, 1]))],
    ['P31: a length beyond the end', snappy(Uint8Array.from([0x0a, 5, 0x0a]))],
    ['P31: a sample beyond its series', snappy(Uint8Array.from([0x0a, 2, 0x12, 9, 0x11, 0, 0, 0, 0, 0, 0, 0, 0]))],
    ['P31: a varint of 11 bytes', snappy(Uint8Array.from([0x18, ...new Uint8Array(10).fill(0x80), 1]))],
    ['P31: field number 0', snappy(Uint8Array.from([0x02, 0]))],
    ['P32: groups nested 100,000 deep', snappy(new Uint8Array(100_000).fill(0x5b))],
    ['P01: a message of version 2.0', snappy(Uint8Array.from([0x22, 0, 0x22, 1, 0x61]))],
  ])('%s', (_, bytes) => {
    expect(codeOf(() => decode(bytes))).toBe('ingest/payload-invalid');
  });

  it('P32: unknown fields within unknown fields are not looked into', () => {
    const nested = snappy(Uint8Array.from([0x92, 0x06, 4, 0x92, 0x06, 200, 1]));

    expect(decode(nested).acceptedSamples).toBe(0);
  });

  it('P26: 20,001 samples, in one series or in many', () => {
    const one = series(
      UP,
      Array.from({ length: 20_001 }, (_, i) => [NOW_MS - i, 1] as const),
    );
    const many = Array.from({ length: 20_001 }, () => series(UP));

    expect(codeOf(() => decode(body(one)))).toBe('ingest/payload-invalid');
    expect(codeOf(() => decode(body(...many)))).toBe('ingest/payload-invalid');
  });

  it('but takes 20,000 samples of one series, in any order', () => {
    const samples = Array.from({ length: 20_000 }, (_, i) => [NOW_MS - i, i] as const);

    const batch = decode(body(series(UP, samples)));

    expect(batch.acceptedSamples).toBe(20_000);
    expect(batch.series[0]?.values[0]).toBe(19_999);
  });
});

/** Puts the bits of the stale marker where the encoder wrote the value. */
function writeStaleMarker(bytes: Uint8Array, value: number): void {
  const wanted = Buffer.alloc(8);
  wanted.writeDoubleLE(value);
  const at = Buffer.from(bytes).indexOf(wanted);
  bytes.set([2, 0, 0, 0, 0, 0, 0xf0, 0x7f], at);
}
