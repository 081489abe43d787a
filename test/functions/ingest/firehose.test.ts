import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type LogEvent,
  lengthPrefixed,
  logEvent,
  logPayload,
  METRIC_LINE,
  metricMessage,
  oldMetricMessage,
} from './firehose-fixtures.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { NOW_MS } from './write-request.ts';

type Headers = Readonly<Record<string, string>>;

let street: IngestStreet;
let key = '';

beforeAll(async () => {
  street = await openIngestStreet();
  key = (await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] })).text;
});

afterAll(() => street.close());

let asideBefore = new Set<string>();

beforeEach(async () => {
  await street.drain();
  street.discarded.clear();
  asideBefore = new Set(await street.putAside());
});

async function post(body: unknown, change: Headers = {}, without: readonly string[] = []) {
  const headers: Record<string, string> = {
    'x-amz-firehose-protocol-version': '1.0',
    'x-amz-firehose-access-key': key,
    'user-agent': 'Amazon Kinesis Data Firehose Agent/1.0',
    'content-type': 'application/json',
    ...change,
  };
  for (const name of without) delete headers[name];
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return street.send({ path: '/firehose', headers: Object.entries(headers), body: text });
}

/** A delivery as Firehose makes it. */
async function deliver(records: unknown, change: Headers = {}, requestId: string = randomUUID()) {
  const body = { requestId, timestamp: NOW_MS, records };
  const { status, headers, body: answer } = await post(body, { 'x-amz-firehose-request-id': requestId, ...change });
  return { status, headers, requestId, answer: JSON.parse(answer.toString()) as Record<string, unknown> };
}

const record = (bytes: Uint8Array | string) => ({ data: Buffer.from(bytes).toString('base64') });
const line = (change: object = {}) => `${JSON.stringify({ ...METRIC_LINE, ...change })}\n`;

let made = 0;
/** Of an instance that nobody has heard of before. */
function freshLine(change: object = {}): string {
  made++;
  return line({ dimensions: { InstanceId: `i-${made}` }, ...change });
}

/** What the next room gets to see of metrics, as `name{…} stat time=value`. */
async function samples(): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const part of await street.drain()) {
    for (let i = 0; i < part.seriesCount; i++) {
      const labels = new Map(part.labelsAt(i));
      const others = [...labels].filter(([name]) => name !== '__name__' && name !== 'stat');
      const name = `${labels.get('__name__')}{${others.map(([label, value]) => `${label}=${value}`).join(',')}}`;
      for (let at = part.sampleStarts[i] ?? 0; at < (part.sampleStarts[i + 1] ?? 0); at++) {
        seen.push(`${name} ${labels.get('stat')} ${(part.timestampsMs[at] ?? 0) - NOW_MS}=${part.values[at]}`);
      }
    }
  }
  return seen.toSorted((a, b) => a.localeCompare(b));
}

async function logLines(): Promise<readonly string[]> {
  const parts = await street.drain();
  return parts.flatMap(({ logs }) =>
    logs.flatMap(({ labels, records }) =>
      records.map(({ severity, line: text }) => `${labels.map(([, value]) => value).join(' ')}: ${severity} ${text}`),
    ),
  );
}

async function putAside(): Promise<readonly Record<string, unknown>[]> {
  const lines = (await street.putAside()).filter((text) => !asideBefore.has(text));
  return lines.map((text) => JSON.parse(text) as Record<string, unknown>);
}

const discarded = (): Record<string, number> =>
  Object.fromEntries([...street.discarded].map(([name, count]) => [name.split(' ')[1] ?? '', count]));

const CPU = 'aws_ec2_cpuutilization{account_id=111122223333,instance_id=i-0a1b2c3d4e5f60718,region=eu-central-1}';

describe('D04 S10 what CloudWatch streams is stored', () => {
  const expected = [
    `${CPU} avg -120000=22`,
    `${CPU} count -120000=4`,
    `${CPU} max -120000=41.5`,
    `${CPU} min -120000=2.5`,
    `${CPU} p99.9 -120000=41.25`,
    `${CPU} sum -120000=88`,
  ];

  test('K01 metrics as JSON: 200 with the identifier and the time as a number, nothing packed', async () => {
    const { status, headers, requestId, answer } = await deliver([record(line())]);
    expect({ status, answer }).toEqual({ status: 200, answer: { requestId, timestamp: NOW_MS } });
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
    expect(await samples()).toEqual(expected);
  });

  test('metrics as OpenTelemetry 1.0 end in the same samples as those in JSON', async () => {
    const later = { startTimeUnixNano: `${NOW_MS - 60_000}000000`, timeUnixNano: `${NOW_MS}000000` };
    await deliver([record(lengthPrefixed(metricMessage({}, later)))]);
    expect(await samples()).toEqual(expected.map((sample) => sample.replace('-120000', '-60000')));
  });

  test('the same metrics again, in whichever of the two formats, are the same segment', async () => {
    const before = (await street.segments()).length;
    for (const bytes of [line(), lengthPrefixed(metricMessage())]) {
      expect((await deliver([record(bytes)])).status).toBe(200);
    }
    expect((await street.segments()).length).toBe(before);
  });

  test('a packed body is read', async () => {
    const requestId = randomUUID();
    const body = gzipSync(JSON.stringify({ requestId, timestamp: NOW_MS, records: [record(freshLine())] }));
    const change = { 'x-amz-firehose-request-id': requestId, 'content-encoding': 'gzip' };
    expect((await post(body, change)).status).toBe(200);
    expect(await samples()).toHaveLength(6);
  });

  test('common attributes become labels, unless the metric itself has one of that name', async () => {
    const attributes = { commonAttributes: { 'team.name': 'shop', region: 'of the delivery', empty: '' } };
    await deliver([record(freshLine({ value: { count: 1 } }))], {
      'x-amz-firehose-common-attributes': JSON.stringify(attributes),
    });
    expect(await samples()).toEqual([
      `aws_ec2_cpuutilization{account_id=111122223333,instance_id=i-${made},region=eu-central-1,team_name=shop} count -120000=1`,
    ]);
  });

  test('K08 log events of a group are lines of one stream, with the level that each line names', async () => {
    const events = [logEvent('INFO start\n'), logEvent('INFO start\n'), logEvent('{"level":"error","msg":"no"}')];
    expect((await deliver([record(logPayload(events))])).status).toBe(200);
    expect(await logLines()).toEqual(
      ['info INFO start', 'info INFO start', 'error {"level":"error","msg":"no"}'].map(
        (text) => `111122223333 /aws/lambda/checkout checkout: ${text}`,
      ),
    );
  });

  test('log events that Firehose has unpacked itself are read as well', async () => {
    const payload = { messageType: 'DATA_MESSAGE', owner: '1', logGroup: 'app', logEvents: [logEvent('plain')] };
    await deliver([record(`${JSON.stringify(payload)}\n`)]);
    expect(await logLines()).toEqual(['1 app app: unknown plain']);
  });
});

describe('D04 what is answered to a delivery that cannot be read', () => {
  const id = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f';
  const body = { requestId: id, timestamp: NOW_MS, records: [] };
  const withId = { 'x-amz-firehose-request-id': id };
  const over = Array.from({ length: 10_001 }, () => ({ data: '' }));

  test.each<[row: string, body: unknown, headers: Headers, without: readonly string[], status: number, id: string]>([
    ['K02 the header is missing', body, {}, [], 400, id],
    ['K02 the header differs', body, { 'x-amz-firehose-request-id': 'another' }, [], 400, 'another'],
    ['K02 the body has none', { ...body, requestId: undefined }, withId, [], 400, id],
    ['K03 quotes and a newline', { ...body, requestId: 'a"\n' }, {}, [], 400, 'a"\n'],
    ['K03 10 KB', { ...body, requestId: 'x'.repeat(10_240) }, {}, [], 400, 'x'.repeat(128)],
    ['K04 records are missing', { ...body, records: undefined }, withId, [], 400, id],
    ['K04 records are no list', { ...body, records: {} }, withId, [], 400, id],
    ['K04 10,001 records', { ...body, records: over }, withId, [], 400, id],
    ['no object', [], withId, [], 400, id],
    ['C11 image/png', body, { ...withId, 'content-type': 'image/png' }, [], 400, id],
    ['C12 no content type', body, withId, ['content-type'], 400, id],
    ['C14 charset utf-16', body, { ...withId, 'content-type': 'application/json; charset=utf-16' }, [], 400, id],
    ['C15 zstd', body, { ...withId, 'content-encoding': 'zstd' }, [], 400, id],
    ['C17 plain, said to be packed', body, { ...withId, 'content-encoding': 'gzip' }, [], 400, id],
    ['C18 packed, said to be plain', gzipSync(JSON.stringify(body)), withId, [], 400, id],
    ['C22 a bomb', gzipSync(Buffer.alloc(40_000_000)), { ...withId, 'content-encoding': 'gzip' }, [], 400, id],
    ['C24 too large', ' '.repeat(4 * 1024 * 1024 + 1), withId, [], 400, id],
    ['C26 nothing', '', withId, [], 400, id],
    ['C27 noise', '\u0001\u0002{', withId, [], 400, id],
    ['C01 no key', body, withId, ['x-amz-firehose-access-key'], 401, id],
    ['C02 no key of ours', body, { ...withId, 'x-amz-firehose-access-key': 'x' }, [], 401, id],
    ['C24 more than the bridge takes', ' '.repeat(10 * 1024 * 1024 + 1), withId, [], 400, id],
  ])('%s', async (_row, content, headers, without, status, answeredId) => {
    const response = await post(content, headers, without);
    expect(response.headers['content-type']).toBe('application/json');
    expect(response.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(response.body.toString())).toEqual({
      requestId: answeredId,
      timestamp: expect.any(Number),
      errorMessage: expect.stringMatching(/./),
    });
    expect(response.status).toBe(status);
    expect(response.body.length).toBeLessThanOrEqual(1_024);
  });

  test('C04 a key that may only read is 403', async () => {
    const made = await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'r', scopes: ['read'] });
    expect((await deliver([], { 'x-amz-firehose-access-key': made.text })).status).toBe(403);
  });

  test('C09 another method is 405', async () => {
    const headers = [['x-amz-firehose-access-key', key]] as const;
    expect(await street.send({ method: 'GET', path: '/firehose', headers })).toMatchObject({
      status: 405,
      headers: { allow: 'POST' },
    });
  });

  test.each(['objectsDown', 'queueDown'] as const)(
    'K17 %s: 503 with the identifier, and good again later',
    async (what) => {
      const requestId = randomUUID();
      const records = [record(freshLine())];
      street.switches[what] = true;
      const failed = await deliver(records, {}, requestId).finally(() => {
        street.switches[what] = false;
      });
      expect(failed).toMatchObject({ status: 503, answer: { requestId, timestamp: NOW_MS } });
      expect(failed.answer.errorMessage).not.toContain('inner words');
      expect(Number(failed.headers['retry-after'])).toBeGreaterThan(0);
      expect((await deliver(records, {}, requestId)).status).toBe(200);
      expect(await samples()).toHaveLength(6);
    },
  );

  test('K17 what cannot be put aside now is 503, and is put aside later', async () => {
    street.switches.quarantineDown = true;
    const failed = await deliver([{ data: '?1?' }]).finally(() => {
      street.switches.quarantineDown = false;
    });
    expect(failed.status).toBe(503);
    expect((await deliver([{ data: '?1?' }])).status).toBe(200);
    expect(await putAside()).toHaveLength(1);
  });
});

interface Row {
  readonly row: string;
  readonly records: readonly unknown[];
  /** Samples that are stored; each line of metrics has six. */
  readonly stored: number;
  /** Reasons of what is put aside. */
  readonly aside?: readonly string[];
  readonly counts?: Readonly<Record<string, number>>;
}

const bad = (reason: string, count = 1) => ({ aside: [reason], counts: { [reason]: count } });
const fresh = () => record(freshLine());
const message = () => {
  made++;
  return metricMessage({}, { startTimeUnixNano: `${NOW_MS - made}000000` });
};
const BOMB = gzipSync(Buffer.alloc(17 * 1024 * 1024));

const ROWS: readonly Row[] = [
  { row: 'K04 no records', records: [], stored: 0 },
  { row: 'K05 data is empty', records: [record(''), fresh()], stored: 6 },
  ...['!!aGVs*bG8=', 'aGVs_bG8=', 'aGVsbG8'].map(
    (data): Row => ({ row: `K06 data is ${data}`, records: [{ data }, fresh()], stored: 6, ...bad('record_invalid') }),
  ),
  { row: 'K07 data is an object', records: [{ data: { a: 1 } }, fresh()], stored: 6, ...bad('record_invalid') },
  { row: 'K07 a record is a number', records: [7, fresh()], stored: 6, ...bad('record_invalid') },
  { row: 'K08 a bomb', records: [record(BOMB), fresh()], stored: 6, ...bad('record_unreadable') },
  {
    row: 'K08 a packed record cut off',
    records: [record(logPayload([logEvent('x')]).subarray(0, -5)), fresh()],
    stored: 6,
    ...bad('record_unreadable'),
  },
  { row: 'K09 a control message', records: [record(logPayload([], { messageType: 'CONTROL_MESSAGE' }))], stored: 0 },
  { row: 'K10 several messages in one record', records: [record(lengthPrefixed(message(), message()))], stored: 12 },
  {
    row: 'K10 the last message cut off',
    records: [record(lengthPrefixed(message(), message()).subarray(0, -4))],
    stored: 6,
    ...bad('record_unreadable'),
  },
  {
    row: 'K10 a length of more than five bytes',
    records: [record(Buffer.concat([lengthPrefixed(message()), Buffer.alloc(6, 0x80)]))],
    stored: 6,
    ...bad('record_unreadable'),
  },
  {
    row: 'K11 OpenTelemetry 0.7',
    records: [record(lengthPrefixed(oldMetricMessage())), fresh()],
    stored: 6,
    ...bad('opentelemetry_0_7'),
  },
  {
    row: 'a metric that is no summary',
    records: [record(lengthPrefixed(metricMessage({ summary: undefined, gauge: { dataPoints: [] } })))],
    stored: 0,
    ...bad('metric_unsupported'),
  },
  {
    row: 'K12 blank lines, and none at the end',
    records: [record(`\n${freshLine()}\r\n\n${freshLine().trim()}`)],
    stored: 12,
  },
  {
    row: 'a line that is no JSON leaves the others be',
    records: [record(`${freshLine()}{"half": \n${freshLine()}`)],
    stored: 12,
    ...bad('json_invalid'),
  },
  { row: 'lines of plain text', records: [record('hello, world')], stored: 0, ...bad('record_unreadable') },
  { row: 'an object of no known kind', records: [record('{"a":1}')], stored: 0, ...bad('metric_name_missing') },
  ...(
    [
      ['count is 0', { value: { sum: 0, count: 0, min: 0, max: 0 } }, 'count_zero'],
      ['min above max', { value: { sum: 3, count: 1, min: 3, max: 2 } }, 'range_reversed'],
    ] as const
  ).map(
    ([what, change, reason]): Row => ({
      row: `K13 ${what}: dropped and counted`,
      records: [record(freshLine(change) + freshLine())],
      stored: 6,
      counts: { [reason]: 1 },
    }),
  ),
  { row: 'K13 no unit', records: [record(freshLine({ unit: undefined }))], stored: 6 },
  {
    row: 'a number too large',
    records: [record('{"namespace":"a","metric_name":"b","timestamp":1e9,"value":{"sum":1e400}}')],
    stored: 0,
    ...bad('timestamp_too_old'),
  },
  ...(
    [
      ['C35 an hour ahead', { timestamp: NOW_MS + 3_600_000 }, 'timestamp_too_far_ahead'],
      ['a time as text', { timestamp: '2026' }, 'timestamp_invalid'],
      ['no values', { value: {} }, 'value_invalid'],
      ['a value as text', { value: { sum: '1' } }, 'value_invalid'],
      ['a dimension as number', { dimensions: { a: 1 } }, 'dimensions_invalid'],
      ['no namespace', { namespace: '' }, 'metric_name_missing'],
    ] as const
  ).map(
    ([what, change, reason]): Row => ({
      row: what,
      records: [record(freshLine(change) + freshLine())],
      stored: 6,
      ...bad(reason),
    }),
  ),
];

describe('rows of the contract', () => {
  test.each(ROWS)('$row', async ({ records, stored, aside = [], counts = {} }) => {
    const { status, requestId, answer } = await deliver(records);
    expect({ status, answer }).toEqual({ status: 200, answer: { requestId, timestamp: NOW_MS } });
    expect((await samples()).length).toBe(stored);
    expect((await putAside()).map(({ reason }) => reason)).toEqual(aside);
    expect(discarded()).toEqual(counts);
  });

  test('K06 what is put aside has its place, the reason, and the data as it came', async () => {
    await deliver([fresh(), { data: 'aGVs_bG8=' }, { data: { nested: true } }]);
    expect(await putAside()).toEqual([
      { index: 1, reason: 'record_invalid', detail: expect.any(String), data: 'aGVs_bG8=' },
      { index: 2, reason: 'record_invalid', detail: expect.any(String), data: { nested: true } },
    ]);
  });

  test('K10 of several messages only what follows the last good one is put aside', async () => {
    const tail = lengthPrefixed(message()).subarray(0, -1);
    await deliver([record(Buffer.concat([lengthPrefixed(message()), tail]))]);
    expect((await putAside()).map(({ data }) => data)).toEqual([tail.toString('base64')]);
  });

  test('K14 common attributes that cannot be read are ignored, with a warning', async () => {
    const attributes = (values: unknown) => JSON.stringify({ commonAttributes: values });
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, 'x']));
    for (const header of ['{', attributes(many), attributes({ a: 'x'.repeat(1_025) }), attributes({ a: 1 }), '[]']) {
      const { status, headers } = await deliver([fresh()], { 'x-amz-firehose-common-attributes': header });
      expect([status, headers.warning]).toEqual([200, expect.stringContaining('common attributes')]);
      expect((await samples()).every((sample) => sample.startsWith('aws_ec2_cpuutilization{account_id'))).toBe(true);
    }
    expect(discarded()).toEqual({ common_attributes_invalid: 5 });
  });

  test('K15 the same identifier with other content: both are stored', async () => {
    for (let i = 0; i < 2; i++) expect((await deliver([fresh()], {}, 'the-same')).status).toBe(200);
    expect(await samples()).toHaveLength(12);
  });

  test('K16 the same log event in two deliveries, or twice in one, is counted once', async () => {
    const events: LogEvent[] = [logEvent('one'), logEvent('two')];
    await deliver([record(logPayload(events)), record(logPayload(events.slice(1)))]);
    await deliver([record(logPayload([...events.slice(0, 1), logEvent('three')]))]);
    expect((await logLines()).map((text) => text.split(' ').at(-1))).toEqual(['one', 'two', 'three']);
    expect(discarded()).toEqual({ duplicate: 2 });
  });

  test('K16 an event whose delivery failed is no duplicate when it comes again', async () => {
    const records = [record(logPayload([logEvent('again')]))];
    street.switches.queueDown = true;
    await deliver(records).finally(() => {
      street.switches.queueDown = false;
    });
    await deliver(records);
    expect(await logLines()).toHaveLength(1);
  });

  test.each<[what: string, payload: object, reason: string]>([
    ['no identifier', { logEvents: [{ timestamp: NOW_MS, message: 'x' }] }, 'id_missing'],
    ['no message', { logEvents: [{ id: 'a', timestamp: NOW_MS }] }, 'line_missing'],
    ['a time as text', { logEvents: [{ id: 'a', timestamp: 'now', message: 'x' }] }, 'timestamp_invalid'],
    ['an event that is a text', { logEvents: ['x'] }, 'item_invalid'],
    ['no events', { logEvents: undefined }, 'payload_unknown'],
    ['another type', { messageType: 'NEWS' }, 'payload_unknown'],
    ['no group', { logGroup: '' }, 'payload_unknown'],
  ])('a payload of logs with %s is put aside', async (_what, change, reason) => {
    expect((await deliver([record(logPayload([], change as Record<string, unknown>))])).status).toBe(200);
    expect((await putAside()).map((entry) => entry.reason)).toEqual([reason]);
  });

  test('more than the limits allow is 400 as a whole, so that Firehose keeps it in its backup', async () => {
    const events = Array.from({ length: 100_001 }, (_, i) => ({ id: `e${i}`, timestamp: NOW_MS, message: '' }));
    const { status, answer } = await deliver([record(logPayload(events))]);
    expect([status, answer.errorMessage]).toEqual([400, 'firehose: more than 100000 log events']);
    const bombs = Array.from({ length: 3 }, () => record(BOMB));
    expect((await deliver(bombs)).status).toBe(400);
    expect(await putAside()).toEqual([]);
  });
});

test('new series and streams over the limits of the workspace are 200 and counted, known ones go on', async () => {
  const small = await openIngestStreet(undefined, { maxStreams: 1 });
  const made = await small.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] });
  const before = street;
  const beforeKey = key;
  street = small;
  key = made.text;
  try {
    await deliver([record(logPayload([logEvent('one')]))]);
    const { status } = await deliver([
      record(logPayload([logEvent('two')])),
      record(logPayload([logEvent('other')], { logGroup: 'another' })),
    ]);
    expect(status).toBe(200);
    expect((await logLines()).map((text) => text.split(' ').at(-1))).toEqual(['one', 'two']);
    expect(discarded()).toEqual({ stream_limit: 1 });
  } finally {
    await small.close();
    street = before;
    key = beforeKey;
  }
});
