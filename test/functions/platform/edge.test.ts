import type { SQSEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import { httpEdge, jsonResponse, queueEdge, type Route, scheduleEdge } from '../../../functions/platform/edge.ts';
import { ServiceError } from '../../../functions/platform/errors.ts';
import { createLog } from '../../../functions/platform/log.ts';
import { textResponse } from '../../support/text-response.ts';
import { httpEvent, LAMBDA_CONTEXT } from './http-events.ts';

function createRoom(over: Partial<Route> & { room?: string; deadlineMs?: number } = {}) {
  const { room = 'query', deadlineMs, ...route } = over;
  const lines: string[] = [];
  const asked: string[] = [];
  const handler = httpEdge({
    room,
    nowMs: () => 5_000,
    log: createLog({ room, level: 'debug', nowMs: () => 5_000, write: (line) => lines.push(line) }),
    authenticate: async () => {
      asked.push('key');
      return { workspace: 'abcdefghijkl', keyId: 'k', scopes: ['read'] };
    },
    ...(deadlineMs !== undefined && { deadlineMs }),
    routes: [
      {
        method: 'POST',
        path: '/v1/things/{thingId}',
        scope: 'read',
        errors: 'problem',
        handle: async (request) => jsonResponse(200, { id: request.params.thingId }),
        ...route,
      },
    ],
  });
  const call = async (method: string, path: string, event?: Parameters<typeof httpEvent>[2]) => {
    const result = await handler(httpEvent(method, path, event), LAMBDA_CONTEXT);
    return { ...result, lines, asked };
  };
  return { call };
}

test('a route gets the request with its parameters, its body and whose key it was', async () => {
  const { call } = createRoom({
    handle: async ({ params, body, workspace, keyId, nowMs, query, headers, requestId }) =>
      jsonResponse(200, {
        ...params,
        body: Buffer.from(body).toString(),
        label: query.getAll('label'),
        mark: headers['x-mark'],
        workspace,
        keyId,
        nowMs,
        requestId,
      }),
  });
  const { statusCode, body, headers } = await call('POST', '/v1/things/a', {
    headers: { 'X-Mark': 'yes' },
    query: 'label=a&label=b',
    body: 'über',
  });
  expect(statusCode).toBe(200);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'x-request-id': 'request-1',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(JSON.parse(body ?? '')).toEqual({
    thingId: 'a',
    body: 'über',
    label: ['a', 'b'],
    mark: 'yes',
    workspace: 'abcdefghijkl',
    keyId: 'k',
    nowMs: 5_000,
    requestId: 'request-1',
  });
});

test('an open route needs no key and knows no workspace', async () => {
  const { call } = createRoom({ scope: null, handle: async ({ workspace }) => textResponse(200, `[${workspace}]`) });
  const { statusCode, body, asked } = await call('POST', '/v1/things/a');
  expect({ statusCode, body, asked }).toEqual({ statusCode: 200, body: '[]', asked: [] });
});

test('binary answers travel as base64', async () => {
  const { call } = createRoom({ handle: async () => ({ status: 200, body: Uint8Array.of(0, 255, 128) }) });
  expect(await call('POST', '/v1/things/a')).toMatchObject({ body: 'AP+A', isBase64Encoded: true });
});

test('G01 path and method are looked at before the key', async () => {
  const { call } = createRoom();
  expect(await call('POST', '/v1/nothing')).toMatchObject({ statusCode: 404, asked: [] });
  expect(await call('GET', '/v1/things/a')).toMatchObject({ statusCode: 405, headers: { allow: 'POST' }, asked: [] });
});

test('G01 a key without the scope is refused before the route begins', async () => {
  let begun = false;
  const { call } = createRoom({
    scope: 'admin',
    handle: async () => {
      begun = true;
      return { status: 204 };
    },
  });
  const { statusCode, body } = await call('POST', '/v1/things/a');
  expect(statusCode).toBe(403);
  expect(body).toContain('scope admin');
  expect(begun).toBe(false);
});

const throwing = (error: unknown) => ({
  handle: async () => {
    throw error;
  },
});

test('what we do not know is 500 with nothing of its words, logged once', async () => {
  const { call } = createRoom(throwing(new TypeError('inner words')));
  const { statusCode, body, headers, lines } = await call('POST', '/v1/things/a');
  expect(statusCode).toBe(500);
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'x-request-id': 'request-1' });
  expect(body).not.toContain('inner words');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'error',
    requestId: 'request-1',
    status: 500,
    error: { message: 'inner words' },
  });
});

test.each([
  new TypeError('inner words'),
  new ServiceError('store/corrupt', 'inner words'),
  new ServiceError('platform/env-invalid', 'inner words'),
  'not even an error',
])('G05 in the room ingest it is 503 with a time to come back: %s', async (error) => {
  const { call } = createRoom({ room: 'ingest', errors: 'text', ...throwing(error) });
  const { statusCode, body, headers } = await call('POST', '/v1/things/a');
  expect(statusCode).toBe(503);
  expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
  expect(Number(headers?.['retry-after'])).toBeGreaterThanOrEqual(3);
  expect(body).not.toContain('inner words');
});

test('G06 a sender that says how often it tried is told to wait longer', async () => {
  const { call } = createRoom({ room: 'ingest', ...throwing(new Error('x')) });
  const { headers } = await call('POST', '/v1/things/a', { headers: { 'Retry-Attempt': '5' } });
  expect(Number(headers?.['retry-after'])).toBeGreaterThanOrEqual(48);
});

test('G04 M20 whoever is not done by the deadline is answered 503', async () => {
  const { call } = createRoom({ deadlineMs: 20, handle: () => new Promise(() => undefined) });
  const { statusCode, body } = await call('POST', '/v1/things/a');
  expect(statusCode).toBe(503);
  expect(JSON.parse(body ?? '')).toMatchObject({ code: 'platform/deadline-exceeded' });
});

test('G04 a late failure after the deadline harms nobody', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  const { call } = createRoom({ deadlineMs: 5, handle: () => promise });
  expect(await call('POST', '/v1/things/a')).toMatchObject({ statusCode: 503 });
  reject(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
});

function sqsEvent(...records: readonly (readonly [id: string, group: string])[]): SQSEvent {
  const template = {
    receiptHandle: '',
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: '',
  };
  return {
    Records: records.map(([messageId, group]) => ({
      ...template,
      messageId,
      body: `body ${messageId}`,
      attributes: {
        ApproximateReceiveCount: '2',
        SentTimestamp: '',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '',
        MessageGroupId: group,
      },
    })),
  };
}

const EVENT = sqsEvent(['1', 'a'], ['2', 'b'], ['3', 'a'], ['4', 'b'], ['5', 'a']);

test('from the first failure of a group all later ones of that group go back, other groups go on', async () => {
  const seen: string[] = [];
  const lines: string[] = [];
  const handler = queueEdge({
    room: 'detect',
    nowMs: () => 0,
    log: createLog({ room: 'detect', level: 'info', nowMs: () => 0, write: (line) => lines.push(line) }),
    handleGroup: async (group, messages) => {
      seen.push(`${group}: ${messages.map(({ messageId }) => messageId).join(' ')}`);
      return group === 'a' ? { done: 1, failure: new Error('third') } : { done: messages.length };
    },
  });
  expect(await handler(EVENT, LAMBDA_CONTEXT)).toEqual({
    batchItemFailures: [{ itemIdentifier: '3' }, { itemIdentifier: '5' }],
  });
  expect(seen.sort()).toEqual(['a: 1 3 5', 'b: 2 4']);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: 'message failed', group: 'a', messageId: '3', receiveCount: 2, returned: 2, error: { message: 'third' } },
  ]);
});

test.each([
  ['throws', async () => Promise.reject(new Error('all'))],
  ['claims more than there was', async () => ({ done: 9 })],
  ['claims nonsense', async () => ({ done: Number.NaN })],
])('a group whose handler %s goes back whole', async (_how, handleGroup) => {
  const handler = queueEdge({
    room: 'detect',
    nowMs: () => 0,
    log: createLog({ room: 'detect', level: 'info', nowMs: () => 0, write: () => undefined }),
    handleGroup,
  });
  const { batchItemFailures } = await handler(sqsEvent(['1', 'a'], ['2', 'a']), LAMBDA_CONTEXT);
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['1', '2']);
});

test('a scheduled run is for the time it is told, else for now', async () => {
  const handler = scheduleEdge({ room: 'report', nowMs: () => 7, run: async (nowMs) => ({ nowMs }) });
  expect(await handler({ nowMs: 3 }, LAMBDA_CONTEXT)).toEqual({ nowMs: 3 });
  expect(await handler({}, LAMBDA_CONTEXT)).toEqual({ nowMs: 7 });
});

test('a failed run is logged and thrown, so that it is repeated', async () => {
  const lines: string[] = [];
  const handler = scheduleEdge({
    room: 'report',
    nowMs: () => 7,
    log: createLog({ room: 'report', level: 'info', nowMs: () => 0, write: (line) => lines.push(line) }),
    run: async () => Promise.reject(new Error('no mail')),
  });
  await expect(handler({}, LAMBDA_CONTEXT)).rejects.toThrow('no mail');
  await expect(handler({ nowMs: Number.NaN }, LAMBDA_CONTEXT)).rejects.toMatchObject({
    code: 'platform/request-invalid',
  });
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['run failed', 'run failed']);
});
