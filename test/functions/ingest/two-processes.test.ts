import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedBackend, openEmbedded } from '../../../data/embedded/embedded.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { CARRIERS, type CarriedRequest } from '../../support/carriers.ts';
import { LOG_CARRIERS, type MeantRecord } from '../../support/log-carriers.ts';
import { openCarriersStreet } from '../detect/carriers-street.ts';
import { type LogEvent, logEvent, logPayload } from './firehose-fixtures.ts';
import { NOW_MS } from './write-request.ts';

let directory: string;
let embedded: EmbeddedBackend;
const open = () => openCarriersStreet(embedded.table, NOW_MS);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'forewarn-processes-'));
  embedded = await openEmbedded({ directory, nowMs: () => NOW_MS });
});

afterAll(async () => {
  await embedded.close();
  await rm(directory, { recursive: true });
});

function delivery(requestId: string, events: readonly LogEvent[]): CarriedRequest {
  const records = [{ data: logPayload(events).toString('base64') }];
  return {
    path: '/firehose',
    headers: { 'content-type': 'application/json', 'x-amz-firehose-request-id': requestId },
    body: Buffer.from(JSON.stringify({ requestId, timestamp: NOW_MS, records })),
  };
}

test('K16 the same log event in deliveries to two processes is counted once, others of its line and time are not lost', async () => {
  const street = open();
  const [one, two, three] = [logEvent('same line'), logEvent('same line'), logEvent('same line')] as const;

  expect((await street.ask(delivery('a', [one, two]), 0)).status).toBe(200);
  expect((await street.ask(delivery('b', [two, three]), 1)).status).toBe(200);
  await street.work(createRandom(1));
  expect((await street.ask(delivery('c', [three, one]), 0)).status).toBe(200);
  await street.work(createRandom(1));

  expect(street.counted()).toEqual({ samples: 0, logRecords: 3, duplicates: 2 });
});

test('log records that a sender repeats in another cut, to another process, are counted once', async () => {
  const street = open();
  const records: MeantRecord[] = Array.from({ length: 10 }, (_, i) => ({
    stream: { service: 'shop' },
    timestampMs: NOW_MS - 1_000 * i,
    nanos: i,
    severity: 'info',
    line: 'again',
  }));

  await street.ask(LOG_CARRIERS['Loki JSON'](records.slice(0, 7)), 0);
  await street.ask(LOG_CARRIERS['Loki protobuf'](records.slice(3)), 1);
  await street.work(createRandom(1));

  expect(street.counted()).toEqual({ samples: 0, logRecords: 10, duplicates: 4 });
});

test('an Idempotency-Key that one process has answered is known to the other', async () => {
  const street = open();
  const series = { name: 'temperature', kind: 'gauge', service: 'shop', labels: [] } as const;
  const request = (value: number): CarriedRequest => {
    const plain = CARRIERS.JSON([{ series, timestampMs: NOW_MS, value }]);
    return { ...plain, headers: { ...plain.headers, 'idempotency-key': 'one of two' } };
  };

  const first = await street.ask(request(1), 0);
  const again = await street.ask(request(1), 1);

  expect(JSON.parse(String(first.body))).toMatchObject({ accepted: 1 });
  expect(JSON.parse(String(again.body))).toEqual({ ...JSON.parse(String(first.body)), replayed: true });
  await expect(street.ask(request(2), 1)).rejects.toMatchObject({ code: 'ingest/key-reused' });
  await street.work(createRandom(1));
  expect(street.counted()).toEqual({ samples: 1, logRecords: 0, duplicates: 0 });
});

test('the same request to two processes at once is stored and counted once, and both say so', async () => {
  const street = open();
  const series = { name: 'temperature', kind: 'gauge', service: 'shop', labels: [] } as const;
  const request = CARRIERS['remote write 2']([{ series, timestampMs: NOW_MS, value: 1 }]);

  const answers = await Promise.all([street.ask(request, 0), street.ask(request, 1)]);
  await street.work(createRandom(1));

  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect(answers[0].headers).toEqual(answers[1].headers);
  expect(street.counted()).toEqual({ samples: 1, logRecords: 0, duplicates: 0 });
});
