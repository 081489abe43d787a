import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RawRequest } from '../../support/send-http.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { nanoseconds, PROMTAIL_PUSH, type PushedStream, packed, pushMessage } from './loki-fixtures.ts';
import { NOW_MS } from './write-request.ts';

const PATH = '/loki/api/v1/push';
const NOW = nanoseconds(NOW_MS);
const JSON_TYPE = [['content-type', 'application/json']] as const;
const DAY_MS = 86_400_000;

let street: IngestStreet;
let key = '';

beforeAll(async () => {
  street = await openIngestStreet();
  key = (await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] })).text;
});

afterAll(() => street.close());

beforeEach(async () => {
  await street.drain();
  street.discarded.clear();
});

function send(
  body: Uint8Array | string,
  headers: NonNullable<RawRequest['headers']>,
  to: IngestStreet = street,
  as = key,
) {
  return to.send({ path: PATH, headers: [['authorization', `Bearer ${as}`], ...headers], body });
}

const push = (value: unknown, to?: IngestStreet, as?: string) =>
  send(JSON.stringify(value), [['content-type', 'application/json']], to, as);
const pushProtobuf = (streams: readonly PushedStream[]) =>
  send(packed(pushMessage(streams)), [['content-type', 'application/x-protobuf']]);
let made = 0;
/** No two are alike, as a push that was stored before is not stored again. */
const shop = (): string => `shop-${made++}`;
const streams = (...values: readonly (readonly unknown[])[]) => ({ streams: [{ stream: { app: shop() }, values }] });

/** What the next room gets to see: streams with their lines. */
async function received(from: IngestStreet = street): Promise<Record<string, readonly string[]>> {
  const seen = new Map<string, readonly string[]>();
  for (const part of await from.drain()) {
    for (const { labels, records } of part.logs) {
      const name = labels.map(([label, value]) => `${label}=${value}`).join(',');
      const lines = records.map(({ timestampMs, severity, line }) => `${timestampMs - NOW_MS} ${severity} ${line}`);
      seen.set(name, [...(seen.get(name) ?? []), ...lines]);
    }
  }
  return Object.fromEntries([...seen].toSorted(([a], [b]) => a.localeCompare(b)));
}

const discarded = (reason: string): number => street.discarded.get(`${WORKSPACE} ${reason}`) ?? 0;

describe('D03 S09 what agents send is stored', () => {
  const expected = {
    'app=checkout,filename=/var/log/pods/shop_checkout-7d4f9c-x2k/checkout/0.log,job=shop/checkout,namespace=shop,node_name=node-3,pod=checkout-7d4f9c-x2k,stream=stderr':
      [
        '-2000 info level=info msg="order placed" order=81231 took=41ms',
        '-1500 error level=error msg="payment refused" order=81232 code=51',
        '-1500 error level=error msg="payment refused" order=81232 code=51',
      ],
    'job=systemd-journal,message=said "no"\nü,unit=kubelet.service': [
      '-900 unknown E1121 09:59:59.100000 1 pod_workers.go:1298] "Error syncing pod"',
    ],
  };

  test('promtail: protobuf in a snappy block, with its own headers', async () => {
    const response = await send(packed(pushMessage(PROMTAIL_PUSH)), [
      ['content-type', 'application/x-protobuf'],
      ['user-agent', 'promtail/3.5.0'],
      ['x-scope-orgid', 'somebody-else'],
    ]);
    expect(response).toMatchObject({ status: 204, body: Buffer.alloc(0) });
    expect(await received()).toEqual(expected);
  });

  test('without a content type it is protobuf', async () => {
    const late = PROMTAIL_PUSH.map(({ labels, entries }) => ({ labels, entries: entries.slice(0, 1) }));
    expect((await send(packed(pushMessage(late)), [])).status).toBe(204);
    expect(Object.keys(await received())).toEqual(Object.keys(expected));
  });

  test('JSON, plain and gzipped, ends in the same as protobuf', async () => {
    const value = (line: string) => ({
      streams: [
        { stream: { app: 'shop' }, values: [[nanoseconds(NOW_MS - 5, 999_999), line, { detected_level: 'warn' }]] },
      ],
    });
    await push(value('one'));
    await send(gzipSync(JSON.stringify(value('two'))), [
      ['content-type', 'application/json'],
      ['content-encoding', 'gzip'],
    ]);
    const entry = { atMs: NOW_MS - 5, nanos: 999_999, metadata: { detected_level: 'warn', trace_id: 'abc' } };
    await pushProtobuf([{ labels: '{app="shop"}', entries: [{ ...entry, line: 'three' }] }]);
    expect(await received()).toEqual({ 'app=shop': ['-5 warn one', '-5 warn two', '-5 warn three'] });
    expect(discarded('structured_metadata')).toBe(3);
  });

  test('a level comes from structured metadata, else from the labels, else from the line', async () => {
    await push({
      streams: [
        {
          stream: { app: 'a', level: 'error' },
          values: [
            [NOW, 'level=info plain'],
            [nanoseconds(NOW_MS, 1), 'level=info own', { level: 'debug' }],
          ],
        },
        { stream: { app: 'b' }, values: [[NOW, 'level=info plain', { level: 'whatever' }]] },
      ],
    });
    expect(await received()).toEqual({
      'app=a,level=error': ['0 error level=info plain', '0 debug level=info own'],
      'app=b': ['0 info level=info plain'],
    });
  });

  test('the same push again stores nothing more', async () => {
    const before = (await street.segments()).length;
    const twice = streams([NOW, 'said twice']);
    for (let i = 0; i < 2; i++) expect((await push(twice)).status).toBe(204);
    expect((await street.segments()).length).toBe(before + 1);
  });
});

interface Row {
  readonly row: string;
  readonly send: () => ReturnType<typeof push>;
  readonly status: number;
  readonly says?: string;
  /** Lines that are stored nonetheless. */
  readonly stored?: readonly string[];
  readonly counts?: Readonly<Record<string, number>>;
}

const GOOD = [NOW, 'good'];
const entries = (...lines: readonly string[]) => lines.map((line) => ({ line }));
const LONG = 'x'.repeat(64 * 1024);

const ROWS: readonly Row[] = [
  { row: 'L01 an empty object', send: () => push({}), status: 400, says: 'expected {"streams": […]}' },
  { row: 'L01 no streams', send: () => push({ streams: [] }), status: 400, says: 'no streams' },
  { row: 'L01 protobuf without streams', send: () => pushProtobuf([]), status: 400, says: 'no streams' },
  { row: 'L01 a stream without values', send: () => push(streams()), status: 204 },
  { row: 'L01 a stream with no values at all', send: () => push({ streams: [{ stream: { a: 'b' } }] }), status: 204 },
  {
    row: 'L02 an empty label map',
    send: () => push({ streams: [{ stream: {}, values: [GOOD] }, streams(GOOD).streams[0]] }),
    status: 400,
    says: '#0 labels_empty',
    stored: ['good'],
    counts: { labels_empty: 1 },
  },
  {
    row: 'L02 a label value that is no text',
    send: () => push({ streams: [{ stream: { a: 1 }, values: [GOOD, GOOD] }] }),
    status: 400,
    says: '#0 label_value_invalid',
    counts: { label_value_invalid: 2 },
  },
  { row: 'L02 a stream that is a text', send: () => push({ streams: ['x'] }), status: 400, says: 'item_invalid' },
  {
    row: 'L02 values that are no list',
    send: () => push({ streams: [{ stream: { a: 'b' }, values: {} }] }),
    status: 400,
    says: 'item_invalid',
  },
  ...(
    [
      ['a number', NOW_MS, 'timestamp_invalid'],
      ['no digits', ' 12 ', 'timestamp_invalid'],
      ['milliseconds', `${NOW_MS}`, 'nanoseconds expected'],
      ['seconds', `${NOW_MS / 1_000}`, 'nanoseconds expected'],
      ['microseconds', `${NOW_MS}000`, 'nanoseconds expected'],
    ] as const
  ).map(
    ([what, time, says]): Row => ({
      row: `L03 a time as ${what}`,
      send: () => push(streams([time, 'bad'], GOOD)),
      status: 400,
      says,
      stored: ['good'],
    }),
  ),
  {
    row: 'L04 more than ten minutes ahead',
    send: () => push(streams([nanoseconds(NOW_MS + 601_000), 'bad'], [nanoseconds(NOW_MS + 599_000), 'good'])),
    status: 400,
    says: 'timestamp_too_far_ahead',
    stored: ['good'],
  },
  {
    row: 'L04 protobuf: ahead, and a time that is none',
    send: () =>
      pushProtobuf([
        {
          labels: `{app="${shop()}"}`,
          entries: [{ atMs: NOW_MS + 601_000, line: 'bad' }, { nanos: -1_000_000_000, line: 'bad' }, { line: 'good' }],
        },
      ]),
    status: 400,
    says: 'timestamp_invalid',
    stored: ['good'],
    counts: { timestamp_too_far_ahead: 1, timestamp_invalid: 1 },
  },
  {
    row: 'L04 older than the limit, which is the year 2000: history may be loaded',
    send: () =>
      push(streams([nanoseconds(Date.UTC(1999, 11, 31)), 'bad'], [nanoseconds(NOW_MS - 30 * DAY_MS), 'a month old'])),
    status: 400,
    says: 'timestamp_too_old',
    stored: ['a month old'],
  },
  { row: 'L05 an empty line', send: () => push(streams([NOW, ''])), status: 204, stored: [''] },
  {
    row: 'L06 a line over the limit is cut',
    send: () => push(streams([NOW, `${LONG}yz`])),
    status: 204,
    stored: [LONG],
    counts: { line_truncated: 1 },
  },
  {
    row: 'L06 the same as protobuf',
    send: () => pushProtobuf([{ labels: '{app="shop"}', entries: entries(`${LONG}é`) }]),
    status: 204,
    stored: [LONG],
    counts: { line_truncated: 1 },
  },
  ...(
    [
      ['nested metadata', [NOW, 'bad', { a: { b: 'c' } }], 'structured_metadata_invalid'],
      ['metadata that is no text', [NOW, 'bad', { a: 1 }], 'structured_metadata_invalid'],
      ['metadata as a list', [NOW, 'bad', ['a']], 'structured_metadata_invalid'],
      ['a value of four', [NOW, 'bad', {}, 1], 'entry_invalid'],
      ['a value of one', [NOW], 'entry_invalid'],
      ['a value that is an object', { ts: NOW }, 'entry_invalid'],
      ['a line that is a number', [NOW, 5], 'line_missing'],
    ] as const
  ).map(
    ([what, value, says]): Row => ({
      row: `L07 ${what}`,
      send: () => push({ streams: [{ stream: { app: shop() }, values: [value, GOOD] }] }),
      status: 400,
      says,
      stored: ['good'],
    }),
  ),
  {
    row: 'L08 sixteen labels',
    send: () =>
      push({
        streams: [{ stream: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`a${i}`, 'x'])), values: [GOOD] }],
      }),
    status: 400,
    says: 'labels_too_many',
  },
  {
    row: 'L08 a label name of 1,025 bytes',
    send: () => push({ streams: [{ stream: { ['n'.repeat(1_025)]: 'x' }, values: [GOOD] }] }),
    status: 400,
    says: 'label_name_too_long',
  },
  ...(
    [
      ['not closed', '{foo="bar"', 'labels_invalid'],
      ['empty', '{}', 'labels_empty'],
    ] as const
  ).map(
    ([what, labels, says]): Row => ({
      row: `L09 label text ${what}`,
      send: () =>
        pushProtobuf([
          { labels, entries: entries('bad', 'bad') },
          { labels: `{app="${shop()}"}`, entries: entries('good') },
        ]),
      status: 400,
      says,
      stored: ['good'],
      counts: { [says]: 2 },
    }),
  ),
  {
    row: 'L10 a lone surrogate in a line of JSON is replaced',
    send: () => send(`{"streams":[{"stream":{"app":"shop"},"values":[["${NOW}","a\\ud800b"]]}]}`, JSON_TYPE),
    status: 204,
    stored: ['a\ufffdb'],
    counts: { utf8_replaced: 1 },
  },
  {
    row: 'L11 the same time and line counts once, another line stays',
    send: () => push(streams([NOW, 'a'], [NOW, 'b'], [NOW, 'a'], [nanoseconds(NOW_MS, 1), 'a'])),
    status: 204,
    stored: ['a', 'b', 'a'],
    counts: { duplicate: 1 },
  },
  {
    row: 'L12 out of order inside a stream',
    send: () => push(streams([NOW, 'later'], [nanoseconds(NOW_MS - 9), 'earlier'])),
    status: 204,
    stored: ['earlier', 'later'],
  },
  {
    row: 'L13 10,001 entries',
    send: () => push(streams(...Array.from({ length: 10_001 }, (_, i) => [nanoseconds(NOW_MS, i), 'x']))),
    status: 400,
    says: 'more than 10000 entries',
  },
];

describe('rows of the contract', () => {
  test.each(ROWS)('$row', async ({ send: sendRow, status, says = '', stored = [], counts = {} }) => {
    const response = await sendRow();
    expect(`${response.status} ${response.body.toString()}`).toContain(`${status} `);
    expect(response.body.toString()).toContain(says);
    const lines = Object.values(await received()).flat();
    expect(lines.map((line) => line.split(' ').slice(2).join(' '))).toEqual(stored);
    for (const [reason, count] of Object.entries(counts)) expect([reason, discarded(reason)]).toEqual([reason, count]);
  });

  test('L09 a quote inside a value does not end it', async () => {
    expect((await pushProtobuf([{ labels: String.raw`{a="1\",b=\"2"}`, entries: entries('one label') }])).status).toBe(
      204,
    );
    expect(await received()).toEqual({ 'a=1",b="2': ['0 unknown one label'] });
  });

  test('L10 bytes that are no text: replaced and counted in a line, refused in labels', async () => {
    const message = Buffer.from(
      pushMessage([
        { labels: '{app="QQ"}', entries: entries('bad') },
        { labels: '{app="shop"}', entries: entries('lineQQ') },
      ]),
    );
    for (let at = message.indexOf('QQ'); at !== -1; at = message.indexOf('QQ', at)) message.fill(0xff, at, at + 2);
    const response = await send(packed(message), [['content-type', 'application/x-protobuf']]);
    expect(response).toMatchObject({ status: 400 });
    expect(response.body.toString()).toContain('#0 utf8_invalid');
    expect(await received()).toEqual({ 'app=shop': ['0 unknown line\ufffd\ufffd'] });
    expect([discarded('utf8_invalid'), discarded('utf8_replaced')]).toEqual([1, 1]);
  });

  test('L14 new streams over the limit are 429, known ones go on', async () => {
    const small = await openIngestStreet(undefined, { maxStreams: 2 });
    try {
      const made = await small.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] });
      const of = (apps: readonly string[], line: string) =>
        push({ streams: apps.map((app) => ({ stream: { app }, values: [[NOW, line]] })) }, small, made.text);
      expect((await of(['a', 'b'], 'first')).status).toBe(204);
      const refused = await of(['a', 'b', 'c'], 'second');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(60);
      expect(refused.body.toString()).toContain('1 new streams are over the limit');
      expect(await received(small)).toEqual({
        'app=a': ['0 unknown first', '0 unknown second'],
        'app=b': ['0 unknown first', '0 unknown second'],
      });
      expect(small.discarded.get(`${WORKSPACE} stream_limit`)).toBe(1);
      small.switches.nowMs += 3_600_001;
      expect((await of(['c'], 'third')).status).toBe(204);
    } finally {
      await small.close();
    }
  });
});
