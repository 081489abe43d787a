import { describe, expect, it } from 'vitest';
import { NO_SERIES } from '../../../data/segments/batch.ts';
import { decodeRemoteWrite } from '../../../functions/ingest/remote-write.ts';
import { formatSeries } from '../../../models/domain/series.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { body, decodeContext, NOW_MS, type Pairs, series, snappy, writeRequest } from './write-request.ts';

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
    expect(seriesOf(batch).map(({ labels }) => formatSeries(labels))).toEqual(['up{job="a"}', 'm{a="b"}']);
    expect(seriesOf(batch)[0]).toMatchObject({ kind: 'gauge', values: Float64Array.of(1.5), stale: Uint8Array.of(0) });
    expect(seriesOf(batch)[1]?.timestampsMs).toEqual(Float64Array.of(NOW_MS - 1));
  });

  it('gives series that stay as they are when the next request is read', () => {
    const request = (value: number) => body(series(labelled(['job', `job ${value}`]), [[NOW_MS, value]]));
    const before = decode(request(1));
    decode(request(2));

    expect(seriesOf(before)).toEqual(seriesOf(decode(request(1))));
    expect(seriesOf(before)[0]?.labels).toEqual(labelled(['job', 'job 1']));
  });

  it('sorts labels that come unsorted (P10)', () => {
    const sorted = decode(body(series(UP)));
    const unsorted = decode(body(series([...UP].reverse())));

    expect(seriesOf(unsorted)[0]?.labels).toEqual(seriesOf(sorted)[0]?.labels);
    expect(seriesOf(unsorted)[0]?.seriesId).toBe(seriesOf(sorted)[0]?.seriesId);
  });

  it('drops a label without value (P09)', () => {
    const batch = decode(body(series([...UP, ['zone', '']])));

    expect(batch.rejected.count).toBe(0);
    expect(seriesOf(batch)[0]?.labels).toEqual(UP);
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

    expect(seriesOf(batch)[0]?.labels).toEqual([
      ['__name__', name],
      ['l', value],
    ]);
  });

  it('takes labels named like members of Object.prototype as ordinary ones (P13)', () => {
    const pairs = labelled(['__proto__', 'x'], ['constructor', 'y'], ['toString', 'z']);

    const batch = decode(body(series(pairs)));

    expect(Object.fromEntries(seriesOf(batch)[0]?.labels ?? [])).toEqual(Object.fromEntries(pairs));
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('takes NaN and both infinities (P18)', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

    const batch = decode(body(...values.map((value, i) => series(UP, [[NOW_MS + i, value]]))));

    expect([...seriesOf(batch)[0]!.values]).toEqual(values);
    expect([...seriesOf(batch)[0]!.stale]).toEqual([0, 0, 0]);
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

    expect([...seriesOf(batch)[0]!.stale]).toEqual([0, 1]);
    expect([...seriesOf(batch)[0]!.values]).toEqual([1, Number.NaN]);
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

    expect([...seriesOf(batch)[0]!.timestampsMs]).toEqual([NOW_MS, NOW_MS + 1, NOW_MS + 2]);
    expect([...seriesOf(batch)[0]!.values]).toEqual([1, 2, 3]);
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

    expect([...seriesOf(batch)[0]!.values]).toEqual([1]);
    expect(batch.acceptedSamples).toBe(1);
    expect(batch.rejected.count).toBe(0);
    expect(batch.discarded.get('duplicate')).toBe(1);
  });

  it('merges a series that comes up twice', () => {
    const batch = decode(
      body(series(UP, [[NOW_MS + 5, 2]]), series(labelled(), [[NOW_MS, 7]]), series([...UP].reverse(), [[NOW_MS, 1]])),
    );

    expect(seriesOf(batch).map(({ values }) => [...values])).toEqual([[1, 2], [7]]);
  });

  it('is content with metadata alone, and with an empty message (P29)', () => {
    const metadata = decode(snappy(writeRequest([], [{ type: 1, metricFamilyName: 'up', help: 'h' }])));
    const empty = decode(snappy(new Uint8Array(0)));

    expect(metadata).toMatchObject({ series: NO_SERIES, acceptedSamples: 0, rejected: { count: 0 } });
    expect(metadata.discarded.get('metadata')).toBe(1);
    expect(empty).toMatchObject({ series: NO_SERIES, acceptedSamples: 0, rejected: { count: 0 } });
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
    expect(seriesOf(batch)[0]?.labels).toEqual(UP);
  });

  it('finds labels that come after the samples', () => {
    const request = writeRequest([series(UP, [[NOW_MS, 4]])]);
    const labelBytes = 2 + 2 + '__name__'.length + 2 + 'up'.length + 2 + 2 + 'job'.length + 2 + 'a'.length;
    const labels = request.slice(2, 2 + labelBytes);
    const rest = request.slice(2 + labelBytes);

    const batch = decode(snappy(Uint8Array.from([0x0a, request.length - 2, ...rest, ...labels])));

    expect(seriesOf(batch)[0]?.labels).toEqual(UP);
    expect([...seriesOf(batch)[0]!.values]).toEqual([4]);
  });

  it.each([
    ['http_requests_total', 'counter'],
    ['latency_bucket', 'counter'],
    ['rpc_seconds_sum', 'counter'],
    ['rpc_bytes_count', 'counter'],
    ['queue_count', 'gauge'],
    ['total', 'gauge'],
  ] as const)('takes %s for a %s', (name, kind) => {
    expect(seriesOf(decode(body(series([['__name__', name]]))))[0]?.kind).toBe(kind);
  });
});

/** Puts the bits of the stale marker where the encoder wrote the value. */
function writeStaleMarker(bytes: Uint8Array, value: number): void {
  const wanted = Buffer.alloc(8);
  wanted.writeDoubleLE(value);
  const at = Buffer.from(bytes).indexOf(wanted);
  bytes.set([2, 0, 0, 0, 0, 0, 0xf0, 0x7f], at);
}
