import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawRequest } from '../../support/send-http.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { body, NOW_MS, series, type WireSeries } from './write-request.ts';

const HOUR_MS = 3_600_000;

let street: IngestStreet;
let key = '';

beforeAll(async () => {
  street = await openIngestStreet();
  key = (await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] })).text;
});

afterAll(() => street.close());

function post(path: string, content: unknown, headers: RawRequest['headers'] = []) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const type: [string, string] = ['content-type', 'application/json'];
  const own = headers.some(([name]) => name === 'content-type') ? [] : [type];
  return street.send({ path, headers: [['authorization', `Bearer ${key}`], ...own, ...headers], body: text });
}

function write(...timeseries: readonly WireSeries[]) {
  const headers = [['authorization', `Bearer ${key}`]] as const;
  return street.send({ path: '/api/v1/write', headers, body: body(...timeseries) });
}

/** What the next room gets to see, as `name{…} time=value`. */
async function received(): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const part of await street.drain()) {
    for (let i = 0; i < part.seriesCount; i++) {
      const name = part
        .labelsAt(i)
        .map(([label, value]) => `${label}=${value}`)
        .join(',');
      for (let at = part.sampleStarts[i] ?? 0; at < (part.sampleStarts[i + 1] ?? 0); at++) {
        seen.push(`${name} ${part.timestampsMs[at]}=${part.values[at]}`);
      }
    }
    for (const { records } of part.logs) for (const { severity, line } of records) seen.push(`${severity} ${line}`);
  }
  return seen.toSorted((a, b) => a.localeCompare(b));
}

test('remote write: everything stored is 204 with nothing to read', async () => {
  const response = await write(series([['__name__', 'a']], [[NOW_MS, 1]]), series([['__name__', 'b']], [[NOW_MS, 2]]));
  expect(response).toMatchObject({ status: 204, body: Buffer.alloc(0) });
  expect(Object.keys(response.headers).filter((name) => name.endsWith('-written'))).toEqual([]);
  expect(await received()).toEqual([`__name__=a ${NOW_MS}=1`, `__name__=b ${NOW_MS}=2`]);
});

test('remote write: a request of nothing is 204 and stores nothing', async () => {
  const before = await street.segments();
  expect((await write()).status).toBe(204);
  expect(await street.segments()).toEqual(before);
});

test('remote write: invalid items are named with 400, the rest is stored and the loss counted', async () => {
  const response = await write(
    series(
      [['job', 'nameless']],
      [
        [NOW_MS, 1],
        [NOW_MS + 1, 1],
      ],
    ),
    series([['__name__', 'kept']], [[NOW_MS, 3]]),
  );
  expect(response.status).toBe(400);
  expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(response.body.toString()).toMatch(
    /^ingest\/payload-invalid: 2 items are refused, 1 samples are stored; #0 metric_name_missing: .*__name__/,
  );
  expect(await received()).toEqual([`__name__=kept ${NOW_MS}=3`]);
  expect(street.discarded.get(`${WORKSPACE} metric_name_missing`)).toBe(2);
});

test('remote write: where every item is invalid nothing is stored', async () => {
  const response = await write(series([['__name__', 'late']], [[0, 1]]));
  expect(response.status).toBe(400);
  expect(response.body.toString()).toContain('nothing is stored');
  expect(await received()).toEqual([]);
});

test.each([
  ['application/x-protobuf;proto=prometheus.WriteRequest', 204],
  ['application/x-protobuf; proto="prometheus.WriteRequest"; charset=utf-8', 204],
  ['application/x-protobuf;proto=foo.Bar', 415],
  ['application/x-protobuf;proto', 415],
  ['application/protobuf', 415],
])('remote write: %s is %i', async (type, status) => {
  const headers = [
    ['authorization', `Bearer ${key}`],
    ['content-type', type],
  ] as const;
  const request = { path: '/api/v1/write', headers, body: body(series([['__name__', 'a']], [[NOW_MS, 1]])) };
  expect((await street.send(request)).status).toBe(status);
});

test('metrics: some invalid is 200 that says which, all invalid is 400', async () => {
  await street.drain();
  const good = { name: 'queue', timestamp: NOW_MS, value: 7 };
  const bad = { name: 'queue', timestamp: NOW_MS, value: '7' };
  const partly = await post('/v1/ingest/metrics', { metrics: [good, bad] });
  expect(partly.status).toBe(200);
  expect(JSON.parse(partly.body.toString())).toEqual({
    accepted: 1,
    rejected: 1,
    requestId: partly.headers['x-request-id'],
    errors: [{ index: 1, code: 'value_invalid', detail: expect.stringContaining('"7"') }],
  });
  expect(await received()).toEqual([`__name__=queue ${NOW_MS}=7`]);

  const wholly = await post('/v1/ingest/metrics', [bad]);
  expect(wholly.status).toBe(400);
  expect(JSON.parse(wholly.body.toString())).toMatchObject({
    code: 'ingest/payload-invalid',
    detail: '1 items are refused, nothing is stored',
    errors: [{ index: 0, code: 'value_invalid' }],
  });
  expect(street.discarded.get(`${WORKSPACE} value_invalid`)).toBe(2);
});

test('metrics as CSV: rows are stored, and those that are refused are told by their place', async () => {
  await street.drain();
  const table = `timestamp,value,name,host\n${NOW_MS},1,rows,a\n${NOW_MS},x,rows,a\n${NOW_MS},2,rows,b\n`;
  const response = await post('/v1/ingest/metrics', table, [
    ['content-type', 'text/csv; charset=utf-8; header=present'],
  ]);
  expect(JSON.parse(response.body.toString())).toMatchObject({
    accepted: 2,
    rejected: 1,
    errors: [{ index: 1, code: 'value_invalid' }],
  });
  expect((await received()).toSorted()).toEqual([
    `__name__=rows,host=a ${NOW_MS}=1`,
    `__name__=rows,host=b ${NOW_MS}=2`,
  ]);
  expect((await post('/v1/ingest/logs', table, [['content-type', 'text/csv']])).status).toBe(415);
});

test('metrics and logs: an empty list is accepted', async () => {
  for (const path of ['/v1/ingest/metrics', '/v1/ingest/logs']) {
    const response = await post(path, []);
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body.toString())).toMatchObject({ accepted: 0, rejected: 0, errors: [] });
  }
});

test('C35 a clock an hour ahead loses its items and is told so', async () => {
  const aheadMs = NOW_MS + HOUR_MS;
  expect((await write(series([['__name__', 'a']], [[aheadMs, 1]]))).status).toBe(400);
  const response = await post('/v1/ingest/metrics', [
    { name: 'a', timestamp: aheadMs, value: 1 },
    { name: 'a', timestamp: NOW_MS, value: 35 },
  ]);
  expect(JSON.parse(response.body.toString())).toMatchObject({ accepted: 1, rejected: 1, errors: [{ index: 0 }] });
});

test('logs: lines come as NDJSON too, and a cut line is counted', async () => {
  await street.drain();
  const timestamp = new Date(NOW_MS).toISOString();
  const lines = [
    JSON.stringify({ timestamp, level: 'error', line: 'disk full' }),
    JSON.stringify({ timestamp, line: 'x'.repeat(100_000) }),
  ];
  const response = await post('/v1/ingest/logs', `${lines.join('\n')}\n`, [['content-type', 'application/x-ndjson']]);
  expect(response.status).toBe(200);
  expect(JSON.parse(response.body.toString())).toMatchObject({ accepted: 2, rejected: 0 });
  expect((await received())[0]).toBe('error disk full');
  expect(street.discarded.get(`${WORKSPACE} line_truncated`)).toBe(1);
});

test('what a replay leaves out is not counted twice', async () => {
  const items = [
    { name: 'replayed', timestamp: NOW_MS, value: 1 },
    { name: 'replayed', timestamp: 'yesterday', value: 1 },
  ];
  await post('/v1/ingest/metrics', items);
  const counted = [...street.discarded];
  const again = await post('/v1/ingest/metrics', items);
  expect(JSON.parse(again.body.toString())).toMatchObject({ accepted: 1, rejected: 1, replayed: true });
  expect([...street.discarded]).toEqual(counted);
});

test('fields that mean nothing to us are named in a warning that fits a header', async () => {
  const response = await post('/v1/ingest/metrics', { metrics: [], 'grüße "\n': 1 });
  expect(response.status).toBe(200);
  expect(response.headers.warning).toMatch(/^299 - "ignored unknown fields: [\x20-\x7e]+"$/);
});

test('changes: a change is stored under its own id, with the same answer to the same change', async () => {
  const change = { summary: 'deploy api 1.2.3', timestamp: NOW_MS, kind: 'deploy', service: 'api' };
  const first = await post('/v1/changes', change);
  const again = await post('/v1/changes', change);
  expect(JSON.parse(first.body.toString())).toMatchObject({ accepted: 1, rejected: 0, changeId: expect.any(String) });
  expect(JSON.parse(again.body.toString()).changeId).toBe(JSON.parse(first.body.toString()).changeId);
  expect(await street.changes()).toMatchObject([{ summary: 'deploy api 1.2.3', service: 'api' }]);
});

test('changes: a deployment that has not ended is taken, and is no change', async () => {
  const before = (await street.changes()).length;
  const body = {
    deployment: { ref: 'v1', environment: 'production', created_at: new Date(NOW_MS).toISOString() },
    repository: { name: 'api' },
    deployment_status: { state: 'in_progress', created_at: new Date(NOW_MS).toISOString() },
  };
  const response = await post('/v1/changes', body);
  expect([response.status, JSON.parse(response.body.toString())]).toMatchObject([200, { accepted: 0, rejected: 0 }]);
  expect(await street.changes()).toHaveLength(before);
  expect(street.discarded.get(`${WORKSPACE} change_ignored`)).toBe(1);
  const ended = await post('/v1/changes', {
    ...body,
    deployment_status: { ...body.deployment_status, state: 'success' },
  });
  expect(JSON.parse(ended.body.toString())).toMatchObject({ accepted: 1, changeId: expect.any(String) });
});

test('changes: what is wrong is pointed at, and lines of JSON are not for changes', async () => {
  const response = await post('/v1/changes', { timestamp: NOW_MS, kind: 'party' });
  expect(response.status).toBe(400);
  const { errors } = JSON.parse(response.body.toString());
  expect(errors.map(({ pointer }: { pointer: string }) => pointer).toSorted()).toEqual(['/kind', '/summary']);
  expect((await post('/v1/changes', '{}', [['content-type', 'application/x-ndjson']])).status).toBe(415);
});

test('a request refused as a whole is counted by its reason', async () => {
  const before = new Map(street.discarded);
  await post('/v1/ingest/metrics', '{');
  await post('/v1/ingest/metrics', '[]', [['content-type', 'text/plain']]);
  await post('/v1/ingest/metrics', ' '.repeat(4 * 1024 * 1024 + 1));
  for (const reason of ['request_invalid', 'request_unsupported', 'request_too_large']) {
    const name = `${WORKSPACE} ${reason}`;
    expect((street.discarded.get(name) ?? 0) - (before.get(name) ?? 0)).toBe(1);
  }
});

test('C31 a workspace over its limits is told when to come back, others are not held up', async () => {
  const limited = await openIngestStreet({
    requests: { perSecond: 1, burst: 4 },
    samples: { perSecond: 1, burst: 100 },
    logRecords: { perSecond: 1, burst: 100 },
    logBytes: { perSecond: 1, burst: 100 },
  });
  try {
    const make = async (workspace: string) =>
      (await limited.keys.create({ workspace, env: 'test', title: 'test', scopes: ['ingest'] })).text;
    const [noisy, quiet] = [await make('noisyworkspace'), await make('quietworkspace')];
    const samples = Array.from({ length: 60 }, (_, i): [number, number] => [NOW_MS - i, i]);
    const send = (text: string, name: string) =>
      limited.send({
        path: '/api/v1/write',
        headers: [['authorization', `Bearer ${text}`]],
        body: body(series([['__name__', name]], samples)),
      });
    expect((await send(noisy, 'first')).status).toBe(204);
    const refused = await send(noisy, 'second');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(20);
    expect(limited.discarded.get('noisyworkspace rate_limited')).toBe(60);
    expect((await send(quiet, 'first')).status).toBe(204);
    await send(noisy, 'third');
    await send(noisy, 'fourth');
    expect((await send(noisy, 'fifth')).body.toString()).toContain('limit of 1 a second');
    limited.switches.nowMs += 60_000;
    expect((await send(noisy, 'second')).status).toBe(204);
  } finally {
    await limited.close();
  }
});
