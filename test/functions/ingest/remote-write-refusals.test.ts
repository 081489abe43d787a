import { describe, expect, it } from 'vitest';
import { decodeRemoteWrite } from '../../../functions/ingest/remote-write.ts';
import { seriesOf } from '../../support/series-columns.ts';
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
    expect(seriesOf(batch).map(({ labels }) => labels)).toEqual([UP]);
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
    expect(seriesOf(batch).map(({ labels }) => labels)).toEqual([UP]);
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

  it('a histogram that does not hold together, while its samples are kept (P27)', () => {
    const batch = decode(body({ ...series(UP), histograms: [{ countInt: 1, timestamp: NOW_MS }] }));

    expect([...batch.rejected.byReason]).toEqual([['histogram_invalid', 1]]);
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
    expect([...seriesOf(batch)[0]!.values]).toEqual([2]);
  });

  it.each([
    ['9 min 59 s ahead', NOW_MS + 599_000],
    ['the beginning of the year 2000', Date.UTC(2000, 0, 1)],
    ['a year of history', NOW_MS - 365 * 86_400_000],
  ])('but not a time of %s (P21, P22)', (_, timestampMs) => {
    const batch = decode(body(series(UP, [[timestampMs, 1]])));

    expect(batch.rejected.count).toBe(0);
    expect([...seriesOf(batch)[0]!.timestampsMs]).toEqual([timestampMs]);
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

  it.each([
    ['P26: 20,001 series without samples', [0x0a, 0], 20_001],
    ['P26: millions of series without anything', [0x0a, 0], 4_000_000],
  ])('%s', (_, unit, times) => {
    const request = snappy(Buffer.alloc(unit.length * times, Uint8Array.from(unit)));

    expect(codeOf(() => decode(request))).toBe('ingest/payload-invalid');
  });

  it.each([
    ['at its beginning', []],
    ['after a sample', [0x12, 0]],
  ])('P25: millions of labels of one series, %s, refuse that series and cost little', (_, before) => {
    const labels = Buffer.alloc(4_000_000, Uint8Array.from([0x0a, 0]));
    const length = before.length + labels.length;
    const varint = [
      (length & 0x7f) | 0x80,
      ((length >> 7) & 0x7f) | 0x80,
      ((length >> 14) & 0x7f) | 0x80,
      length >> 21,
    ];
    const request = Buffer.concat([Uint8Array.from([0x0a, ...varint, ...before]), labels]);

    expect([...decode(snappy(request)).rejected.byReason]).toEqual([['labels_too_many', 1]]);
  });

  it('P26: 20,001 histograms', () => {
    const histograms = Array.from({ length: 20_001 }, () => ({ countInt: 1 }));

    expect(codeOf(() => decode(body({ ...series(UP), histograms })))).toBe('ingest/payload-invalid');
  });

  it('but takes 20,000 samples of one series, in any order', () => {
    const samples = Array.from({ length: 20_000 }, (_, i) => [NOW_MS - i, i] as const);

    const batch = decode(body(series(UP, samples)));

    expect(batch.acceptedSamples).toBe(20_000);
    expect(seriesOf(batch)[0]?.values[0]).toBe(19_999);
  });
});
