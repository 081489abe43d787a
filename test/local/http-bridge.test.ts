import { connect } from 'node:net';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2 } from 'aws-lambda';
import { afterEach, expect, test } from 'vitest';
import { ServiceError } from '../../functions/platform/errors.ts';
import { createLog } from '../../functions/platform/log.ts';
import type { ErrorForm } from '../../functions/platform/problem.ts';
import { type Handler, type HttpBridge, type HttpBridgeLimits, startHttpBridge } from '../../local/http-bridge.ts';
import { sendHttp } from '../support/send-http.ts';

const bridges: HttpBridge[] = [];

afterEach(async () => {
  await Promise.all(bridges.splice(0).map((bridge) => bridge.close()));
});

/** As on one machine: remote write in plain text, our own paths as problems. */
function ingestFormOf(path: string): ErrorForm | undefined {
  if (path === '/api/v1/write') return 'text';
  return path === '/v1/changes' || path.startsWith('/v1/ingest/') ? 'problem' : undefined;
}

async function open(
  handle: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyResultV2>,
  limits: Partial<HttpBridgeLimits> = {},
) {
  const lines: string[] = [];
  const log = createLog({ room: 'local', level: 'info', nowMs: () => 0, write: (line) => lines.push(line) });
  const handler: Handler = (event) => handle(event);
  const route = (path: string): Handler | undefined => (path === '/nowhere' ? undefined : handler);
  const bridge = await startHttpBridge({ port: 0, host: '127.0.0.1', route, ingestFormOf, log, limits });
  bridges.push(bridge);
  return { bridge, port: bridge.port, lines };
}

/** Writes to a socket as it likes, and resolves with all that came back when the other side closes. */
function converse(port: number, talk: (write: (text: string) => void) => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString();
  });
  socket.on('error', () => resolve(heard));
  socket.on('close', () => resolve(heard));
  talk((text) => socket.write(text));
  return promise;
}

test('a request becomes an event of format 2.0', async () => {
  let seen: APIGatewayProxyEventV2 | undefined;
  const { port } = await open(async (event) => {
    seen = event;
    return { statusCode: 204 };
  });
  const { status, headers, body } = await sendHttp(port, {
    method: 'PUT',
    path: '/v1/limits/a%20b?label=x%3Dy&label=z&empty=',
    headers: [
      ['X-Mark', 'one'],
      ['x-mark', 'two'],
      ['Authorization', 'first'],
      ['Authorization', 'second'],
      ['Cookie', 'a=1; b=2'],
      ['user-agent', 'test'],
    ],
    body: Uint8Array.of(0, 255, 10),
  });
  expect({ status, length: headers['content-length'], body: body.length }).toEqual({
    status: 204,
    length: undefined,
    body: 0,
  });
  expect(seen).toMatchObject({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/v1/limits/a%20b',
    rawQueryString: 'label=x%3Dy&label=z&empty=',
    queryStringParameters: { label: 'x=y,z', empty: '' },
    cookies: ['a=1', 'b=2'],
    headers: { 'x-mark': 'one,two', authorization: 'first,second', 'user-agent': 'test' },
    requestContext: { http: { method: 'PUT', path: '/v1/limits/a%20b', sourceIp: '127.0.0.1', userAgent: 'test' } },
    body: Buffer.from([0, 255, 10]).toString('base64'),
    isBase64Encoded: true,
  });
  expect(seen?.headers.cookie).toBeUndefined();
});

test('a request without a body is an event without one', async () => {
  let seen: APIGatewayProxyEventV2 | undefined;
  const { port } = await open(async (event) => {
    seen = event;
    return { statusCode: 200 };
  });
  await sendHttp(port, { method: 'GET', path: '/' });
  expect(seen).toMatchObject({ isBase64Encoded: false, rawQueryString: '' });
  expect(seen).not.toHaveProperty('body');
  expect(seen).not.toHaveProperty('queryStringParameters');
});

test.each<[string, APIGatewayProxyResultV2, number, string, string | undefined]>([
  ['text', { statusCode: 201, headers: { 'content-type': 'text/plain' }, body: 'grüße' }, 201, 'grüße', 'text/plain'],
  [
    'base64',
    { statusCode: 200, body: Buffer.from('bytes').toString('base64'), isBase64Encoded: true },
    200,
    'bytes',
    undefined,
  ],
  ['a text alone', 'hello', 200, 'hello', 'application/json'],
  ['an object without a status', { answer: 42 } as APIGatewayProxyResultV2, 200, '{"answer":42}', 'application/json'],
])('%s is answered as API Gateway would', async (_what, result, status, text, type) => {
  const { port } = await open(async () => result);
  const response = await sendHttp(port, { path: '/' });
  expect(response.status).toBe(status);
  expect(response.body.toString()).toBe(text);
  expect(response.headers['content-type']).toBe(type);
  expect(response.headers['content-length']).toBe(String(Buffer.byteLength(text)));
});

test('each cookie of an answer is a header of its own', async () => {
  const { port } = await open(async () => ({ statusCode: 200, cookies: ['a=1; HttpOnly', 'b=2'] }));
  expect((await sendHttp(port, { path: '/' })).headers['set-cookie']).toEqual(['a=1; HttpOnly', 'b=2']);
});

test.each([
  ['/api/v1/write', 503, 'text/plain; charset=utf-8'],
  ['/v1/ingest/logs', 503, 'application/problem+json'],
  ['/v1/changes', 503, 'application/problem+json'],
  ['/v1/series', 500, 'application/problem+json'],
])('a handler that throws on %s is %i', async (path, status, type) => {
  const { port, lines } = await open(async () => {
    throw new TypeError('inner words');
  });
  const { status: got, headers, body } = await sendHttp(port, { path });
  expect(got).toBe(status);
  expect(headers['content-type']).toBe(type);
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers['retry-after'] !== undefined).toBe(status === 503);
  expect(body.toString()).not.toContain('inner words');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ path, status, error: { message: 'inner words' } }]);
});

test('a handler that fails before its first promise, or answers what HTTP cannot say, is answered too', async () => {
  const { port } = await open((event) => {
    if (event.rawPath === '/sync') throw new Error('at once');
    return Promise.resolve({ statusCode: 200, headers: { 'x-odd': 'line\nbreak' } });
  });
  expect((await sendHttp(port, { path: '/sync' })).status).toBe(500);
  expect((await sendHttp(port, { path: '/odd' })).status).toBe(500);
});

test('a path that no room has is 404', async () => {
  const { port } = await open(async () => ({ statusCode: 200 }));
  const { status, body } = await sendHttp(port, { path: '/nowhere' });
  expect(status).toBe(404);
  expect(JSON.parse(body.toString())).toMatchObject({ code: 'platform/not-found' });
});

test.each([
  ['/v1/ingest/metrics', 413],
  ['/api/v1/write', 400],
])('a body over the limit on %s is %i, announced or not', async (path, status) => {
  let calls = 0;
  const { port } = await open(
    async () => {
      calls++;
      return { statusCode: 200 };
    },
    { bodyBytes: 100_000 },
  );
  expect((await sendHttp(port, { path, body: Buffer.alloc(100_000) })).status).toBe(200);
  expect((await sendHttp(port, { path, body: Buffer.alloc(100_001) })).status).toBe(status);
  const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
  const heard = await converse(port, (write) => {
    write(`POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`);
    write(`${chunk.repeat(8)}0\r\n\r\n`);
  });
  expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(calls).toBe(1);
});

test('C29 a body that does not come is 408, and the line is closed', async () => {
  const { port } = await open(async () => ({ statusCode: 200 }), { bodyTimeoutMs: 60 });
  const heard = await converse(port, (write) => {
    write('POST /api/v1/write HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nslow');
  });
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(heard).toContain('within 60 ms');
  expect(heard.toLowerCase()).toContain('connection: close');
});

test('headers that do not come are 408', async () => {
  const { port } = await open(async () => ({ statusCode: 200 }), { headerTimeoutMs: 60 });
  const heard = await converse(port, (write) => write('POST /v1/series HTTP/1.1\r\nhost: x\r\nx-'));
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
});

test('C30 11 KB of headers is 431', async () => {
  const { port } = await open(async () => ({ statusCode: 200 }));
  const heavy = await sendHttp(port, { path: '/', headers: [['x-heavy', 'a'.repeat(11_000)]] });
  expect(heavy.status).toBe(431);
  expect(JSON.parse(heavy.body.toString())).toMatchObject({ code: 'platform/headers-too-large' });
  expect((await sendHttp(port, { path: '/', headers: [['x-heavy', 'a'.repeat(9_000)]] })).status).toBe(200);
});

test('what is not HTTP is 400', async () => {
  const { port } = await open(async () => ({ statusCode: 200 }));
  expect(await converse(port, (write) => write('HELO there\r\n\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
});

test('a client that goes away in the middle harms nobody', async () => {
  const { port, lines } = await open(async () => ({ statusCode: 200 }));
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf', () => socket.resetAndDestroy());
  });
  socket.on('close', () => resolve());
  await promise;
  expect((await sendHttp(port, { path: '/' })).status).toBe(200);
  expect(lines).toEqual([]);
});

test('more at once than there is room for is told to come back, and room comes free again', async () => {
  const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
  const { port } = await open(
    async () => {
      await hold;
      return { statusCode: 204 };
    },
    { sharedBodyBytes: 150_000 },
  );
  const send = () => sendHttp(port, { path: '/v1/ingest/metrics', body: Buffer.alloc(100_000) });
  const both = [send(), send()];
  const refused = await Promise.race(both);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  letGo();
  expect((await Promise.all(both)).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 503]);
  expect((await send()).status).toBe(204);
});

test('one line serves many requests', async () => {
  const { port } = await open(async (event) => ({ statusCode: 200, body: `<${event.rawPath}>` }));
  const heard = await converse(port, (write) => {
    write('GET /one HTTP/1.1\r\nhost: x\r\n\r\n');
    write('GET /two HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  });
  expect(heard.match(/<\/\w+>/g)).toEqual(['</one>', '</two>']);
});

test('closing lets what is in flight finish and accepts nothing more', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
  const { bridge, port } = await open(async () => {
    begin();
    await hold;
    return { statusCode: 200, body: 'finished' };
  });
  const inFlight = sendHttp(port, { path: '/' });
  await begun;
  const closed = bridge.close();
  await expect(sendHttp(port, { path: '/' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  letGo();
  expect((await inFlight).body.toString()).toBe('finished');
  await closed;
});

test('what does not finish in time is cut off', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { bridge, port } = await open(
    () => {
      begin();
      return new Promise(() => undefined);
    },
    { closeTimeoutMs: 20 },
  );
  const inFlight = sendHttp(port, { path: '/' });
  inFlight.catch(() => undefined);
  await begun;
  await bridge.close();
  await expect(inFlight).rejects.toThrow();
});

test('a port that is taken is said at once', async () => {
  const { port } = await open(async () => ({ statusCode: 200 }));
  const log = createLog({ room: 'local', level: 'info', nowMs: () => 0, write: () => undefined });
  const again = startHttpBridge({ port, host: '127.0.0.1', route: () => undefined, ingestFormOf, log });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a failure of the world below a room keeps its own status', async () => {
  const { port } = await open(async () => {
    throw new ServiceError('platform/forbidden', 'not for you');
  });
  expect((await sendHttp(port, { path: '/v1/series' })).status).toBe(403);
});
