import { expect, test } from 'vitest';
import { formatKey } from '../../../functions/platform/auth-key.ts';
import { createLog, type LogLevel } from '../../../functions/platform/log.ts';

function recordingLog(level: LogLevel) {
  const lines: string[] = [];
  const log = createLog({ room: 'ingest', level, nowMs: () => 0, write: (line) => lines.push(line) });
  return { log, lines };
}

test('an event is one line of JSON with time, level and room', () => {
  const { log, lines } = recordingLog('info');
  log.info('request refused', { requestId: 'r-1', detail: 'two\nlines' });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('\n');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    room: 'ingest',
    event: 'request refused',
    requestId: 'r-1',
    detail: 'two\nlines',
  });
});

test('events below the level are left out', () => {
  const { log, lines } = recordingLog('warn');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(['c', 'd']);
});

test('no secret is written, wherever it hides', () => {
  const { log, lines } = recordingLog('info');
  const key = formatKey({ env: 'test', keyId: 'A'.repeat(12), secret: 'canary0canary0canary0canary0cana' });
  log.error('request failed', {
    headers: { authorization: `Bearer ${key}`, 'x-api-key': key, cookie: 'session=canary' },
    error: new Error(`refused ${key}`, { cause: new Error('Basic dXNlcjpjYW5hcnk=') }),
    nested: [{ text: `the key ${key} again`, pepper: 'canary', password: 'canary' }],
    keyId: 'A'.repeat(12),
  });
  expect(lines[0]).not.toMatch(/canary|dXNlcjpj/);
  expect(JSON.parse(lines[0] ?? '').keyId).toBe('AAAAAAAAAAAA');
});

test('an error is written with its code, its stack and its causes', () => {
  const { log, lines } = recordingLog('info');
  log.error('failed', { error: new RangeError('outer', { cause: new Error('inner') }) });
  expect(JSON.parse(lines[0] ?? '').error).toMatchObject({
    name: 'RangeError',
    message: 'outer',
    stack: expect.stringContaining('log.test.ts'),
    cause: { message: 'inner' },
  });
});

test('what cannot be written as JSON does not take the request with it', () => {
  const { log, lines } = recordingLog('info');
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.info('odd', { circle, size: 10n });
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'odd', unloggable: expect.stringContaining('circular') });
});
