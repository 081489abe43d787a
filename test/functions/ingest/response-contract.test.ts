import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import { MAX_PROBLEM_BYTES } from '../../../functions/platform/problem.ts';
import type { RawResponse } from '../../support/send-http.ts';
import { type Family, type Item, REQUEST_2, SPEAKERS, type Speaker } from './contract-speakers.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { decodeMessage } from './otlp-request.ts';
import { NOW_MS } from './write-request.ts';

/*
 * The matrix of answers: what each protocol is told in each situation. Rows are R01 to R15; where a protocol has forms,
 * each of them is asked.
 */

const HOUR_MS = 3_600_000;
const WRITTEN = ['samples', 'histograms', 'exemplars'].map((what) => `x-prometheus-remote-write-${what}-written`);

/** One status for each protocol. */
type Statuses = Readonly<Record<Family, number>>;
const statuses = (remoteWrite: number, otlp: number, loki: number, firehose: number, json: number): Statuses => ({
  'remote write': remoteWrite,
  otlp,
  loki,
  firehose,
  json,
});

let street: IngestStreet;
let limited: IngestStreet;
const keys = new Map<string, string>();

beforeAll(async () => {
  street = await openIngestStreet();
  const one = { perSecond: 1, burst: 1 };
  limited = await openIngestStreet({ requests: one, samples: one, logRecords: one, logBytes: one });
  const make = async (on: IngestStreet, name: string, scopes: readonly ('ingest' | 'read')[]) =>
    keys.set(name, (await on.keys.create({ workspace: WORKSPACE, env: 'test', title: name, scopes })).text);
  await make(street, 'ingest', ['ingest']);
  await make(street, 'read', ['read']);
  await make(limited, 'limited', ['ingest']);
});

afterAll(() => Promise.all([street.close(), limited.close()]));

let made = 0;
const good = (): Item => ({ name: `thing_${made++}`, atMs: NOW_MS - 60_000 });
const bad = (): Item => ({ ...good(), atMs: NOW_MS + HOUR_MS });

interface Sending {
  readonly on?: IngestStreet;
  readonly key?: string | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(speaker: Speaker, bytes: Uint8Array, sending: Sending = {}): Promise<RawResponse> {
  const { on = street, method = 'POST', headers = {} } = sending;
  const key = 'key' in sending ? sending.key : keys.get('ingest');
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const all = { ...speaker.headers, ...authorization, ...headers };
  return on.send({ method, path: speaker.path, headers: Object.entries(all), body: bytes });
}

/** What the next room gets to see: how many series and records. The statistics that CloudWatch brings of a metric are one. */
async function arrived(on = street): Promise<number> {
  const things = new Set<string>();
  let records = 0;
  for (const part of await on.drain()) {
    for (let i = 0; i < part.seriesCount; i++) {
      const instance = part.labelsAt(i).find(([name]) => name === 'instance_id');
      things.add(instance?.[1] ?? part.seriesIdAt(i));
    }
    for (const batch of part.logs) records += batch.records.length;
  }
  return things.size + records;
}

const is2 = ({ headers }: Speaker): boolean => headers['content-type'] === REQUEST_2;
const writtenOf = ({ headers }: RawResponse) => WRITTEN.map((name) => headers[name]);
const jsonOf = ({ body }: RawResponse) => JSON.parse(body.toString()) as Record<string, unknown>;

/** An empty answer, or the right kind of error, as the protocol's senders expect. */
function expectForm(speaker: Speaker, response: RawResponse): void {
  const { status, headers, body } = response;
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  if (status === 401) expect(headers['www-authenticate']).toBe('Bearer');
  if (status === 429 || status === 503) expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  if (speaker.family === 'firehose') {
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': String(body.length) });
    expect(headers['content-encoding']).toBeUndefined();
    const answer = jsonOf(response);
    expect(answer).toMatchObject({ requestId: speaker.headers['x-amz-firehose-request-id'] });
    expect(typeof answer.timestamp).toBe('number');
    expect('errorMessage' in answer).toBe(status !== 200);
  }
  if (status < 300) return;
  expect(body.length).toBeLessThanOrEqual(MAX_PROBLEM_BYTES);
  if (speaker.family === 'otlp') expect(statusOf(speaker, response).code).toBe(GRPC_CODES.get(status));
  if (speaker.family === 'json') {
    expect(headers['content-type']).toBe('application/problem+json');
    expect(jsonOf(response)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  }
  if (speaker.family === 'remote write' || speaker.family === 'loki') {
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(body.length).toBeGreaterThan(0);
  }
}

const GRPC_CODES = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 12],
  [405, 12],
  [413, 8],
  [415, 3],
  [429, 8],
  [503, 14],
]);

/** A google.rpc.Status, in the content type of the request. */
function statusOf(speaker: Speaker, response: RawResponse): Readonly<Record<string, unknown>> {
  const isProtobuf = speaker.headers['content-type'] === 'application/x-protobuf';
  expect(response.headers['content-type']).toBe(speaker.headers['content-type']);
  return isProtobuf ? decodeMessage('Status', response.body) : jsonOf(response);
}

/** What was refused, as a sender of OTLP is told. */
function partialOf(speaker: Speaker, { body }: RawResponse): unknown {
  const isLogs = speaker.path.endsWith('logs');
  const name = isLogs ? 'rejectedLogRecords' : 'rejectedDataPoints';
  if (speaker.headers['content-type'] === 'application/json') {
    const { partialSuccess } = JSON.parse(body.toString()) as { partialSuccess?: Record<string, unknown> };
    return partialSuccess?.[name];
  }
  const decoded = decodeMessage(isLogs ? 'LogsResponse' : 'MetricsResponse', body) as {
    partialSuccess?: Record<string, number>;
  };
  const rejected = decoded.partialSuccess?.[name];
  return rejected === undefined ? undefined : String(rejected);
}

describe.each(SPEAKERS)('$name', (speaker) => {
  const { family, write } = speaker;

  async function expectStatus(expected: Statuses, response: RawResponse): Promise<void> {
    expect(`${response.status} ${response.status === expected[family] ? '' : response.body.toString()}`).toBe(
      `${expected[family]} `,
    );
    expectForm(speaker, response);
  }

  test('R01 all stored', async () => {
    await arrived();
    const response = await send(speaker, write([good(), good()]));
    await expectStatus(statuses(204, 200, 204, 200, 200), response);
    expect(await arrived()).toBe(2);
    expect(writtenOf(response)).toEqual(is2(speaker) ? ['2', '0', '0'] : [undefined, undefined, undefined]);
    if (response.status === 204) expect(response.body).toHaveLength(0);
    if (family === 'otlp') expect(['', '{}']).toContain(response.body.toString());
    if (family === 'json') expect(jsonOf(response)).toMatchObject({ accepted: 2, rejected: 0 });
  });

  test('R02 empty but valid', async () => {
    await arrived();
    const response = await send(speaker, write([]));
    await expectStatus(statuses(204, 200, 400, 200, 200), response);
    expect(await arrived()).toBe(0);
    if (is2(speaker)) expect(writtenOf(response)).toEqual(['0', '0', '0']);
    if (family === 'json') expect(jsonOf(response)).toMatchObject({ accepted: 0, rejected: 0 });
  });

  test('R03 some items invalid, the rest is stored', async () => {
    await arrived();
    const response = await send(speaker, write([good(), bad(), good()]));
    await expectStatus(statuses(400, 200, 400, 200, 200), response);
    expect(await arrived()).toBe(2);
    if (is2(speaker)) expect(writtenOf(response)).toEqual(['2', '0', '0']);
    if (family === 'otlp') expect(partialOf(speaker, response)).toBe('1');
    if (family === 'json') expect(jsonOf(response)).toMatchObject({ accepted: 2, rejected: 1, errors: [{ index: 1 }] });
  });

  test('R04 all items invalid', async () => {
    await arrived();
    const response = await send(speaker, write([bad(), bad()]));
    await expectStatus(statuses(400, 400, 400, 200, 400), response);
    expect(await arrived()).toBe(0);
    if (is2(speaker)) expect(writtenOf(response)).toEqual(['0', '0', '0']);
    if (family === 'otlp') expect(statusOf(speaker, response).details).toHaveLength(1);
  });

  test('R05 cannot be decoded', async () => {
    const response = await send(speaker, Buffer.from('\u0000\u0001 no message of any protocol'));
    await expectStatus(statuses(400, 400, 400, 400, 400), response);
    expect(await arrived()).toBe(0);
  });

  test('R06 too large', async () => {
    const tooLarge = Buffer.alloc(DEFAULT_INGEST_LIMITS.wireBodyBytes + 1, ' ');
    await expectStatus(statuses(400, 413, 413, 400, 413), await send(speaker, tooLarge));
  });

  test.each<Readonly<Record<string, string>>>([{ 'content-type': 'image/png' }, { 'content-encoding': 'br' }])(
    'R07 media type or encoding: %j',
    async (headers) => {
      const response = await send(speaker, write([good()]), { headers });
      // An answer in the type of the request cannot be asked for where that is none.
      const asked = 'content-type' in headers ? { ...speaker, headers: answeredAs(speaker) } : speaker;
      expect(response.status).toBe(statuses(415, 415, 415, 400, 415)[family]);
      expectForm(asked, response);
    },
  );

  test.each([
    ['no key', undefined],
    ['an unknown key', `fwn_test_${'a'.repeat(12)}_${'b'.repeat(32)}_000000`],
  ])('R08 %s', async (_what, key) => {
    await expectStatus(statuses(401, 401, 401, 401, 401), await send(speaker, write([good()]), { key }));
  });

  test('R09 a key without the scope', async () => {
    const response = await send(speaker, write([good()]), { key: keys.get('read') });
    await expectStatus(statuses(403, 403, 403, 403, 403), response);
  });

  test('R10 the workspace is over its rate', async () => {
    const sending = { on: limited, key: keys.get('limited') };
    await send(speaker, write([good()]), sending);
    await expectStatus(statuses(429, 429, 429, 429, 429), await send(speaker, write([good()]), sending));
  });

  test('R11 new series or streams beyond the limit are refused, known ones are stored', async () => {
    // CloudWatch brings five series of a metric.
    const active = speaker.name === 'Firehose with metrics as JSON' ? 5 : 1;
    const own = await openIngestStreet(undefined, { maxStreams: 1 }, { active, newPerMinute: 1_000 });
    try {
      const { text } = await own.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] });
      const sending = { on: own, key: text };
      const known = good();
      expect((await send(speaker, write([known]), sending)).status).toBeLessThan(300);
      await arrived(own);

      const response = await send(speaker, write([{ ...known, atMs: known.atMs + 1_000 }, good()]), sending);

      await expectStatus(statuses(400, 200, 429, 200, 200), response);
      expect(await arrived(own)).toBe(1);
      const counted = own.discarded.get(`${WORKSPACE} series_limit`) ?? own.discarded.get(`${WORKSPACE} stream_limit`);
      expect(counted).toBe(active);
      if (is2(speaker)) expect(writtenOf(response)).toEqual(['1', '0', '0']);
      if (family === 'otlp') expect(partialOf(speaker, response)).toBe('1');
      if (family === 'json') expect(jsonOf(response)).toMatchObject({ accepted: 1, rejected: 1 });
    } finally {
      await own.close();
    }
  });

  test.each(['objectsDown', 'queueDown'] as const)('R13 our fault: %s', async (what) => {
    const bytes = write([good()]);
    street.switches[what] = true;
    const response = await send(speaker, bytes).finally(() => {
      street.switches[what] = false;
    });
    await expectStatus(statuses(503, 503, 503, 503, 503), response);
    if (is2(speaker)) expect(writtenOf(response)).toEqual(['0', '0', '0']);
    expect(response.body.toString()).not.toContain('inner words');
    expect((await send(speaker, bytes)).status).toBeLessThan(300);
  });

  test('R14 a request that was stored is answered again as it was', async () => {
    const bytes = write([good(), bad()]);
    const [first, second] = [await send(speaker, bytes), await send(speaker, bytes)];
    expect(second.status).toBe(first.status);
    expect(writtenOf(second)).toEqual(writtenOf(first));
    if (family === 'otlp' || family === 'firehose') expect(second.body).toEqual(first.body);
    // A refusal in words ends with the id of its own request.
    const wordsOf = ({ body }: RawResponse) => body.toString().replace(/\(request .*\)/, '');
    if (family === 'remote write' || family === 'loki') expect(wordsOf(second)).toBe(wordsOf(first));
    if (family === 'json') {
      const { requestId: _one, ...said } = jsonOf(first);
      const { requestId: _other, ...again } = jsonOf(second);
      expect(again).toEqual({ ...said, replayed: true });
    }
  });

  test.each(['GET', 'PUT', 'DELETE'])('R15 the wrong method: %s', async (method) => {
    const response = await send(speaker, write([good()]), { method });
    expect([response.status, response.headers.allow]).toEqual([405, 'POST']);
    expectForm(speaker, response);
  });
});

/** In what an error is answered where the request has a type that we do not know. */
function answeredAs({ family, headers }: Speaker): Readonly<Record<string, string>> {
  return family === 'otlp' ? { ...headers, 'content-type': 'application/x-protobuf' } : headers;
}
