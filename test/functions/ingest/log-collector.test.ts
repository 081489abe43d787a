import { expect, test } from 'vitest';
import { LogCollector } from '../../../functions/ingest/log-collector.ts';
import { keepLine, keepLineBytes } from '../../../functions/ingest/log-line.ts';
import { createSeriesIdentity } from '../../../functions/ingest/series-identity.ts';

const identities = createSeriesIdentity();
const stream = (app: string) => identities.make('abcdefghijkl', app, [['app', app]], 'gauge');

test('records come out by stream, in the order of time, whatever the order in which they came', () => {
  const collector = new LogCollector();
  collector.begin(stream('a'));
  collector.add(2, 5, 'info', 'third');
  collector.add(2, 4, 'info', 'second');
  collector.begin(stream('b'));
  collector.add(9, 0, 'warn', 'other');
  collector.begin(stream('a'));
  collector.add(1, 0, 'info', 'first');
  const { logs, records, duplicates } = collector.finish();
  expect(logs.map(({ labels, records: lines }) => [labels, lines.map(({ line }) => line)])).toEqual([
    [[['app', 'a']], ['first', 'second', 'third']],
    [[['app', 'b']], ['other']],
  ]);
  expect({ records, duplicates }).toEqual({ records: 4, duplicates: 0 });
});

test('the same line of the same nanosecond counts once, another line or another nanosecond stays', () => {
  const collector = new LogCollector();
  collector.begin(stream('a'));
  for (const [rest, line] of [
    [0, 'x'],
    [0, 'y'],
    [0, 'x'],
    [1, 'x'],
  ] as const) {
    collector.add(7, rest, 'unknown', line);
  }
  const { logs, duplicates } = collector.finish();
  expect(logs[0]?.records.map(({ restNanos, line }) => [restNanos, line])).toEqual([
    [0, 'x'],
    [0, 'y'],
    [1, 'x'],
  ]);
  expect(duplicates).toBe(1);
});

test('the same line of another severity is another record', () => {
  const collector = new LogCollector();
  collector.begin(stream('a'));
  for (const severity of ['info', 'error', 'info'] as const) collector.add(7, 0, severity, 'x');
  expect(collector.finish()).toMatchObject({ records: 2, duplicates: 1 });
});

test('where the rest is a name and no time, records of a millisecond stay in the order in which they came', () => {
  const collector = new LogCollector('name');
  collector.begin(stream('a'));
  for (const rest of [9, 3, 9, 5]) collector.add(7, rest, 'info', 'x');
  const { logs, duplicates } = collector.finish();
  expect(logs[0]?.records.map(({ restNanos }) => restNanos)).toEqual([9, 3, 5]);
  expect(duplicates).toBe(1);
});

test('a stream without records is left out', () => {
  const collector = new LogCollector();
  collector.begin(stream('a'));
  expect(collector.finish()).toEqual({ logs: [], records: 0, duplicates: 0 });
});

test.each([
  ['short', 10, 'short', false, false],
  ['exact', 5, 'exact', false, false],
  ['longer', 5, 'longe', true, false],
  ['ééé', 5, 'éé', true, false],
  ['😀', 3, '', true, false],
  ['a\ud800b', 10, 'a\ufffdb', false, true],
])('a line of text %j within %d bytes is kept as %j', (text, maxBytes, line, truncated, replaced) => {
  expect(keepLine(text, maxBytes)).toEqual({ line, truncated, replaced });
});

test.each([
  ['plain', 10, 'plain', false, false],
  ['ééé', 5, 'éé', true, false],
  ['a\ufffdb', 10, 'a\ufffdb', false, false],
])('a line of bytes %j within %d bytes is kept as %j', (text, maxBytes, line, truncated, replaced) => {
  const bytes = Buffer.from(`<${text}>`);
  expect(keepLineBytes(bytes, 1, bytes.length - 1, maxBytes)).toEqual({ line, truncated, replaced });
});

test('bytes that are no text are replaced, and that is told', () => {
  expect(keepLineBytes(Buffer.of(0x61, 0xff, 0x62), 0, 3, 10)).toEqual({
    line: 'a\ufffdb',
    truncated: false,
    replaced: true,
  });
});
