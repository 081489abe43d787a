import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawResponse } from '../../support/send-http.ts';
import { type IngestStreet, openIngestStreet, WORKSPACE } from './ingest-street.ts';
import { body, NOW_MS, series, snappy, writeRequest } from './write-request.ts';
import { body2, HISTOGRAM, request2, series2, UP, type WireSeries2 } from './write-request-2.ts';

const ONE = 'application/x-protobuf';
const TWO = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

let street: IngestStreet;
let key = '';

beforeAll(async () => {
  street = await openIngestStreet();
  key = (await street.keys.create({ workspace: WORKSPACE, env: 'test', title: 'test', scopes: ['ingest'] })).text;
});

afterAll(() => street.close());

function send(bytes: Uint8Array, type: string | undefined = TWO, text = key): Promise<RawResponse> {
  const headers: [string, string][] = [['authorization', `Bearer ${text}`]];
  if (type !== '') headers.push(['content-type', type]);
  return street.send({ path: '/api/v1/write', headers, body: bytes });
}

/** What the answer says was written: samples, histograms and exemplars. */
function writtenOf({ headers }: RawResponse): readonly (string | undefined)[] {
  const name = (what: string): string => `x-prometheus-remote-write-${what}-written`;
  return ['samples', 'histograms', 'exemplars'].map((what) => headers[name(what)] as string | undefined);
}

const NONE = [undefined, undefined, undefined];
const ZEROS = ['0', '0', '0'];

const GOOD: WireSeries2 = series2(UP, { exemplars: [{ value: 1, timestamp: NOW_MS }] });
const BAD = series2([['job', 'a']]);

describe('D01 the content type tells the versions apart', () => {
  test.each([
    ['P33 1.0, said by nothing', '', body(series(UP)), 204],
    ['1.0, said by the media type', ONE, body(series(UP)), 204],
    ['1.0, said by its name', `${ONE};proto=prometheus.WriteRequest`, body(series(UP)), 204],
    ['2.0, with spaces and capitals', 'Application/X-Protobuf; proto=io.prometheus.write.v2.Request', body2(GOOD), 204],
    ['P01 2.0 sent as 1.0', ONE, body2(GOOD), 400],
    ['P02 1.0 sent as 2.0', TWO, body(series(UP)), 400],
    ['P03 another message', `${ONE};proto=foo.Bar`, body2(GOOD), 415],
    ['P03 a message without name', `${ONE};proto`, body2(GOOD), 415],
    ['P03 both messages', `${TWO};proto=prometheus.WriteRequest`, body2(GOOD), 415],
    ['C14 another charset', `${TWO};charset=utf-16`, body2(GOOD), 415],
  ])('%s', async (_, type, bytes, status) => {
    const answer = await send(bytes, type);

    expect(answer.status).toBe(status);
    if (status !== 204) expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
  });

  test('P34 the probe of an agent that would like zstd is told to use snappy', async () => {
    const headers = [
      ['authorization', `Bearer ${key}`],
      ['content-encoding', 'zstd'],
      ['content-type', ONE],
    ] as const;

    expect((await street.send({ path: '/api/v1/write', headers, body: 'x' })).status).toBe(415);
  });
});

describe('D01 S02 answers of version 2.0 tell what was written', () => {
  test('all of it, also when the same comes again', async () => {
    const request = body2(GOOD, series2([['__name__', 'latency']], { histograms: [HISTOGRAM] }));

    const answers = [await send(request), await send(request)];

    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(answers.map(writtenOf)).toEqual(Array.from({ length: 2 }, () => ['1', '1', '1']));
  });

  test('P06 what is left where some is refused, also when the same comes again', async () => {
    const request = body2(GOOD, BAD, series2([['__name__', 'partly']]));

    const answers = [await send(request), await send(request)];

    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(answers.map(writtenOf)).toEqual(Array.from({ length: 2 }, () => ['2', '0', '1']));
    expect(answers[0]?.body.toString()).toContain('#1 metric_name_missing');
  });

  test('P29 nothing, where nothing came', async () => {
    const answer = await send(snappy(request2([])));

    expect([answer.status, writtenOf(answer)]).toEqual([204, ZEROS]);
  });

  test.each([
    ['all is refused', () => send(body2(BAD)), 400],
    ['it cannot be read', () => send(Buffer.from('0123')), 400],
    ['P26 it is too much', () => send(body2(...Array.from({ length: 20_001 }, () => GOOD))), 400],
    ['P17 its labels come to too much', () => send(body2(...tooManyLabels())), 400],
    ['nobody knows the key', () => send(body2(GOOD), TWO, 'nobody'), 401],
  ])('nothing, where %s', async (_, answered, status) => {
    const answer = await answered();

    expect([answer.status, writtenOf(answer)]).toEqual([status, ZEROS]);
  });

  test('nothing, where the failure is ours, and then all of it', async () => {
    street.switches.queueDown = true;
    const request = body2(series2([['__name__', 'again']]));
    const failed = await send(request);
    street.switches.queueDown = false;

    expect([failed.status, writtenOf(failed)]).toEqual([503, ZEROS]);
    expect(failed.headers['retry-after']).toMatch(/^\d+$/);
    expect(writtenOf(await send(request))).toEqual(['1', '0', '0']);
  });
});

function tooManyLabels(): WireSeries2[] {
  const long = 'x'.repeat(2_048);
  const labels = Array.from({ length: 28 }, (_, i) => [`label_${i}`, long] as const);
  return Array.from({ length: 2_000 }, (_, i) => series2([['__name__', 'm'], ['i', `${i}`], ...labels]));
}

test('D01 answers of version 1.0 have no such headers', async () => {
  const answers = [
    await send(body(series(UP)), ONE),
    await send(body(series([])), ONE),
    await send(Buffer.from('0123'), ONE),
  ];

  expect(answers.map(({ status }) => status)).toEqual([204, 400, 400]);
  expect(answers.map(writtenOf)).toEqual([NONE, NONE, NONE]);
});

test('P29 metadata alone is 204 in version 1.0, and is counted', async () => {
  const metadata = [{ type: 1, metricFamilyName: 'requests', help: 'so many' }];

  expect((await send(snappy(writeRequest([], metadata)), ONE)).status).toBe(204);
  expect(street.discarded.get(`${WORKSPACE} metadata`)).toBe(1);
});

test('the same series over both versions is one series', async () => {
  await street.drain();
  await send(body(series([['__name__', 'both']], [[NOW_MS, 1]])), ONE);
  await send(body2(series2([['__name__', 'both']], { samples: [{ timestamp: NOW_MS + 1, value: 2 }] })));

  const ids = (await street.drain()).map((part) => part.seriesIdAt(0));

  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});
