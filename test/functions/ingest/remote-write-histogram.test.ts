import { describe, expect, it, test } from 'vitest';
import { decodeRemoteWrite } from '../../../functions/ingest/remote-write.ts';
import { decodeRemoteWrite2 } from '../../../functions/ingest/remote-write-2.ts';
import { formatSeries } from '../../../models/domain/series.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { body, decodeContext, NOW_MS, type Pairs, series, snappy } from './write-request.ts';
import { body2, HISTOGRAM, request2, series2, TYPE, UP, type WireHistogram } from './write-request-2.ts';

const LATENCY: Pairs = [
  ['__name__', 'latency_seconds'],
  ['job', 'a'],
];

function decode(...histograms: readonly WireHistogram[]) {
  return decodeRemoteWrite2(body2(series2(LATENCY, { histograms })), decodeContext());
}

/** Each series with the value of its first sample. */
function valuesOf(batch: ReturnType<typeof decode>): Record<string, number> {
  return Object.fromEntries(seriesOf(batch).map(({ labels, values }) => [formatSeries(labels), values[0]!]));
}

describe('a native histogram', () => {
  it('becomes its count, its sum and estimated quantiles', () => {
    const batch = decode(HISTOGRAM);

    expect(valuesOf(batch)).toEqual({
      'latency_seconds_count{job="a"}': 6,
      'latency_seconds_sum{job="a"}': 7.5,
      'latency_seconds{job="a",quantile="0.5"}': 1,
      'latency_seconds{job="a",quantile="0.9"}': expect.closeTo(2 ** 0.8, 12),
      'latency_seconds{job="a",quantile="0.99"}': expect.closeTo(2 ** 0.98, 12),
    });
    expect(batch.series.heads.map(({ kind }) => kind)).toEqual(['counter', 'counter', 'gauge', 'gauge', 'gauge']);
    expect(batch.written).toEqual({ samples: 0, histograms: 1, exemplars: 0 });
    expect(batch.acceptedSamples).toBe(5);
  });

  it('is the same in version 1.0, where a series may have samples besides', () => {
    const context = decodeContext();
    const batch = decodeRemoteWrite(
      body({ ...series(LATENCY, [[NOW_MS, 3]]), histograms: [HISTOGRAM, { ...HISTOGRAM, timestamp: NOW_MS + 1 }] }),
      context,
    );

    expect(valuesOf(batch)).toMatchObject({ 'latency_seconds{job="a"}': 3, ...valuesOf(decode(HISTOGRAM)) });
    expect(batch.acceptedSamples).toBe(11);
    expect(batch.written).toEqual({ samples: 1, histograms: 2, exemplars: 0 });
  });

  it.each([
    ['its hint', { ...HISTOGRAM, resetHint: 3 }, 0],
    ['its type', HISTOGRAM, TYPE.gaugeHistogram],
  ])('has gauges only where %s says so', (_, histogram, type) => {
    const request = body2(series2(LATENCY, { histograms: [histogram], metadata: { type } }));

    const { heads } = decodeRemoteWrite2(request, decodeContext()).series;

    expect(heads.map(({ kind }) => kind)).toEqual(['gauge', 'gauge', 'gauge', 'gauge', 'gauge']);
  });

  it('of floats has counts that are no changes', () => {
    const { countInt: _i, zeroCountInt: _z, positiveDeltas: _d, ...rest } = HISTOGRAM;

    expect(valuesOf(decode({ ...rest, countFloat: 6, zeroCountFloat: 1, positiveCounts: [2, 3] }))).toEqual(
      valuesOf(decode(HISTOGRAM)),
    );
  });

  it('has negative buckets, gaps between spans, and finer schemas', () => {
    const values = valuesOf(
      decode({
        countInt: 4,
        sum: -3,
        schema: 1,
        negativeSpans: [
          { offset: 2, length: 1 },
          { offset: 1, length: 1 },
        ],
        negativeDeltas: [3, -2],
        timestamp: NOW_MS,
      }),
    );

    // Half of the values reach a third into the bucket from −2 to −√2.
    expect(values['latency_seconds{job="a",quantile="0.5"}']).toBeCloseTo(-2 * Math.SQRT1_2 ** (1 / 3), 12);
  });

  it('has bounds of its own in schema −53', () => {
    const values = valuesOf(
      decode({
        countInt: 10,
        sum: 40,
        schema: -53,
        positiveSpans: [
          { offset: 0, length: 1 },
          { offset: 1, length: 1 },
        ],
        positiveDeltas: [6, -2],
        customValues: [5, 10],
        timestamp: NOW_MS,
      }),
    );

    expect(values['latency_seconds{job="a",quantile="0.5"}']).toBeCloseTo((5 * 5) / 6, 12);
    expect(values['latency_seconds{job="a",quantile="0.9"}']).toBe(10);
  });

  it('that is empty has no quantiles', () => {
    expect(Object.keys(valuesOf(decode({ countInt: 0, sum: 0, timestamp: NOW_MS })))).toEqual([
      'latency_seconds_count{job="a"}',
      'latency_seconds_sum{job="a"}',
    ]);
  });

  it('that ends, ends all of its series', () => {
    const message = Buffer.from(request2([series2(LATENCY, { histograms: [{ ...HISTOGRAM, sum: 12345.678 }] })]));
    const wanted = Buffer.alloc(8);
    wanted.writeDoubleLE(12345.678);
    Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]).copy(message, message.indexOf(wanted));

    const all = seriesOf(decodeRemoteWrite2(snappy(message), decodeContext()));

    expect(all.map(({ stale, values }) => [stale[0], values[0]])).toEqual(
      Array.from({ length: 5 }, () => [1, Number.NaN]),
    );
  });
});

describe('a native histogram is refused alone', () => {
  it.each<[string, WireHistogram]>([
    ['P27 buckets that do not come to the count', { ...HISTOGRAM, countInt: 7 }],
    ['P27 schema 99', { ...HISTOGRAM, schema: 99 }],
    ['P27 schema −5', { ...HISTOGRAM, schema: -5 }],
    ['P27 a span of 2³²−1 buckets', { ...HISTOGRAM, positiveSpans: [{ offset: 0, length: 2 ** 32 - 1 }] }],
    ['P27 a bucket below zero', { ...HISTOGRAM, positiveDeltas: [2, -3] }],
    ['P27 a count below zero', { ...HISTOGRAM, countInt: -1 }],
    ['P27 a float count below zero', { countFloat: -1, timestamp: NOW_MS }],
    ['P27 a float count that is none', { countFloat: Number.NaN, timestamp: NOW_MS }],
    ['P27 a zero bucket below zero', { countFloat: 1, zeroCountFloat: -1, timestamp: NOW_MS }],
    ['P27 a negative width', { ...HISTOGRAM, zeroThreshold: -1 }],
    [
      'P27 spans that overlap',
      {
        ...HISTOGRAM,
        positiveSpans: [
          { offset: 3, length: 1 },
          { offset: -1, length: 1 },
        ],
      },
    ],
    ['P27 spans without counts', { ...HISTOGRAM, positiveDeltas: [] }],
    ['P27 counts without spans', { ...HISTOGRAM, positiveSpans: [] }],
    ['P27 buckets beyond all numbers', { ...HISTOGRAM, positiveSpans: [{ offset: 2_000, length: 2 }] }],
    [
      'P27 161 buckets',
      {
        countInt: 161,
        positiveSpans: [{ length: 161 }],
        positiveDeltas: [1, ...Array.from({ length: 160 }, () => 0)],
        timestamp: NOW_MS,
      },
    ],
    ['P27 bounds that do not ascend', { ...HISTOGRAM, schema: -53, customValues: [2, 1] }],
    [
      'P27 bounds of its own and a negative side',
      {
        countInt: 1,
        schema: -53,
        customValues: [1],
        negativeSpans: [{ length: 1 }],
        negativeDeltas: [1],
        timestamp: NOW_MS,
      },
    ],
  ])('%s', (_, histogram) => {
    const request = body2(series2(UP), series2(LATENCY, { histograms: [histogram, HISTOGRAM] }));

    const batch = decodeRemoteWrite2(request, decodeContext());

    expect([...batch.rejected.byReason]).toEqual([['histogram_invalid', 1]]);
    expect(batch.written).toEqual({ samples: 1, histograms: 1, exemplars: 0 });
  });

  it('P20 with a time of its own', () => {
    expect([...decode({ ...HISTOGRAM, timestamp: 0 }).rejected.byReason]).toEqual([['timestamp_too_old', 1]]);
  });

  it('P25 where its series would have a label too many, or too long a name', () => {
    const many: Pairs = [['__name__', 'm'], ...Array.from({ length: 29 }, (_, i) => [`l${i}`, 'v'] as const)];
    const decodeLabels = (labels: Pairs) =>
      decodeRemoteWrite2(body2(series2(labels, { histograms: [HISTOGRAM] })), decodeContext()).rejected.byReason;

    expect([...decodeLabels(many)]).toEqual([['labels_too_many', 1]]);
    expect([...decodeLabels([['__name__', 'm'.repeat(2_045)]])]).toEqual([['label_value_too_long', 1]]);
  });
});

test('P27 a histogram whose sum is no number is stored', () => {
  const values = valuesOf(decode({ ...HISTOGRAM, countInt: 7, sum: Number.NaN }));

  expect(values['latency_seconds_sum{job="a"}']).toBeNaN();
  expect(values['latency_seconds_count{job="a"}']).toBe(7);
});

test('P26 20,001 histograms refuse the request', () => {
  expect(() => decode(...Array.from({ length: 20_001 }, () => ({ countInt: 1 })))).toThrow('20000 samples');
});
