import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  attributes,
  encodeMessage,
  gauge,
  type Json,
  logsRequest,
  metricsRequest,
  nanos,
  sum,
} from './otlp-request.ts';
import { FORMS, type OtlpStreet, openOtlpStreet, readAnswer, typeOf } from './otlp-street.ts';
import { NOW_MS } from './write-request.ts';

const NOW = nanos(NOW_MS);
const STORED = { http: 200, rejected: 0, message: '' };
const UNDECODABLE = { http: 400, code: 3 };

let street: OtlpStreet;

beforeAll(async () => {
  street = await openOtlpStreet();
});
afterAll(() => street.close());
beforeEach(async () => {
  await street.series();
});

let made = 0;
const point = (more: Json = {}): Json => ({ timeUnixNano: NOW, asDouble: made++, ...more });
const json = (value: Json | string) =>
  street.sendBytes('json', 'metrics', typeof value === 'string' ? value : JSON.stringify(value));
const oneGauge = (more: Json = {}): Json => metricsRequest([gauge('a', [point(more)])]);
const oneRecord = (more: Json = {}): Json => logsRequest([{ timeUnixNano: nanos(NOW_MS - made++), ...more }]);

describe('OTLP as JSON', () => {
  test('O02 names with underscores are unknown and ignored, and the sender is told', async () => {
    const answer = await json({ resource_metrics: [] });
    expect(answer).toMatchObject({ http: 200, rejected: 0 });
    expect(answer.message).toContain('"resource_metrics"');
    const inside = JSON.stringify(oneGauge()).replace('dataPoints', 'data_points');
    expect((await json(inside)).message).toContain('did you mean "dataPoints"?');
  });

  test('O03 the name of an enum is refused', async () => {
    const named = { aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA' };
    expect(await json(metricsRequest([sum('a', 1, [point()], named)]))).toMatchObject(UNDECODABLE);
    const severity = JSON.stringify(oneRecord({ severityNumber: 'SEVERITY_NUMBER_INFO' }));
    expect(await street.sendBytes('json', 'logs', severity)).toMatchObject(UNDECODABLE);
  });

  test.each([7, '7', '-7', '9223372036854775807'])('O04 the integer %j is stored', async (asInt) => {
    const run = attributes({ run: `${made++}` });
    expect(await json(metricsRequest([gauge('a', [{ timeUnixNano: NOW, asInt, attributes: run }])]))).toMatchObject(
      STORED,
    );
    expect([...(await street.series()).values()][0]?.samples[0]?.[1]).toBe(Number(asInt));
  });

  test.each(['', ' 12 ', '0x10', '1e3', '9223372036854775808', 1.5, true, {}])(
    'O04 the integer %j is refused',
    async (asInt) => {
      expect(await json(metricsRequest([gauge('a', [{ timeUnixNano: NOW, asInt }])]))).toMatchObject(UNDECODABLE);
    },
  );

  test.each(['', ' 12 ', '0x10', '1e3', -1, '18446744073709551616', 1.5])(
    'O04 the time %j is refused',
    async (time) => {
      expect(await json(metricsRequest([gauge('a', [{ timeUnixNano: time, asDouble: 1 }])]))).toMatchObject(
        UNDECODABLE,
      );
    },
  );

  test('O05 unknown fields are ignored', async () => {
    const message = { ...oneGauge({ colour: { deep: [1, { x: null }] } }), other: 'x' };
    expect(await json(message)).toMatchObject(STORED);
    expect((await street.series()).size).toBe(1);
  });

  test('O09 a time that is a number beyond 2^53 is exact to the millisecond', async () => {
    const text = JSON.stringify(oneGauge()).replace(`"${NOW}"`, NOW);
    expect(await json(text)).toMatchObject(STORED);
    expect([...(await street.series()).values()][0]?.samples[0]?.[0]).toBe(NOW_MS);
  });

  test('O30 of equal keys the last one counts', async () => {
    const text = JSON.stringify(oneGauge()).replace('"name":"a"', '"name":"first","name":"last"');
    expect(await json(text)).toMatchObject(STORED);
    expect([...(await street.series()).keys()][0]).toContain('last{');
  });

  test.each<[string, (text: string) => string | Buffer]>([
    ['a byte order mark', (text) => `\ufeff${text}`],
    ['a comma too many', (text) => text.replace(/}$/, ',}')],
    ['a comment', (text) => `/* hello */${text}`],
    ['the word NaN', (text) => text.replace(/"asDouble":\d+/, '"asDouble":NaN')],
    ['UTF-16', (text) => Buffer.from(text, 'utf16le')],
    ['an array around it', (text) => `[${text}]`],
  ])('O30 JSON with %s is refused', async (_what, change) => {
    const body = change(JSON.stringify(oneGauge()));
    expect(await street.sendBytes('json', 'metrics', body)).toMatchObject(UNDECODABLE);
  });

  test('O30 a value of 1e400 rejects its point', async () => {
    const two = JSON.stringify(metricsRequest([gauge('a', [point(), { ...point(), asDouble: 'X' }])]));
    const answer = await json(two.replace('"X"', '1e400'));
    expect(answer).toMatchObject({ http: 200, rejected: 1 });
    expect(answer.message).toContain('value_invalid');
  });
});

/** So many values inside each other. */
function nestedJson(levels: number): string {
  return `${'{"arrayValue":{"values":['.repeat(levels - 1)}{"intValue":"1"}${']}}'.repeat(levels - 1)}`;
}

/** The same as protobuf, written from the outside so that its depth is no one's stack. */
function nestedProtobuf(levels: number): Buffer {
  let sizeBytes = 2;
  const heads: Buffer[] = [];
  for (let level = 1; level < levels; level++) {
    const inner = lengthPrefixed(0x0a, sizeBytes);
    const outer = lengthPrefixed(0x2a, inner.length + sizeBytes);
    heads.push(Buffer.concat([outer, inner]));
    sizeBytes += outer.length + inner.length;
  }
  return Buffer.concat([...heads.reverse(), Buffer.from([0x18, 0x01])]);
}

function lengthPrefixed(tag: number, sizeBytes: number): Buffer {
  const bytes = [tag];
  let rest = sizeBytes;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}

function field(tag: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([lengthPrefixed(tag, bytes.length), bytes]);
}

/** A log record with an attribute, or a body, of this value. */
function logWith(tag: 0x32 | 0x2a, value: Buffer): Buffer {
  const time = Buffer.alloc(9);
  time[0] = 0x09;
  time.writeBigUInt64LE(BigInt(nanos(NOW_MS - made++)), 1);
  const content = tag === 0x2a ? value : Buffer.concat([field(0x0a, Buffer.from('k')), field(0x12, value)]);
  const record = Buffer.concat([time, field(tag, content)]);
  return field(0x0a, field(0x12, field(0x12, record)));
}

describe('O06 a value nested', () => {
  test.each([
    [32, 200],
    [33, 400],
    [100_000, 400],
  ])('%d levels deep is answered %d', async (levels, status) => {
    const message = JSON.stringify(oneGauge({ attributes: [{ key: 'k', value: 'X' }] }));
    expect((await json(message.replace('"X"', nestedJson(levels)))).http).toBe(status);
    for (const tag of [0x32, 0x2a] as const) {
      const answer = await street.sendBytes('protobuf', 'logs', logWith(tag, nestedProtobuf(levels)));
      expect(answer.http).toBe(status);
    }
    const asLog = JSON.stringify(oneRecord({ body: 'X' })).replace('"X"', nestedJson(levels));
    expect((await street.sendBytes('json', 'logs', asLog)).http).toBe(status);
  });
});

const PREFIXES = ['', '/otlp', '/api/v1/otlp'];

describe.each(PREFIXES)('at the prefix %j', (prefix) => {
  test.each(FORMS)('metrics and logs are taken as %s', async (form) => {
    for (const [signal, message] of [
      ['metrics', oneGauge()],
      ['logs', oneRecord({ body: { stringValue: 'x' } })],
    ] as const) {
      const name = signal === 'metrics' ? 'MetricsRequest' : 'LogsRequest';
      const body = form === 'json' ? JSON.stringify(message) : encodeMessage(name, message);
      const response = await street.sendRaw({ path: `${prefix}/v1/${signal}`, body }, typeOf(form));
      expect(readAnswer(signal, response)).toMatchObject({ ...STORED, contentType: typeOf(form) });
    }
  });

  test.each(FORMS)('O28 traces are unknown, said as a Status in %s', async (form) => {
    const response = await street.sendRaw({ path: `${prefix}/v1/traces`, body: '{}' }, typeOf(form));
    expect(readAnswer('metrics', response)).toMatchObject({ http: 404, code: 12, contentType: typeOf(form) });
  });

  test('O28 application/grpc is not taken, said in protobuf', async () => {
    const response = await street.sendRaw({ path: `${prefix}/v1/metrics`, body: 'x' }, 'application/grpc');
    expect(readAnswer('metrics', response)).toMatchObject({
      http: 415,
      code: 3,
      contentType: 'application/x-protobuf',
    });
  });
});

describe.each(FORMS)('D02 O29 what fails as %s is answered as such', (form) => {
  const body = (): string | Uint8Array =>
    form === 'json' ? JSON.stringify(oneGauge()) : encodeMessage('MetricsRequest', oneGauge());
  const headers = (key?: string): [string, string][] => [
    ['content-type', typeOf(form)],
    ...(key === undefined ? [] : [['authorization', `Bearer ${key}`] as [string, string]]),
  ];
  const answer = async (request: Parameters<OtlpStreet['sendRaw']>[0]) =>
    readAnswer('metrics', await street.sendRaw(request, typeOf(form)));

  test('400', async () => {
    expect(await answer({ path: '/v1/metrics', body: '\u0001' })).toMatchObject({
      ...UNDECODABLE,
      contentType: typeOf(form),
    });
  });

  test('401, with the header that says how', async () => {
    const response = await street.rawSend({ path: '/v1/logs', headers: headers(), body: body() });
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(readAnswer('logs', response)).toMatchObject({ http: 401, code: 16, contentType: typeOf(form) });
  });

  test('403', async () => {
    const response = await street.rawSend({ path: '/v1/logs', headers: headers(street.readKey), body: body() });
    expect(readAnswer('logs', response)).toMatchObject({ http: 403, code: 7, contentType: typeOf(form) });
  });

  test('405, with the method that is allowed', async () => {
    const response = await street.sendRaw({ method: 'PUT', path: '/v1/metrics', body: body() }, typeOf(form));
    expect(response.headers.allow).toBe('POST');
    expect(readAnswer('metrics', response)).toMatchObject({ http: 405, code: 12, contentType: typeOf(form) });
  });

  test('413, on the wire and unpacked, and where the body never reached us', async () => {
    const sizes = [4 * 1024 * 1024 + 1, 10 * 1024 * 1024 + 1];
    for (const sizeBytes of sizes) {
      expect(await answer({ path: '/v1/metrics', body: Buffer.alloc(sizeBytes, ' ') })).toMatchObject({
        http: 413,
        code: 8,
        contentType: typeOf(form),
      });
    }
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, ' '));
    const packed = { path: '/v1/metrics', headers: [['content-encoding', 'gzip']] as [string, string][], body: bomb };
    expect(await answer(packed)).toMatchObject({ http: 413, code: 8 });
  });

  test('503, with the time to come back', async () => {
    street.switches.objectsDown = true;
    const response = await street.sendRaw({ path: '/v1/metrics', body: body() }, typeOf(form)).finally(() => {
      street.switches.objectsDown = false;
    });
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(readAnswer('metrics', response)).toMatchObject({ http: 503, code: 14, contentType: typeOf(form) });
    expect(response.body.toString()).not.toContain('inner words');
  });

  test.each(['"', '\u0000', 'ü'])('every error stays within 1 KiB, whatever it repeats: %j', async (mark) => {
    const points = Array.from({ length: 9 }, () => ({ asDouble: 1, attributes: attributes({ a: mark.repeat(500) }) }));
    const message = metricsRequest([sum(mark.repeat(400), 0, points)]);
    const bytes = form === 'json' ? JSON.stringify(message) : encodeMessage('MetricsRequest', message);
    const response = await street.sendRaw({ path: '/v1/metrics', body: bytes }, typeOf(form));
    expect(response.body.length).toBeLessThanOrEqual(1_024);
    expect(readAnswer('metrics', response)).toMatchObject(UNDECODABLE);
  });
});
