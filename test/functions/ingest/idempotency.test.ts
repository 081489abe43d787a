import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { NOW_MS } from './write-request.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

let street: IngestStreet;
let key = '';
let otherKey = '';

beforeAll(async () => {
  street = await openIngestStreet();
  const make = async (workspace: string) =>
    (await street.keys.create({ workspace, env: 'test', title: 'test', scopes: ['ingest'] })).text;
  key = await make(WORKSPACE);
  otherKey = await make('anotherworkspace');
});

afterAll(() => street.close());

async function send(
  idempotencyKey: string | undefined,
  content: unknown,
  { path = '/v1/ingest/metrics', as = key, gzip = false } = {},
) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const response = await street.send({
    path,
    headers: [
      ['authorization', `Bearer ${as}`],
      ['content-type', 'application/json'],
      ...(gzip ? ([['content-encoding', 'gzip']] as const) : []),
      ...(idempotencyKey === undefined ? [] : ([['idempotency-key', idempotencyKey]] as const)),
    ],
    body: gzip ? gzipSync(text) : text,
  });
  return {
    status: response.status,
    headers: response.headers,
    json: JSON.parse(response.body.toString()) as Record<string, unknown>,
  };
}

async function times(name: string): Promise<number[]> {
  const found: number[] = [];
  for (const part of await street.drain()) {
    for (let i = 0; i < part.seriesCount; i++) {
      if (!part.labelsAt(i).some(([label, value]) => label === '__name__' && value === name)) continue;
      found.push(...part.timestampsMs.slice(part.sampleStarts[i], part.sampleStarts[i + 1]));
    }
  }
  return found;
}

describe('D05 J06 an item without a timestamp', () => {
  test('is refused without an Idempotency-Key', async () => {
    for (const path of ['/v1/ingest/metrics', '/v1/ingest/logs']) {
      const { status, json } = await send(undefined, [{ name: 'a', value: 1, line: 'b' }], { path });
      expect([status, json.errors]).toEqual([400, [expect.objectContaining({ code: 'timestamp_missing' })]]);
    }
  });

  test('has the time of the first try with one, however often it is tried', async () => {
    const items = [{ name: 'untimed', value: 1 }];
    street.switches.nowMs = NOW_MS + 10;
    street.switches.queueDown = true;
    expect((await send('untimed-1', items)).status).toBe(503);
    street.switches.queueDown = false;
    street.switches.nowMs = NOW_MS + 5_000;
    expect(await send('untimed-1', items)).toMatchObject({ status: 200, json: { accepted: 1 } });
    expect(await times('untimed')).toEqual([NOW_MS + 10]);
    street.switches.nowMs = NOW_MS;
  });

  test('may be a log record or a change', async () => {
    const change = { path: '/v1/changes' };
    expect((await send(undefined, { summary: 'x' }, change)).status).toBe(400);
    expect((await send('untimed-3', { summary: 'x' }, change)).json).toMatchObject({ accepted: 1 });
    expect(await street.changes()).toMatchObject([{ summary: 'x', atMs: NOW_MS }]);
    expect((await send('untimed-2', [{ line: 'b' }], { path: '/v1/ingest/logs' })).json).toMatchObject({ accepted: 1 });
  });
});

describe('D05 J07 M27 the same Idempotency-Key', () => {
  test('with the same content is answered as before, and stored once', async () => {
    const items = [
      { name: 'again', value: 1 },
      { name: 'again', value: 'wrong' },
    ];
    const first = await send('again-1', items);
    street.switches.nowMs += HOUR_MS;
    const second = await send('again-1', items);
    expect(first).toMatchObject({ status: 200, json: { accepted: 1, rejected: 1 } });
    expect(first.json).not.toHaveProperty('replayed');
    expect(second.json).toEqual({ ...first.json, replayed: true });
    expect(await times('again')).toEqual([NOW_MS]);
    street.switches.nowMs = NOW_MS;
  });

  test('with another content, on another route or in another encoding is 422', async () => {
    await send('reused-1', [{ name: 'a', value: 1 }]);
    const others = [
      await send('reused-1', [{ name: 'a', value: 2 }]),
      await send('reused-1', [{ name: 'a', value: 1 }], { path: '/v1/ingest/logs' }),
      await send('reused-1', [{ name: 'a', value: 1 }], { gzip: true }),
    ];
    for (const { status, json } of others) expect([status, json.code]).toEqual([422, 'ingest/key-reused']);
  });

  test('in flight is 409 with a word when to come again', async () => {
    const items = [{ name: 'flight', value: 1 }];
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('flight-1', items)));
    const stored = answers.filter(({ status, json }) => status === 200 && json.replayed === undefined);
    expect(stored).toHaveLength(1);
    for (const { status, headers, json } of answers) {
      if (status === 200) continue;
      expect([status, headers['retry-after'], json.code]).toEqual([409, '1', 'ingest/key-in-flight']);
    }
    expect((await send('flight-1', items)).json).toMatchObject({ accepted: 1, replayed: true });
    expect(await times('flight')).toEqual([NOW_MS]);
  });

  test('is free again after a refusal of the content, and after a day', async () => {
    expect((await send('free-1', [{ name: 'free', value: 'x' }])).status).toBe(400);
    expect((await send('free-1', [{ name: 'free', value: 1 }])).status).toBe(200);
    street.switches.nowMs += DAY_MS - 1;
    expect((await send('free-1', [{ name: 'free', value: 2 }])).status).toBe(422);
    street.switches.nowMs += 1;
    expect((await send('free-1', [{ name: 'free', value: 2 }])).json).toMatchObject({ accepted: 1 });
    expect(await times('free')).toEqual([NOW_MS, NOW_MS + DAY_MS]);
    street.switches.nowMs = NOW_MS;
  });

  test('of another workspace is another key', async () => {
    await send('shared-1', [{ name: 'a', value: 1 }]);
    const other = await send('shared-1', [{ name: 'a', value: 2 }], { as: otherKey });
    expect(other).toMatchObject({ status: 200, json: { accepted: 1 } });
    expect(other.json).not.toHaveProperty('replayed');
  });
});

test.each([
  ['', 400],
  ['a'.repeat(255), 200],
  ['a'.repeat(256), 400],
  ['with spaces and "quotes"', 200],
  ['__proto__', 200],
])('the key %j is answered %i', async (idempotencyKey, status) => {
  expect((await send(idempotencyKey, [{ name: 'k', value: 1 }])).status).toBe(status);
});
