import { expect, test } from 'vitest';
import { type ErrorCode, ServiceError } from '../../../functions/platform/errors.ts';
import { MAX_PROBLEM_BYTES, retryAfterSeconds, toProblem, truncateBytes } from '../../../functions/platform/problem.ts';

const CONTEXT = {
  requestId: 'r-1',
  path: '/v1/limits/x',
  headers: { 'x-client': 'test' },
  nowMs: 1_700_000_000_000,
  form: 'problem',
  retryUnknown: false,
  attempt: 1,
} as const;

test.each<[ErrorCode, number, number]>([
  ['ingest/payload-invalid', 400, 400],
  ['ingest/payload-too-large', 413, 413],
  ['ingest/media-type-unsupported', 415, 415],
  ['ingest/rate-exceeded', 429, 429],
  ['platform/unauthorized', 401, 401],
  ['platform/forbidden', 403, 403],
  ['platform/not-found', 404, 404],
  ['platform/method-not-allowed', 405, 405],
  ['platform/request-timeout', 408, 408],
  ['platform/headers-too-large', 431, 431],
  ['platform/request-invalid', 400, 400],
  ['platform/deadline-exceeded', 503, 503],
  ['platform/env-invalid', 500, 503],
  ['platform/internal', 500, 503],
  ['store/unavailable', 503, 503],
  ['store/conflict', 409, 503],
  ['store/corrupt', 502, 503],
  ['store/version-unknown', 502, 503],
  ['store/locked', 502, 503],
  ['notify/channel-refused', 502, 503],
  ['query/cursor-invalid', 400, 400],
  ['query/range-invalid', 400, 400],
])('%s is answered %i, and %i where senders repeat only what they must', (code, elsewhere, ingest) => {
  const error = new ServiceError(code, 'what was wrong');
  expect(toProblem(error, CONTEXT).status).toBe(elsewhere);
  expect(toProblem(error, { ...CONTEXT, retryUnknown: true }).status).toBe(ingest);
});

test('G07 an unknown error is answered without its words', () => {
  const answer = toProblem(new TypeError('secret of the house'), CONTEXT);
  expect(answer.status).toBe(500);
  expect(answer.body).not.toContain('secret');
  expect(JSON.parse(String(answer.body))).toMatchObject({ code: 'platform/internal', status: 500, request_id: 'r-1' });
});

test('a refusal says what was wrong, with its first examples', () => {
  const errors = Array.from({ length: 9 }, (_, index) => ({ index, code: 'value_invalid', detail: `item ${index}` }));
  const answer = toProblem(new ServiceError('ingest/payload-invalid', '9 items', { details: { errors } }), CONTEXT);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(String(answer.body))).toEqual({
    type: 'urn:forewarn:error:ingest/payload-invalid',
    title: 'Bad Request',
    status: 400,
    code: 'ingest/payload-invalid',
    detail: '9 items',
    instance: '/v1/limits/x',
    errors: errors.slice(0, 5),
    request_id: 'r-1',
  });
});

test('as text the examples follow the sentence', () => {
  const errors = [{ index: 3, code: 'label_name_empty', detail: 'no name' }];
  const error = new ServiceError('ingest/payload-invalid', '1 items are refused', { details: { errors } });
  const answer = toProblem(error, { ...CONTEXT, form: 'text' });
  expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(answer.body).toBe('ingest/payload-invalid: 1 items are refused; #3 label_name_empty: no name (request r-1)\n');
});

test('a protocol words its errors itself, and may ask for another status with the headers that belong to it', () => {
  const error = new ServiceError('ingest/payload-too-large', 'too much', { details: { bytes: 7 } });
  const answer = toProblem(error, {
    ...CONTEXT,
    form: ({ status, code, detail, details }, { headers, nowMs }) => ({
      status: 429,
      contentType: 'text/x-own',
      body: JSON.stringify({ status, code, detail, details, headers, nowMs }),
    }),
  });
  expect(answer.status).toBe(429);
  expect(answer.headers).toEqual({ 'content-type': 'text/x-own', 'retry-after': expect.stringMatching(/^\d+$/) });
  expect(JSON.parse(String(answer.body))).toEqual({
    status: 413,
    code: 'ingest/payload-too-large',
    detail: 'too much',
    details: { bytes: 7 },
    headers: { 'x-client': 'test' },
    nowMs: 1_700_000_000_000,
  });
});

test.each(['x', '"', '\u0000', 'ü', '🙂', '\\'])(
  'G07 a body stays within its limit, whatever it repeats: %j',
  (mark) => {
    const errors = Array.from({ length: 5 }, () => ({ index: 1, code: mark.repeat(500), detail: mark.repeat(500) }));
    const error = new ServiceError('ingest/payload-invalid', mark.repeat(5_000), { details: { errors } });
    for (const form of ['problem', 'text'] as const) {
      const { body } = toProblem(error, { ...CONTEXT, path: `/${mark.repeat(3_000)}`, form });
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_PROBLEM_BYTES);
      expect(body).not.toContain('\ufffd');
      if (form === 'problem') expect(JSON.parse(String(body))).toMatchObject({ status: 400 });
    }
  },
);

test('G07 cut text never ends in half a character', () => {
  expect(truncateBytes('aüüü', 6)).toBe('aü…');
  expect(truncateBytes('abc', 3)).toBe('abc');
});

test('G06 the wait doubles with each attempt up to its ceiling, within half to either side', () => {
  for (const [attempt, baseSeconds] of [
    [0, 6],
    [1, 6],
    [2, 12],
    [3, 24],
    [5, 96],
    [50, 96],
  ] as const) {
    for (let i = 0; i < 50; i++) {
      const seconds = retryAfterSeconds(attempt, `request ${i}`, 0);
      expect(seconds).toBeGreaterThanOrEqual(baseSeconds / 2);
      expect(seconds).toBeLessThanOrEqual(baseSeconds * 1.5);
    }
  }
  expect(new Set(Array.from({ length: 50 }, (_, i) => retryAfterSeconds(4, `request ${i}`, 0))).size).toBeGreaterThan(
    20,
  );
});

test('G06 a limit that refills later than that sets the wait', () => {
  expect(retryAfterSeconds(1, 'a', 300.2)).toBe(301);
  const error = new ServiceError('ingest/rate-exceeded', 'too much', { details: { retryAfterSeconds: 500 } });
  expect(toProblem(error, CONTEXT).headers['retry-after']).toBe('500');
});

test('a refused key is asked for, and a refused method names those allowed', () => {
  expect(toProblem(new ServiceError('platform/unauthorized', ''), CONTEXT).headers['www-authenticate']).toBe('Bearer');
  const wrongMethod = new ServiceError('platform/method-not-allowed', '', { details: { allow: 'GET, PUT' } });
  expect(toProblem(wrongMethod, CONTEXT).headers.allow).toBe('GET, PUT');
});
