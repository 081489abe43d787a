import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMetricsJson } from '../../../functions/ingest/metrics-json.ts';
import { seriesOf } from '../../support/series-columns.ts';
import { codeOf, decodeContext, NOW_MS } from './write-request.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const decode = (text: string) => decodeMetricsJson(bytes(text), 'application/json', decodeContext());
const decodeLines = (text: string) => decodeMetricsJson(bytes(text), 'application/x-ndjson', decodeContext());
const ITEM = { name: 'cpu', labels: { host: 'a' }, type: 'gauge', timestamp: NOW_MS, value: 1.5 };
/** One item that differs from the good one, between two good ones. */
const decodeItem = (change: object) =>
  decode(
    JSON.stringify([
      { ...ITEM, ...change },
      { ...ITEM, name: 'other' },
    ]),
  );
const reasons = (batch: ReturnType<typeof decode>) => [...batch.rejected.byReason];

describe('metrics as JSON', () => {
  it.each([
    ['an object', decode, JSON.stringify({ metrics: [ITEM] })],
    ['an array', decode, JSON.stringify([ITEM])],
    ['lines', decodeLines, `${JSON.stringify(ITEM)}\r\n\n`],
    ['one line without end', decodeLines, JSON.stringify(ITEM)],
  ])('come as %s (J01)', (_, read, text) => {
    const batch = read(text);

    expect(batch.acceptedSamples).toBe(1);
    expect(seriesOf(batch)).toMatchObject([
      { kind: 'gauge', values: Float64Array.of(1.5), timestampsMs: Float64Array.of(NOW_MS) },
    ]);
    expect(seriesOf(batch)[0]?.labels).toEqual([
      ['__name__', 'cpu'],
      ['host', 'a'],
    ]);
  });

  it('come with many samples in one item', () => {
    const batch = decodeItem({
      timestamp: undefined,
      value: undefined,
      samples: [
        [NOW_MS, 2],
        ['2026-11-21T09:59:00Z', 1],
      ],
    });

    expect([...seriesOf(batch)[0]!.values]).toEqual([1, 2]);
    expect([...seriesOf(batch)[0]!.timestampsMs]).toEqual([NOW_MS - 60_000, NOW_MS]);
  });

  it('name the same series as remote write does', () => {
    const context = decodeContext();
    const labels = [
      ['__name__', 'cpu'],
      ['host', 'a'],
    ] as const;
    const expected = context.identity.make(context.workspace, 'raw', labels);

    expect(seriesOf(decodeItem({}))[0]?.seriesId).toBe(expected.seriesId);
    expect(seriesOf(decodeItem({ name: undefined, labels: { host: 'a', __name__: 'cpu' } }))[0]?.seriesId).toBe(
      expected.seriesId,
    );
  });

  it('say themselves whether they count', () => {
    const kinds = seriesOf(
      decode(
        JSON.stringify([
          { ...ITEM, name: 'a', type: 'counter' },
          { ...ITEM, name: 'b_total' },
          { ...ITEM, name: 'c_total', type: null },
        ]),
      ),
    ).map(({ kind }) => kind);

    expect(kinds).toEqual(['counter', 'gauge', 'counter']);
  });

  it.each([
    ['"12"', 'value_invalid'],
    ['null', 'value_invalid'],
    ['true', 'value_invalid'],
    ['{}', 'value_invalid'],
    ['""', 'value_invalid'],
    ['1e400', 'value_invalid'],
    ['[1]', 'value_invalid'],
  ])('refuse the item whose value is %s (J02, J03)', (value, reason) => {
    const batch = decode(`[{"name":"a","timestamp":${NOW_MS},"value":${value}},${JSON.stringify(ITEM)}]`);

    expect(reasons(batch)).toEqual([[reason, 1]]);
    expect(batch.acceptedSamples).toBe(1);
  });

  it.each([
    ['9007199254740993', 9007199254740992],
    ['-0', 0],
    ['1e-400', 0],
  ])('take the value %s as a float64 (J03)', (value, expected) => {
    const batch = decode(`[{"name":"a","timestamp":${NOW_MS},"value":${value}}]`);

    expect(Object.is(seriesOf(batch)[0]?.values[0], expected)).toBe(true);
  });

  it.each([
    ['seconds', NOW_MS / 1000],
    ['microseconds', NOW_MS * 1000],
    ['nanoseconds', NOW_MS * 1_000_000],
  ])('refuse a time in %s and say so (J04)', (unit, timestamp) => {
    const batch = decodeItem({ timestamp });

    expect(reasons(batch)).toEqual([['timestamp_unit', 1]]);
    expect(batch.rejected.examples[0]?.detail).toContain(`looks like ${unit}`);
  });

  it.each([
    ['without a zone', '2026-11-21T10:00:00', 'timestamp_invalid'],
    ['on 30 February', '2026-02-30T10:00:00Z', 'timestamp_invalid'],
    ['in the year 275761', '+275761-01-01T00:00:00Z', 'timestamp_invalid'],
    ['with hour 24', '2026-11-20T24:00:00Z', 'timestamp_invalid'],
    ['as digits in a text', `${NOW_MS}`, 'timestamp_invalid'],
    ['with a fraction of a millisecond', NOW_MS + 0.5, 'timestamp_invalid'],
    ['that is an object', {}, 'timestamp_invalid'],
    ['of the last century', '1999-12-31T23:59:59Z', 'timestamp_too_old'],
    ['of the first century', '0099-01-01T00:00:00Z', 'timestamp_invalid'],
    ['0', 0, 'timestamp_too_old'],
    ['too far ahead', NOW_MS + 600_001, 'timestamp_too_far_ahead'],
    ['null', null, 'timestamp_missing'],
    ['missing', undefined, 'timestamp_missing'],
  ])('refuse a time %s (J05, J06)', (_, timestamp, reason) => {
    expect(reasons(decodeItem({ timestamp }))).toEqual([[reason, 1]]);
  });

  it.each([
    ['2026-11-21T11:00:00+01:00', NOW_MS],
    ['2026-11-21T04:30:00.1239-05:30', NOW_MS + 123],
    ['2026-11-21t10:00z', NOW_MS],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('take the time %s', (timestamp, expected) => {
    expect(seriesOf(decodeItem({ timestamp }))[0]?.timestampsMs[0]).toBe(expected);
  });

  it('keep labels that are named like members of Object.prototype as data (J08)', () => {
    const batch = decode(
      `[{"name":"a","timestamp":${NOW_MS},"value":1,"labels":{"__proto__":"x","constructor":"y"},"__proto__":{"admin":true}}]`,
    );

    expect(seriesOf(batch)[0]?.labels).toEqual([
      ['__name__', 'a'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
    expect(codeOf(() => decode('{"__proto__":{"metrics":[]}}'))).toBe('ingest/payload-invalid');
  });

  it('take nothing from what an item inherits', () => {
    const batch = decode(`[{"__proto__":${JSON.stringify(ITEM)}}]`);

    expect(batch.acceptedSamples).toBe(0);
  });

  it.each(['a\r\nBcc: thief@example.org', '<img onerror=alert(1)>', '=HYPERLINK("https://example.org")'])(
    'keep %j in names and labels as it is, to be made inert where it is shown (J16)',
    (hostile) => {
      const batch = decodeItem({ name: hostile, labels: { [hostile]: hostile } });

      expect(batch.series.heads[0]?.labels).toEqual(
        expect.arrayContaining([
          ['__name__', hostile],
          [hostile, hostile],
        ]),
      );
    },
  );

  it('refuse names and labels of a megabyte (J16)', () => {
    const long = 'x'.repeat(1_048_576);

    expect([{ name: long }, { labels: { a: long } }].map((change) => decodeItem(change).rejected.count)).toEqual([
      1, 1,
    ]);
  });

  it('turn numbers and booleans in labels into texts, and leave out null (J12)', () => {
    const batch = decodeItem({ labels: { a: 1, b: true, c: null, d: '' } });

    expect(seriesOf(batch)[0]?.labels).toEqual([
      ['__name__', 'cpu'],
      ['a', '1'],
      ['b', 'true'],
    ]);
  });

  it.each([
    ['a label that is an object', { labels: { a: {} } }, 'label_value_invalid'],
    ['labels that are an array', { labels: ['a'] }, 'labels_invalid'],
    ['no name', { name: undefined }, 'metric_name_missing'],
    ['an empty name', { name: '' }, 'metric_name_missing'],
    ['a name that is a number', { name: 5 }, 'metric_name_invalid'],
    ['two names', { labels: { __name__: 'b' } }, 'label_name_duplicate'],
    ['half a surrogate pair (J11)', { labels: { a: '\ud800' } }, 'utf8_invalid'],
    ['an unknown type', { type: 'histogram' }, 'type_invalid'],
    ['both samples and a value', { samples: [] }, 'item_invalid'],
    ['a sample that is no pair', { timestamp: undefined, value: undefined, samples: [[NOW_MS]] }, 'sample_invalid'],
    ['no samples', { timestamp: undefined, value: undefined, samples: [] }, 'item_invalid'],
    [
      '31 labels',
      { labels: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`l${i}`, 'v'])) },
      'labels_too_many',
    ],
    [
      'control characters that grow sixfold at rest',
      { labels: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`l${i}`, '\u0001'.repeat(2048)])) },
      'labels_too_large',
    ],
  ])('refuse an item with %s', (_, change, reason) => {
    const batch = decodeItem(change);

    expect(reasons(batch)).toEqual([[reason, 1]]);
    expect(batch.rejected.examples[0]?.index).toBe(0);
    expect(batch.acceptedSamples).toBe(1);
  });

  it('refuse only the line that cannot be read', () => {
    const batch = decodeLines(`${JSON.stringify(ITEM)}\n{"name":\n[]\n{}{}\n${JSON.stringify({ ...ITEM, name: 'b' })}`);

    expect(reasons(batch)).toEqual([
      ['json_invalid', 2],
      ['item_invalid', 1],
    ]);
    expect(batch.rejected.examples.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(batch.acceptedSamples).toBe(2);
  });

  it('come in many lines', () => {
    const batch = decodeLines(
      Array.from({ length: 5000 }, (_, i) => `{"name":"m${i}","timestamp":${NOW_MS},"value":1}\n`).join(''),
    );

    expect(batch.acceptedSamples).toBe(5000);
  });

  it('let the last of two equal keys win (J09)', () => {
    expect(seriesOf(decode(`[{"name":"a","name":"b","timestamp":${NOW_MS},"value":1}]`))[0]?.labels).toEqual([
      ['__name__', 'b'],
    ]);
  });

  it('name unknown fields of the envelope, and ignore them (J13)', () => {
    expect(decode('{"metrics":[],"source":"x"}').warnings).toEqual(['ignored unknown fields: "source"']);
  });

  it.each([
    ['nothing', ''],
    ['two objects', '{"metrics":[]}{"metrics":[]}'],
    ['another member', '{"points":[]}'],
    ['a member that is no array', '{"metrics":{}}'],
    ['a text', '"metrics"'],
    ['NaN', `[{"name":"a","timestamp":1,"value":NaN}]`],
    ['a byte order mark', '\uFEFF[]'],
    ['a trailing comma', '[1,]'],
    ['a comment', '[] // all'],
    ['a depth of 33', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['a depth of 100,000', '['.repeat(100_000)],
    ['an array of 1,000,000', `[${'0,'.repeat(999_999)}0]`],
    ['1,001 labels', `[{"name":"a","labels":{${Array.from({ length: 1001 }, (_, i) => `"l${i}":1`).join()}}}]`],
    ['a key of 1 MB', `[{"name":"a","labels":{"${'k'.repeat(1_000_000)}":"v"}}]`],
  ])('fail as a whole with %s (J01, J03, J09)', (_, text) => {
    expect(codeOf(() => decode(text))).toBe('ingest/payload-invalid');
  });

  it('fail as a whole when they are no UTF-8', () => {
    const request = Buffer.from([...bytes('[{"name":"'), 0xff, ...bytes('"}]')]);

    expect(codeOf(() => decodeMetricsJson(request, 'application/json', decodeContext()))).toBe(
      'ingest/payload-invalid',
    );
    expect(codeOf(() => decodeMetricsJson(bytes('[]').swap16(), 'application/json', decodeContext()))).toBe(
      'ingest/payload-invalid',
    );
  });

  it('fail as a whole above the limits, and are taken at them', () => {
    const many = (count: number) =>
      JSON.stringify([
        {
          ...ITEM,
          timestamp: undefined,
          value: undefined,
          samples: Array.from({ length: count }, (_, i) => [NOW_MS - i, i]),
        },
      ]);
    const small = { ...decodeContext(), limits: { ...decodeContext().limits, decodedBodyBytes: 10 } };

    expect(decode(many(20_000)).acceptedSamples).toBe(20_000);
    expect(codeOf(() => decode(many(20_001)))).toBe('ingest/payload-too-large');
    expect(codeOf(() => decodeLines('0\n'.repeat(20_001)))).toBe('ingest/payload-too-large');
    expect(codeOf(() => decodeLines('0\n'.repeat(800_000)))).toBe('ingest/payload-invalid');
    expect(codeOf(() => decodeMetricsJson(bytes('["123456789"]'), 'application/json', small))).toBe(
      'ingest/payload-too-large',
    );
  });

  it('give a batch or a refusal for arbitrary JSON and arbitrary bytes, never anything else', () => {
    const allowed = ['nothing thrown', 'ingest/payload-invalid', 'ingest/payload-too-large'];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.json().map((text) => `{"metrics":[${text}]}`),
        ),
        (text) => {
          expect(allowed).toContain(codeOf(() => decode(text)));
          expect(allowed).toContain(codeOf(() => decodeLines(text)));
        },
      ),
      { numRuns: 500, seed: 1 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (request) => {
        expect(allowed).toContain(codeOf(() => decodeMetricsJson(request, 'application/x-ndjson', decodeContext())));
      }),
      { numRuns: 500, seed: 2 },
    );
  });
});
