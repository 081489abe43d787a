import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import type { Labels } from '../../../models/domain/series.ts';
import { logPayload } from './firehose-fixtures.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { gauge, type Json, metricsRequest } from './otlp-request.ts';
import { body, NOW_MS, type Pairs, series, snappy, writeRequest } from './write-request.ts';
import { body2, request2, series2 } from './write-request-2.ts';

/*
 * What JavaScript does otherwise than one expects, and what has gone wrong in other projects: each through the socket, as
 * a sender could do it.
 */

const MEBIBYTE = 1024 * 1024;
const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE), { level: 1 });
let street: IngestStreet;
let key = '';

beforeAll(async () => {
  street = await openIngestStreet();
  key = (await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] })).text;
});

afterAll(() => street.close());
beforeEach(() => street.drain());

interface Sent {
  readonly type?: string;
  readonly encoding?: string;
  readonly key?: string;
}

async function send(path: string, bytes: Uint8Array | string, { type, encoding, key: other }: Sent = {}) {
  const headers: [string, string][] = [['authorization', `Bearer ${other ?? key}`]];
  headers.push(['content-type', type ?? 'application/json']);
  if (encoding !== undefined) headers.push(['content-encoding', encoding]);
  return street.send({ path, headers, body: bytes });
}

const PROTOBUF = 'application/x-protobuf';
const TWO = `${PROTOBUF};proto=io.prometheus.write.v2.Request`;
const write = (bytes: Uint8Array, type = PROTOBUF) => send('/api/v1/write', bytes, { type });
const metrics = (items: readonly object[]) => send('/v1/ingest/metrics', JSON.stringify(items));
const otlp = (metric: Json) => send('/v1/metrics', JSON.stringify(metricsRequest([metric])));

async function arrivedSeries() {
  const parts = await street.drain();
  return parts.flatMap((part) =>
    Array.from({ length: part.seriesCount }, (_, i) => {
      const [from, to] = [part.sampleStarts[i]!, part.sampleStarts[i + 1]!];
      return {
        seriesId: part.seriesIdAt(i),
        labels: part.labelsAt(i),
        stale: [...part.stale.subarray(from, to)],
        values: [...part.values.subarray(from, to)],
      };
    }),
  );
}

/** The bytes of a message, with the first place where `from` stands taken by `to`. */
function withBytes(message: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array {
  const changed = Buffer.from(message);
  const at = changed.indexOf(from);
  expect(at).toBeGreaterThan(0);
  changed.set(to, at);
  return changed;
}

test('T01 the stale marker is told from every other NaN by its bits', async () => {
  const marker = Buffer.from('020000000000f07f', 'hex');
  const plain = Buffer.from('000000000000f87f', 'hex');
  const one = Buffer.alloc(8);
  one.writeDoubleLE(7);
  const message = writeRequest([
    series([['__name__', 'stale']], [[NOW_MS, 7]]),
    series([['__name__', 'nan']], [[NOW_MS, 7]]),
  ]);

  expect((await write(snappy(withBytes(withBytes(message, one, marker), one, plain)))).status).toBe(204);

  const arrived = new Map((await arrivedSeries()).map(({ labels, stale }) => [labels[0]?.[1], stale]));
  expect([arrived.get('stale'), arrived.get('nan')]).toEqual([[1], [0]]);
});

test('T03 names that differ in bytes that are no text are refused, and never become one series', async () => {
  const message = writeRequest([series([['__name__', 'a\u0001']]), series([['__name__', 'a\u0002']])]);
  const broken = withBytes(message, Buffer.from('a\u0001'), Buffer.from([0x61, 0xff]));
  const both = withBytes(broken, Buffer.from('a\u0002'), Buffer.from([0x61, 0xfe]));

  expect((await write(snappy(both))).body.toString()).toContain('utf8_invalid');
  expect(await arrivedSeries()).toEqual([]);
});

test.each(['!!aGVs*bG8=', 'aGVsbG8', 'aGV-bG8_', ' aGVsbG8='])('T04 %j is no base64', async (data) => {
  const id = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f';
  const headers: [string, string][] = [
    ['authorization', `Bearer ${key}`],
    ['content-type', 'application/json'],
    ['x-amz-firehose-request-id', id],
  ];
  const before = street.discarded.get(`${WORKSPACE} record_invalid`) ?? 0;
  const request = JSON.stringify({ requestId: id, timestamp: NOW_MS, records: [{ data }] });
  expect((await street.send({ path: '/firehose', headers, body: request })).status).toBe(200);
  expect((street.discarded.get(`${WORKSPACE} record_invalid`) ?? 0) - before).toBe(1);
});

test.each(['', ' 12 ', '0x10', '1e3', '12n'])('T05 %j is no integer', async (timeUnixNano) => {
  expect((await otlp(gauge('g', [{ timeUnixNano, asDouble: 1 }]))).status).toBe(400);
});

const DEEP = 1_000_000;
const DEEP_JSON = '['.repeat(DEEP) + ']'.repeat(DEEP);

test.each([
  ['/v1/ingest/metrics', 'application/json'],
  ['/v1/ingest/metrics', 'application/x-ndjson'],
  ['/v1/ingest/logs', 'application/json'],
  ['/v1/changes', 'application/json'],
  ['/v1/metrics', 'application/json'],
  ['/v1/logs', 'application/json'],
  ['/loki/api/v1/push', 'application/json'],
  ['/firehose', 'application/json'],
])('T06 a million nested arrays are refused by %s as %s', async (path, type) => {
  expect((await send(path, DEEP_JSON, { type })).status).toBe(400);
});

describe.each(['/v1/ingest/metrics', '/v1/ingest/logs', '/v1/metrics', '/v1/logs', '/loki/api/v1/push'])(
  'gzip at %s',
  (path) => {
    test('T07 B01 200 MiB of zeros are refused for their size; packed twice they are no text', async () => {
      expect((await send(path, bomb, { encoding: 'gzip' })).status).toBe(413);
      expect((await send(path, gzipSync(bomb), { encoding: 'gzip' })).status).toBe(400);
    });

    test('T08 members are within the limit together', async () => {
      const member = gzipSync(Buffer.alloc(DEFAULT_INGEST_LIMITS.decodedBodyBytes / 2 + 1, ' '), { level: 1 });
      expect((await send(path, member, { encoding: 'gzip' })).status).toBe(400);
      expect((await send(path, Buffer.concat([member, member]), { encoding: 'gzip' })).status).toBe(413);
    });
  },
);

test('T07 B01 a bomb inside a record of Firehose is put aside', async () => {
  const id = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f';
  const payload = logPayload([{ id: '1', timestamp: NOW_MS, message: ' '.repeat(100 * MEBIBYTE) }]);
  const headers: [string, string][] = [
    ['authorization', `Bearer ${key}`],
    ['content-type', 'application/json'],
    ['x-amz-firehose-request-id', id],
  ];
  const records = [{ data: payload.toString('base64') }];
  const request = JSON.stringify({ requestId: id, timestamp: NOW_MS, records });
  const before = (await street.putAside()).length;

  expect((await street.send({ path: '/firehose', headers, body: request })).status).toBe(200);
  expect((await street.putAside()).length - before).toBe(1);
  expect((await street.drain()).length).toBe(0);
});

test.each([
  ['256 MiB', [0x80, 0x80, 0x80, 0x80, 0x01]],
  ['4 GiB', [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ['more than 32 bits can say', [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
])('T09 B01 five bytes that claim %s take no memory', async (_what, bytes) => {
  const block = Uint8Array.from(bytes);
  const before = process.memoryUsage().arrayBuffers;
  expect((await write(block)).status).toBe(400);
  expect((await write(block, TWO)).status).toBe(400);
  expect((await send('/loki/api/v1/push', block, { type: PROTOBUF })).status).toBeOneOf([400, 413]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MEBIBYTE);
});

test('T10 few bytes that refer to long texts a million times are refused', async () => {
  const long = 'x'.repeat(2_048);
  const references = Array.from({ length: 100_000 }, () => [1, 2]).flat();
  const message = request2([series2([], { labelsRefs: references } as never)], ['', 'l', long]);
  expect(message.length).toBeLessThan(MEBIBYTE);
  expect((await write(compress(new Uint8Array(message)), TWO)).status).toBe(400);
});

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

test('T12 labels and fields named like members of Object.prototype are data, and change nothing else', async () => {
  const pairs: Pairs = [['__name__', 'trap'], ...NAMES.map((name) => [name, 'v'] as const)];
  const labels = `{${NAMES.map((name) => `"${name}":"v"`).join()}}`;
  const json = `[{"name":"trap","labels":${labels},"__proto__":{"value":2},"timestamp":${NOW_MS + 1},"value":1}]`;

  expect((await write(body(series(pairs)))).status).toBe(204);
  expect((await write(body2(series2(pairs, { samples: [{ timestamp: NOW_MS + 2, value: 1 }] })), TWO)).status).toBe(
    204,
  );
  expect((await send('/v1/ingest/metrics', json)).status).toBe(200);

  const arrived = await arrivedSeries();
  expect(new Set(arrived.map(({ seriesId }) => seriesId)).size).toBe(1);
  for (const one of arrived) expect(one.labels.map(([name]) => name)).toEqual(expect.arrayContaining(NAMES));
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('T13 a comma or an equals sign in a value makes no other series of it', async () => {
  const items = [{ a: '1,b=2' }, { a: '1', b: '2' }, { a: '1=b,2' }].map((labels) => ({
    name: 'trap',
    labels,
    timestamp: NOW_MS,
    value: 1,
  }));
  expect((await metrics(items)).status).toBe(200);
  expect(new Set((await arrivedSeries()).map(({ seriesId }) => seriesId)).size).toBe(3);
});

test('T14 labels stand in the order of their UTF-8 bytes, whichever protocol brings them and in whichever order', async () => {
  // As UTF-16 the second comes first: its first half is 0xd83d.
  const names = ['\uffee', '\u{1f600}'];
  const expected: Labels = [
    ['__name__', 'order'],
    [names[0]!, 'v'],
    [names[1]!, 'v'],
  ];
  for (const [i, order] of [names, names.toReversed()].entries()) {
    const pairs: Pairs = [['__name__', 'order'], ...order.map((name) => [name, 'v'] as const)];
    const atMs = NOW_MS - i;
    await write(body(series(pairs, [[atMs, 1]])));
    await write(body2(series2(pairs, { samples: [{ timestamp: atMs - 10, value: 1 }] })), TWO);
    const labels = Object.fromEntries(order.map((name) => [name, 'v']));
    await metrics([{ name: 'order', labels, timestamp: atMs - 20, value: 1 }]);
  }

  const arrived = await arrivedSeries();
  expect(arrived).toHaveLength(6);
  for (const { labels, seriesId } of arrived) {
    expect(labels).toEqual(expected);
    expect(seriesId).toBe(seriesIdOf(WORKSPACE, expected));
  }
});

test.each([
  ['remote write 1.0', '/api/v1/write', PROTOBUF, true],
  ['remote write 2.0', '/api/v1/write', TWO, true],
  ['OTLP metrics', '/v1/metrics', PROTOBUF, false],
  ['OTLP logs', '/v1/logs', PROTOBUF, false],
  ['Loki', '/loki/api/v1/push', PROTOBUF, true],
] as const)('B05 groups nested 100,000 deep are refused by %s', async (_what, path, type, isPacked) => {
  const nested = new Uint8Array(100_000).fill(0x5b);
  expect((await send(path, isPacked ? compress(nested) : nested, { type })).status).toBe(400);
});

test('B05 values nested 100,000 deep are refused as protobuf', async () => {
  // A list in a list …: field 5 of a value is a list, field 1 of a list a value; lengths that fit the whole.
  let value: Buffer = Buffer.from([0x0a, 0x01, 0x61]);
  for (let depth = 0; depth < 3_000; depth++) value = field(depth % 2 === 0 ? 0x0a : 0x2a, value);
  const record = field(0x2a, value);
  const request = field(0x0a, field(0x12, field(0x12, record)));
  expect((await send('/v1/logs', request, { type: PROTOBUF })).status).toBe(400);
});

function field(tag: number, inner: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = inner.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([tag, ...length]), inner]);
}

test('G01 nothing of a bomb is unpacked for a key that is unknown, and nothing of it is asked of the store', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE), { level: 1 });
  const before = { reads: street.keyReads(), memory: process.memoryUsage().arrayBuffers };
  const answer = await send('/v1/ingest/metrics', bomb, { encoding: 'gzip', key: `${key.slice(0, -1)}!` });
  expect(answer.status).toBe(401);
  expect(street.keyReads()).toBe(before.reads);
  expect(process.memoryUsage().arrayBuffers - before.memory).toBeLessThan(32 * MEBIBYTE);
});
