import { describe, expect, it } from 'vitest';
import { decodeRemoteWrite } from '../../../functions/ingest/remote-write.ts';
import { decodeRemoteWrite2 } from '../../../functions/ingest/remote-write-2.ts';
import { formatSeries } from '../../../models/domain/series.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { body, codeOf, decodeContext, NOW_MS, type Pairs, series, snappy, writeRequest } from './write-request.ts';
import { body2, HISTOGRAM, request2, series2, TYPE, UP } from './write-request-2.ts';

function decode(bytes: Uint8Array) {
  return decodeRemoteWrite2(bytes, decodeContext());
}

function labelled(...pairs: Pairs): Pairs {
  return [['__name__', 'm'], ...pairs];
}

const sample = (timestamp: number, value: number) => ({ timestamp, value });

describe('remote write 2.0, what is accepted', () => {
  it('gives the same batch as version 1.0, whatever stands in the table of symbols', () => {
    const points: [number, number][] = [
      [NOW_MS, 1.5],
      [NOW_MS + 1, Number.NaN],
    ];
    const one = decodeRemoteWrite(body(series(UP, points), series(labelled(['ü', '\n\0😀']), points)), decodeContext());

    const samples = points.map(([timestamp, value]) => sample(timestamp, value));
    const two = decode(body2(series2(UP, { samples }), series2(labelled(['ü', '\n\0😀']), { samples })));

    expect(seriesOf(two)).toEqual(seriesOf(one));
    expect(two.written).toEqual({ samples: 4, histograms: 0, exemplars: 0 });
  });

  it('knows a series again in a request with another table of symbols', () => {
    const context = decodeContext();
    const other = labelled(['job', 'b']);
    const first = decodeRemoteWrite2(body2(series2(UP), series2(other)), context);

    const second = decodeRemoteWrite2(snappy(request2([series2(other), series2(UP)], ['', 'x', 'job', 'y'])), context);

    expect(second.series.heads).toEqual([...first.series.heads].reverse());
    expect(second.series.heads[0]).toBe(first.series.heads[1]);
  });

  it('tells series apart whose references differ only in their texts', () => {
    const context = decodeContext();
    const refs = { labelsRefs: [1, 2], samples: [sample(NOW_MS, 1)] };
    const names = ['a', 'b'].flatMap((name) => {
      const request = snappy(request2([refs], ['', '__name__', name]));
      return seriesOf(decodeRemoteWrite2(request, context)).map(({ labels }) => formatSeries(labels));
    });

    expect(names).toEqual(['a', 'b']);
  });

  it('sorts labels that come unsorted (P10)', () => {
    expect(seriesOf(decode(body2(series2([...UP].reverse()))))[0]?.labels).toEqual(UP);
  });

  it('takes any names and values, and drops a label without value (P09, P11, P13)', () => {
    const pairs = labelled(['__proto__', 'a.b'], ['constructor', 'ü 😀'], ['toString', '\n\t\0'], ['zone', '']);

    const labels = seriesOf(decode(body2(series2(pairs))))[0]?.labels;

    expect(new Map(labels)).toEqual(new Map(pairs.slice(0, 4)));
  });

  it.each([
    ['requests', TYPE.counter, 'counter'],
    ['requests_total', TYPE.gauge, 'gauge'],
    ['requests_total', 0, 'counter'],
    ['requests', 99, 'gauge'],
    ['latency_count', TYPE.histogram, 'counter'],
    ['latency_bucket', TYPE.gaugeHistogram, 'gauge'],
    ['latency_sum', TYPE.summary, 'counter'],
    ['latency', TYPE.summary, 'gauge'],
    ['build_total', TYPE.info, 'gauge'],
    ['state_total', TYPE.stateSet, 'gauge'],
  ] as const)('takes %s of type %i for a %s', (name, type, kind) => {
    const batch = decode(body2(series2([['__name__', name]], { metadata: { type, helpRef: 0 } })));

    expect(batch.series.heads[0]?.kind).toBe(kind);
  });

  it('counts exemplars, with labels or without, and passes over created timestamps (P28, P30)', () => {
    const exemplars = Array.from({ length: 1_000 }, (_, i) => ({
      labelsRefs: i % 2 === 0 ? [1, 2] : [],
      value: i,
      timestamp: NOW_MS,
    }));

    const batch = decode(body2(series2(UP, { exemplars, createdTimestamp: NOW_MS - 1_000 })));

    expect(batch.rejected.count).toBe(0);
    expect(batch.written).toEqual({ samples: 1, histograms: 0, exemplars: 1_000 });
    expect(batch.discarded.get('exemplar')).toBe(1_000);
  });

  it('counts what came twice as written, and keeps the first (P24)', () => {
    const batch = decode(body2(series2(UP, { samples: [sample(NOW_MS, 1), sample(NOW_MS, 2)] })));

    expect([...seriesOf(batch)[0]!.values]).toEqual([1]);
    expect(batch.written.samples).toBe(2);
    expect(batch.discarded.get('duplicate')).toBe(1);
  });

  it('sorts samples that come out of order, and takes NaN and infinities (P18, P23)', () => {
    const values = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    const samples = values.map((value, i) => sample(NOW_MS - i, value));

    const [only] = seriesOf(decode(body2(series2(UP, { samples }))));

    expect([...only!.values]).toEqual(values.toReversed());
    expect([...only!.stale]).toEqual([0, 0, 0]);
  });

  it('tells the stale marker from other NaN by its bits (P19)', () => {
    const message = Buffer.from(request2([series2(UP, { samples: [sample(NOW_MS, 12345.678)] })]));
    const wanted = Buffer.alloc(8);
    wanted.writeDoubleLE(12345.678);
    Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]).copy(message, message.indexOf(wanted));

    const [only] = seriesOf(decode(snappy(message)));

    expect([...only!.stale]).toEqual([1]);
    expect([...only!.values]).toEqual([Number.NaN]);
  });

  it('is content with nothing at all, and with symbols alone (P29)', () => {
    for (const request of [new Uint8Array(0), request2([])]) {
      const batch = decode(snappy(request));
      expect(batch).toMatchObject({ acceptedSamples: 0, written: { samples: 0, histograms: 0, exemplars: 0 } });
    }
  });

  it('reads symbols that come after the series, and references one by one', () => {
    const symbols = [...request2([], ['', '__name__', 'up'])];
    const one = [0x08, 1, 0x08, 2, 0x12, 9, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];

    const batch = decode(snappy(Uint8Array.from([0x2a, one.length, ...one, ...symbols])));

    expect([...batch.rejected.byReason]).toEqual([['timestamp_too_old', 1]]);
    expect(batch.rejected.examples[0]?.index).toBe(0);
  });
});

describe('remote write 2.0, what refuses one series, while the rest is stored', () => {
  const refs = (labelsRefs: number[]) => ({ labelsRefs, samples: [sample(NOW_MS, 1)] });

  it.each([
    ['P06 no name', series2([['job', 'a']]), 'metric_name_missing'],
    ['P07 no labels', series2([]), 'labels_empty'],
    ['P08 a name twice', series2(labelled(['a', '1'], ['a', '2'])), 'label_name_duplicate'],
    ['P09 an empty name', series2(labelled(['', 'x'])), 'label_name_empty'],
    ['P14 a reference beyond the symbols', refs([1, 99]), 'label_ref_unknown'],
    ['P14 the largest reference', refs([1, 2 ** 32 - 1]), 'label_ref_unknown'],
    ['P14 an odd number of references', refs([1, 2, 3]), 'label_refs_odd'],
    [
      'P16 samples and histograms',
      series2(UP, { samples: [sample(NOW_MS, 1)], histograms: [HISTOGRAM] }),
      'series_mixed',
    ],
    ['P16 neither', { labels: UP, metadata: { type: 1 } }, 'series_empty'],
    ['P16 an exemplar only', { labels: UP, exemplars: [{ value: 1, timestamp: NOW_MS }] }, 'series_empty'],
    [
      'P25 31 labels',
      series2(labelled(...Array.from({ length: 30 }, (_, i) => [`l${i}`, 'v'] as const))),
      'labels_too_many',
    ],
    ['P25 a million references', refs(Array.from({ length: 1_000_000 }, () => 1)), 'labels_too_many'],
    ['P25 a long name', series2(labelled(['n'.repeat(1_025), 'v'])), 'label_name_too_long'],
    ['P25 a long value', series2(labelled(['n', 'v'.repeat(2_049)])), 'label_value_too_long'],
    ['P20 time 0', series2(UP, { samples: [sample(0, 1)] }), 'timestamp_too_old'],
    ['P20 time −1', series2(UP, { samples: [sample(-1, 1)] }), 'timestamp_too_old'],
    ['P21 10 min 1 s ahead', series2(UP, { samples: [sample(NOW_MS + 601_000, 1)] }), 'timestamp_too_far_ahead'],
    ['P22 before all history', series2(UP, { samples: [sample(Date.UTC(1999, 11, 31), 1)] }), 'timestamp_too_old'],
  ])('%s', (_, bad, reason) => {
    const good = series2([['__name__', 'good']]);

    const batch = decode(body2(good, bad, good));

    expect([...batch.rejected.byReason.keys()]).toEqual([reason]);
    expect(batch.rejected.examples[0]?.index).toBe(1);
    expect(seriesOf(batch).map(({ labels }) => formatSeries(labels))).toEqual(['good']);
    expect(batch.written.samples).toBe(2);
  });

  it('P12 invalid UTF-8 is never replaced', () => {
    const message = Buffer.from(request2([series2(labelled(['a', 'QQQQ'])), series2(UP)]));
    message.set([0xff, 0xfe, 0xff, 0xfe], message.indexOf('QQQQ'));

    const batch = decode(snappy(message));

    expect([...batch.rejected.byReason]).toEqual([['utf8_invalid', 1]]);
    expect(batch.acceptedSamples).toBe(1);
  });

  it('P28 an exemplar without a time is refused, its series is not', () => {
    const batch = decode(body2(series2(UP, { exemplars: [{ value: 1 }, { value: 1, timestamp: NOW_MS }] })));

    expect([...batch.rejected.byReason]).toEqual([['exemplar_timestamp_missing', 1]]);
    expect(batch.written).toEqual({ samples: 1, histograms: 0, exemplars: 1 });
  });
});

describe('remote write 2.0, what refuses the request', () => {
  it.each([
    ['P02 a message of version 1.0', snappy(writeRequest([series(UP)]))],
    ['P04 framed snappy', Uint8Array.from([0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59, 0, 0])],
    ['P05 the first byte overwritten', Uint8Array.from(body2(series2(UP)), (byte, i) => (i === 0 ? 0x30 : byte))],
    ['P15 a first symbol that is not empty', snappy(request2([series2(UP)], ['x']))],
    ['P15 no symbols', snappy(request2([{ labelsRefs: [0, 0] }], []))],
    ['P31 wrong wire type of the symbols', snappy(Uint8Array.from([0x20, 1]))],
    ['P31 wrong wire type of a series', snappy(Uint8Array.from([0x22, 0, 0x28, 1]))],
    ['P31 wrong wire type of a sample', snappy(Uint8Array.from([0x22, 0, 0x2a, 2, 0x10, 1]))],
    ['P31 a length beyond the end', snappy(Uint8Array.from([0x22, 0, 0x2a, 9, 0x0a]))],
    [
      'P31 a reference of 11 bytes',
      snappy(Uint8Array.from([0x22, 0, 0x2a, 13, 0x0a, 11, ...new Uint8Array(10).fill(0x80), 1])),
    ],
    ['P31 field number 0', snappy(Uint8Array.from([0x22, 0, 0x02, 0]))],
    ['P32 groups nested 100,000 deep', snappy(new Uint8Array(100_000).fill(0x5b))],
    [
      'P26 20,001 samples',
      body2(series2(UP, { samples: Array.from({ length: 20_001 }, (_, i) => sample(NOW_MS - i, 1)) })),
    ],
    ['P26 20,001 series', body2(...Array.from({ length: 20_001 }, () => series2(UP)))],
    ['P26 millions of symbols', snappy(Buffer.alloc(4_000_000, Uint8Array.from([0x22, 0])))],
  ])('%s', (_, bytes) => {
    expect(codeOf(() => decode(bytes))).toBe('ingest/payload-invalid');
  });

  it('P17 a symbol of 2 KB in a million labels', () => {
    const long = 'x'.repeat(2_048);
    const names = Array.from({ length: 28 }, (_, i) => `label_${i}`);
    const timeseries = Array.from({ length: 20_000 }, (_, i) =>
      series2([['__name__', 'm'], ['i', `${i}`], ...names.map((name) => [name, long] as const)]),
    );

    expect(codeOf(() => decode(body2(...timeseries)))).toBe('ingest/payload-too-large');
  });
});
