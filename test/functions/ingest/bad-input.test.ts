import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import { MAX_PROBLEM_BYTES } from '../../../functions/platform/problem.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import type { RawRequest, RawResponse } from '../../support/send-http.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { pushMessage } from './loki-fixtures.ts';
import { decodeMessage } from './otlp-request.ts';
import {
  gzipped,
  isSnappy,
  PROTOCOLS,
  type ProtocolName,
  paddedTo,
  type Sample,
  successOf,
  validSample,
} from './wire-samples.ts';
import { NOW_MS, series, writeRequest } from './write-request.ts';

const HOUR_MS = 3_600_000;
const { wireBodyBytes, decodedBodyBytes } = DEFAULT_INGEST_LIMITS;
const MESSAGE = writeRequest([series([['__name__', 'up']], [[NOW_MS, -1]])]);

/** 200 MiB of zeros. */
const BOMB = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 1 });

let street: IngestStreet;
let key = '';
let readKey = '';

beforeAll(async () => {
  street = await openIngestStreet();
  const make = (scopes: readonly ('ingest' | 'read')[]) =>
    street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes });
  key = (await make(['ingest'])).text;
  readKey = (await make(['read'])).text;
});

afterAll(() => street.close());

const withKey = (text: string): [string, string] => ['authorization', `Bearer ${text}`];

function toRequest(sample: Sample, headers: RawRequest['headers'] = [withKey(key)]): RawRequest {
  return { path: sample.path, headers: [...Object.entries(sample.headers), ...headers], body: sample.body };
}

async function storedCount(): Promise<number> {
  return (await street.segments()).length + (await street.changes()).length;
}

function expectWellFormed({ status, headers, body }: RawResponse, protocol: ProtocolName): void {
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  if (status < 300) return;
  expect(body.length).toBeLessThanOrEqual(MAX_PROBLEM_BYTES);
  expect(body.toString()).not.toMatch(/fwn_|at .*\.ts/);
  if (protocol.startsWith('otlp') && status !== 404) {
    const type = headers['content-type'];
    expect(type).toMatch(/^application\/(json|x-protobuf)$/);
    if (type === 'application/json') expect(JSON.parse(body.toString())).toMatchObject({ code: expect.any(Number) });
    else expect(decodeMessage('Status', body)).toMatchObject({ code: expect.any(Number) });
    return;
  }
  const isText = (protocol === 'remote write' || protocol.startsWith('loki')) && status !== 404;
  expect(headers['content-type']).toBe(isText ? 'text/plain; charset=utf-8' : 'application/problem+json');
  if (!isText) expect(JSON.parse(body.toString())).toMatchObject({ status, request_id: headers['x-request-id'] });
}

interface Row {
  readonly row: string;
  readonly make: (sample: Sample, protocol: ProtocolName) => RawRequest | Promise<RawRequest>;
  /** Expected of remote write, and of the three JSON routes. */
  readonly rw: number;
  readonly json: number;
  /** Of others, where it is not what those two lead one to expect. */
  readonly but?: Partial<Record<ProtocolName, number>>;
}

function expectedOf({ rw, json, but = {} }: Row, protocol: ProtocolName): number {
  const expected = but[protocol] ?? (isSnappy(protocol) ? rw : json);
  return expected === 200 ? successOf(protocol) : expected;
}

const as = (sample: Sample, headers: Record<string, string>, body: Uint8Array = sample.body): RawRequest =>
  toRequest({ ...sample, headers: { ...sample.headers, ...headers }, body: Buffer.from(body) });

function without(sample: Sample, name: string): Sample {
  const { [name]: _left, ...headers } = sample.headers;
  return { ...sample, headers };
}

/** Flips a bit of the checksum that ends a gzip member. */
function withWrongChecksum(bytes: Buffer): Buffer {
  const wrong = Buffer.from(bytes);
  wrong[wrong.length - 8] = (wrong[wrong.length - 8] ?? 0) ^ 1;
  return wrong;
}

function randomBytes(sizeBytes: number): Buffer {
  const random = createRandom(sizeBytes);
  return Buffer.from(Uint8Array.from({ length: sizeBytes }, () => random.below(256)));
}

const ROWS: readonly Row[] = [
  { row: 'valid', make: (s) => toRequest(s), rw: 204, json: 200 },
  { row: 'C01 no credentials', make: (s) => toRequest(s, []), rw: 401, json: 401 },
  { row: 'C02 malformed key', make: (s) => toRequest(s, [withKey(`${key}x`)]), rw: 401, json: 401 },
  { row: 'C04 read-only scope', make: (s) => toRequest(s, [withKey(readKey)]), rw: 403, json: 403 },
  {
    row: 'C06 tenant header of another',
    make: (s) => as(s, { 'x-scope-orgid': 'somebodyelse' }),
    rw: 204,
    json: 200,
  },
  {
    row: 'C07 key in the query string',
    make: (s) => ({ ...toRequest(s, []), path: `${s.path}?api_key=${key}` }),
    rw: 401,
    json: 401,
  },
  {
    row: 'C08 two Authorization headers',
    make: (s) => toRequest(s, [withKey(key), withKey(key)]),
    rw: 401,
    json: 401,
  },
  { row: 'C08 8 KB of Authorization', make: (s) => toRequest(s, [withKey('a'.repeat(8_192))]), rw: 401, json: 401 },
  ...['GET', 'PUT', 'DELETE'].map(
    (method): Row => ({
      row: `C09 ${method}`,
      make: (s) => ({ ...toRequest(s), method }),
      rw: 405,
      json: 405,
    }),
  ),
  ...(
    [
      ['unknown', (path) => `${path}s`],
      ['empty segment', (path) => path.replace('/v1', '//v1')],
      ['encoded dots', (path) => `/x/%2e%2e${path}`],
      ['trailing slash', (path) => `${path}/`],
    ] as const satisfies readonly (readonly [string, (path: string) => string])[]
  ).map(
    ([what, change]): Row => ({
      row: `C10 path: ${what}`,
      make: (s) => ({ ...toRequest(s), path: change(s.path) }),
      rw: 404,
      json: 404,
    }),
  ),
  { row: 'C11 image/png', make: (s) => as(s, { 'content-type': 'image/png' }), rw: 415, json: 415 },
  {
    row: 'C12 no content type',
    make: (s) => toRequest(without(s, 'content-type')),
    rw: 204,
    json: 415,
    but: { 'loki as JSON': 400 },
  },
  {
    row: 'C13 JSON with charset and odd case',
    make: (s) => as(s, { 'content-type': 'Application/JSON ; charset=UTF-8' }),
    rw: 415,
    json: 200,
    but: { loki: 400, otlp: 400 },
  },
  {
    row: 'C14 charset utf-16',
    make: (s) => as(s, { 'content-type': `${s.headers['content-type']}; charset=utf-16` }),
    rw: 415,
    json: 415,
  },
  ...['br', 'zstd', 'deflate', 'x-gzip'].map(
    (encoding): Row => ({
      row: `C15 encoding ${encoding}`,
      make: (s) => as(s, { 'content-encoding': encoding }),
      rw: 415,
      json: 415,
    }),
  ),
  { row: 'C15 gzip', make: (s) => toRequest(gzipped(s)), rw: 415, json: 200 },
  { row: 'C16 gzip, gzip', make: (s) => as(s, { 'content-encoding': 'gzip, gzip' }), rw: 415, json: 415 },
  {
    row: 'C16 packed twice',
    make: (s, protocol) =>
      isSnappy(protocol)
        ? as(s, {}, compress(new Uint8Array(s.body)))
        : toRequest(gzipped(s, gzipSync(gzipSync(s.body)))),
    rw: 400,
    json: 400,
  },
  {
    row: 'C17 encoding declared, body plain',
    make: (s, protocol) => (isSnappy(protocol) ? as(s, {}, MESSAGE) : toRequest(gzipped(s, s.body))),
    rw: 400,
    json: 400,
  },
  {
    row: 'C18 packed, encoding not declared',
    make: (s, protocol) =>
      isSnappy(protocol) ? toRequest(without(s, 'content-encoding')) : as(s, {}, gzipSync(s.body)),
    rw: 204,
    json: 400,
  },
  {
    row: 'C19 truncated stream',
    make: (s, protocol) =>
      isSnappy(protocol) ? as(s, {}, s.body.subarray(0, -3)) : toRequest(gzipped(s, gzipSync(s.body).subarray(0, -3))),
    rw: 400,
    json: 400,
  },
  {
    row: 'C20 copy before the beginning, wrong checksum',
    make: (s, protocol) =>
      isSnappy(protocol)
        ? as(s, {}, Uint8Array.of(10, 0x00, 0x61, 0x09, 0x05))
        : toRequest(gzipped(s, withWrongChecksum(gzipSync(s.body)))),
    rw: 400,
    json: 400,
  },
  {
    row: 'C21 two gzip members',
    make: (s) => {
      const halves = [s.body.subarray(0, 9), s.body.subarray(9)].map((half) => gzipSync(half));
      return toRequest(gzipped(s, Buffer.concat(halves)));
    },
    rw: 415,
    json: 200,
  },
  {
    row: 'C21 junk after the gzip stream',
    make: (s) => toRequest(gzipped(s, Buffer.concat([gzipSync(s.body), Buffer.from('junk')]))),
    rw: 415,
    json: 400,
  },
  {
    row: 'C22 bomb',
    make: (s, protocol) =>
      isSnappy(protocol) ? as(s, {}, compress(new Uint8Array(decodedBodyBytes + 1))) : toRequest(gzipped(s, BOMB)),
    rw: 400,
    json: 413,
    but: { loki: 413 },
  },
  {
    row: 'C23 snappy that claims 256 MiB',
    make: (s) => as(s, { 'content-encoding': 'snappy' }, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01)),
    rw: 400,
    json: 415,
    but: { loki: 413 },
  },
  {
    row: 'C23 snappy that claims 4 GiB',
    make: (s) => as(s, { 'content-encoding': 'snappy' }, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f)),
    rw: 400,
    json: 415,
    but: { loki: 413 },
  },
  {
    row: 'C24 one byte over the wire limit',
    make: (s, protocol) => as(s, {}, paddedTo(protocol, s, wireBodyBytes + 1, MESSAGE)),
    rw: 400,
    json: 413,
    but: { loki: 413 },
  },
  {
    row: 'C25 exactly at the wire limit',
    make: (s, protocol) => as(s, {}, paddedTo(protocol, s, wireBodyBytes, messageOf(s, protocol))),
    rw: 204,
    json: 200,
  },
  {
    row: 'C26 no byte at all',
    make: (s) => as(s, {}, Buffer.alloc(0)),
    rw: 400,
    json: 400,
    but: { otlp: 200 },
  },
  { row: 'C27 1 KB of noise', make: (s) => as(s, {}, randomBytes(1_024)), rw: 400, json: 400 },
  { row: 'C27 1 MB of noise', make: (s) => as(s, {}, randomBytes(1_048_576)), rw: 400, json: 400 },
];

/** A message of this row's own, as the one that fills the other rows would be a replay. */
function messageOf(sample: Sample, protocol: ProtocolName): Uint8Array {
  if (protocol === 'loki') return pushMessage([{ labels: '{job="test"}', entries: [{ line: 'padded' }] }]);
  return writeRequest([series([['__name__', 'padded']], [[NOW_MS, sample.body.length]])]);
}

describe.each(PROTOCOLS)('%s', (protocol) => {
  test.each(ROWS)('$row', async (row) => {
    const request = await row.make(validSample(protocol), protocol);
    const before = await storedCount();
    const expected = expectedOf(row, protocol);
    const response = await street.send(request);
    expect(`${response.status} ${response.status === expected ? '' : response.body.toString()}`).toBe(`${expected} `);
    expectWellFormed(response, protocol);
    // No byte at all is a valid message of protobuf, with nothing to store.
    expect((await storedCount()) - before).toBe(expected < 300 && request.body?.length !== 0 ? 1 : 0);
  });

  test('C02 a malformed key is refused without asking the store', async () => {
    const before = street.keyReads();
    await street.send(toRequest(validSample(protocol), [withKey(`${key.slice(0, -1)}!`)]));
    expect(street.keyReads()).toBe(before);
  });

  test('C03 a revoked key is refused', async () => {
    const made = await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'old', scopes: ['ingest'] });
    await street.keys.revoke(WORKSPACE, made.key.keyId);
    expect(await street.send(toRequest(validSample(protocol), [withKey(made.text)]))).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  test('C05 with the key store down a known key goes on, any other is told to come back', async () => {
    const made = await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'new', scopes: ['ingest'] });
    await street.send(toRequest(validSample(protocol)));
    street.switches.tableDown = true;
    try {
      const known = await street.send(toRequest(validSample(protocol)));
      const unknown = await street.send(toRequest(validSample(protocol), [withKey(made.text)]));
      expect(known.status).toBe(successOf(protocol));
      expect(unknown.status).toBe(503);
      expect(Number(unknown.headers['retry-after'])).toBeGreaterThan(0);
      expectWellFormed(unknown, protocol);
    } finally {
      street.switches.tableDown = false;
    }
  });

  test('C09 a wrong method names the right one', async () => {
    const { headers } = await street.send({ ...toRequest(validSample(protocol)), method: 'PUT' });
    expect(headers.allow).toBe('POST');
  });

  test('C28 one flipped bit is stored or refused, never a failure', async () => {
    const random = createRandom(28);
    const statuses = new Set<number>();
    for (let i = 0; i < 100; i++) {
      const sample = validSample(protocol);
      const bit = random.below(sample.body.length * 8);
      sample.body[bit >> 3] = (sample.body[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const response = await street.send(toRequest(sample));
      expectWellFormed(response, protocol);
      statuses.add(response.status);
    }
    const allowed = [successOf(protocol), 400];
    expect([...statuses].filter((status) => !allowed.includes(status))).toEqual([]);
    expect(statuses).toContain(400);
  });

  test.each(['objectsDown', 'queueDown'] as const)(
    'C32 %s: come back later, and nothing of it is told',
    async (what) => {
      const request = toRequest(validSample(protocol));
      street.switches[what] = true;
      const refused = await street.send(request).finally(() => {
        street.switches[what] = false;
      });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused.body.toString()).not.toContain('inner words');
      expectWellFormed(refused, protocol);
      expect((await street.send(request)).status).toBe(successOf(protocol));
    },
  );

  test('C33 the same request twenty times at once is stored once', async () => {
    const request = toRequest(validSample(protocol));
    const before = await storedCount();
    await street.drain();
    const responses = await Promise.all(Array.from({ length: 20 }, () => street.send(request)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([successOf(protocol)]));
    expect((await storedCount()) - before).toBe(1);
    expect((await street.drain()).length).toBe(protocol === 'changes' ? 0 : 1);
  });

  test.each([6 / 60, 25])('C34 the same request again after %d hours is stored once', async (hours) => {
    const request = toRequest(validSample(protocol));
    const before = await storedCount();
    const first = await street.send(request);
    street.switches.nowMs += hours * HOUR_MS;
    const again = await street.send(request).finally(() => {
      street.switches.nowMs = NOW_MS;
    });
    expect(again.status).toBe(first.status);
    expect((await storedCount()) - before).toBe(1);
    if (successOf(protocol) === 204) return;
    if (protocol.startsWith('otlp')) {
      expect(again.body).toEqual(first.body);
      return;
    }
    const { requestId: _first, ...said } = JSON.parse(first.body.toString());
    const { requestId: _again, ...saidAgain } = JSON.parse(again.body.toString());
    expect(saidAgain).toEqual({ ...said, replayed: true });
  });
});

test('C06 whatever a request says of its tenant, everything lies under the workspace of the key', async () => {
  const keys = await street.segments();
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.filter((name) => !name.startsWith(`seg/${WORKSPACE}/`))).toEqual([]);
});

test('G07 B04 no key ever reaches the log', () => {
  expect(street.lines.length).toBeGreaterThan(0);
  expect(street.lines.filter((line) => line.includes(key.slice(-39)))).toEqual([]);
});
