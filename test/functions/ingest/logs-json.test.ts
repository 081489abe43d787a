import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { decodeLogsJson } from '../../../functions/ingest/logs-json.ts';
import { normaliseSeverity } from '../../../functions/ingest/logs-json-severity.ts';
import { codeOf, decodeContext, NOW_MS } from './write-request.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const decode = (value: unknown) => decodeLogsJson(bytes(JSON.stringify(value)), 'application/json', decodeContext());
const RECORD = { timestamp: NOW_MS, severity: 'ERROR', message: 'disk full', labels: { service: 'a' } };

describe('logs as JSON', () => {
  it('come by stream, in order of time', () => {
    const batch = decode({
      logs: [RECORD, { ...RECORD, labels: { service: 'b' } }, { ...RECORD, timestamp: NOW_MS - 1, message: 'first' }],
    });

    expect(batch.logs.map(({ labels, records }) => [labels, records.map(({ line }) => line)])).toEqual([
      [[['service', 'a']], ['first', 'disk full']],
      [[['service', 'b']], ['disk full']],
    ]);
    expect(batch.logs[0]?.streamId).toBe(seriesIdOf('abcdefghijkl', [['service', 'a']]));
    expect(batch.acceptedRecords).toBe(3);
  });

  it('come one on each line, with the other names of severity and message', () => {
    const text = `{"timestamp":"2026-11-21T10:00:00Z","level":"warn","line":"a"}\n{"timestamp":${NOW_MS},"line":""}\nx`;

    const batch = decodeLogsJson(bytes(text), 'application/x-ndjson', decodeContext());

    expect(batch.logs).toMatchObject([
      {
        labels: [],
        records: [
          { timestampMs: NOW_MS, severity: 'warn', line: 'a' },
          { timestampMs: NOW_MS, severity: 'unknown', line: '' },
        ],
      },
    ]);
    expect([...batch.rejected.byReason]).toEqual([['json_invalid', 1]]);
  });

  it.each([
    ['ERROR', 'error'],
    [' Warning ', 'warn'],
    ['Information', 'info'],
    ['notice', 'info'],
    ['CRIT', 'fatal'],
    ['panic', 'fatal'],
    ['DEBUG3', 'debug'],
    ['verbose', 'trace'],
    ['3', 'unknown'],
    ['constructor', 'unknown'],
  ])('call the severity "%s" %s', (text, severity) => {
    expect(normaliseSeverity(text)).toBe(severity);
  });

  it('cut a line above the limit at a whole character, and count it', () => {
    const batch = decode([
      { ...RECORD, message: `${'x'.repeat(65_535)}é!` },
      { ...RECORD, message: 'é'.repeat(32_768) },
    ]);

    expect(batch.truncated).toBe(1);
    expect(batch.logs[0]?.records.map(({ line }) => line)).toEqual(['x'.repeat(65_535), 'é'.repeat(32_768)]);
  });

  it.each([
    ['no message', { message: undefined }, 'line_missing'],
    ['a message that is no text', { message: { a: 1 } }, 'line_missing'],
    ['half a surrogate pair', { message: '\ud800' }, 'utf8_invalid'],
    ['no time', { timestamp: undefined }, 'timestamp_missing'],
    ['a time in seconds', { timestamp: NOW_MS / 1000 }, 'timestamp_unit'],
    ['a severity that is a number', { severity: 17 }, 'severity_invalid'],
    ['a label that is an array', { labels: { a: [] } }, 'label_value_invalid'],
    [
      '16 labels',
      { labels: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`l${i}`, 1])) },
      'labels_too_many',
    ],
  ])('refuse a record with %s', (_, change, reason) => {
    const batch = decode([{ ...RECORD, ...change }, RECORD]);

    expect([...batch.rejected.byReason]).toEqual([[reason, 1]]);
    expect(batch.acceptedRecords).toBe(1);
  });

  it('refuse a record that is none', () => {
    expect([...decode(['x', null, []]).rejected.byReason]).toEqual([['item_invalid', 3]]);
  });

  it('take 15 labels, and 10,000 records but not one more', () => {
    const labels = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`l${i}`, 'v']));

    expect(decode([{ ...RECORD, labels }]).logs[0]?.labels).toHaveLength(15);
    expect(decode(Array.from({ length: 10_000 }, () => RECORD)).acceptedRecords).toBe(10_000);
    expect(codeOf(() => decode(Array.from({ length: 10_001 }, () => RECORD)))).toBe('ingest/payload-too-large');
  });

  it('are told apart below the millisecond by the digits of their time, and by their place where they have none', () => {
    const rests = (timestamps: readonly unknown[]) => {
      const records = timestamps.map((timestamp) => ({ ...RECORD, timestamp }));
      const body = bytes(JSON.stringify(records));
      const { logs } = decodeLogsJson(body, 'application/json', { ...decodeContext(), receivedAtMs: NOW_MS });
      return logs[0]?.records.map(({ restNanos }) => restNanos);
    };
    const iso = new Date(NOW_MS).toISOString().replace('Z', '');

    expect(rests([`${iso}999999Z`, `${iso}Z`, `${iso}000001+00:00`, NOW_MS])).toEqual([0, 0, 1, 999_999]);
    expect(rests([undefined, null, undefined])).toEqual([0, 1, 2]);
  });

  it('give a batch or a refusal for arbitrary JSON, never anything else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const code = codeOf(() => decodeLogsJson(bytes(`[${text}]`), 'application/json', decodeContext()));
        expect(['nothing thrown', 'ingest/payload-invalid', 'ingest/payload-too-large']).toContain(code);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
