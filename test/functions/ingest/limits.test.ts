import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_WORKSPACE_LIMITS, LIMIT_NAMES, type LimitName } from '../../../data/tables/workspace-limits.ts';
import { MAIL_LIMITS, QUERY_LIMITS } from '../../support/limit-kinds.ts';
import { type LimitedRequest, openLimitsHouse } from './limits-house.ts';
import { attributes, type Json, logsRequest, metricsRequest, nanos } from './otlp-request.ts';
import { NOW_MS, type Pairs } from './write-request.ts';
import { body2, series2, type WireSeries2 } from './write-request-2.ts';

const JSON_TYPE = 'application/json';
const json = (path: string, value: unknown): LimitedRequest => ({
  path,
  contentType: JSON_TYPE,
  body: JSON.stringify(value),
});
const metrics = (...items: readonly object[]) => json('/v1/ingest/metrics', items);
const logs = (...items: readonly object[]) => json('/v1/ingest/logs', items);
const SAMPLE = { name: 'up', timestamp: NOW_MS, value: 1 };
const RECORD = { labels: { service: 'shop' }, timestamp: NOW_MS, message: 'x' };
const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`l${i}`, 'v']));
let sent = 0;
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** A request of so many bytes. */
const padded = (sizeBytes: number): string => JSON.stringify([SAMPLE]).padEnd(sizeBytes, ' ');

/** As arrays in an array: the outer one is a level too. */
const nested = (levels: number): LimitedRequest => ({
  path: '/v1/ingest/metrics',
  contentType: JSON_TYPE,
  body: `{"metrics":[${JSON.stringify(SAMPLE)}],"more":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`,
});

/** Series whose labels come to so many bytes, names and values, each within what a series may have. */
function expanded(sizeBytes: number): LimitedRequest {
  const series: WireSeries2[] = [];
  for (let left = sizeBytes; left > 0; ) {
    const labels: [string, string][] = [
      ['__name__', 'm'],
      ['i', `${series.length}`.padStart(5, '0')],
    ];
    left -= '__name__m'.length + 'i00000'.length;
    // What a next series would need is left to it, or taken whole.
    while (labels.length < 28 && left > 100) {
      const value = 'x'.repeat(Math.min(1_900, left < 2_100 ? left - 3 : 1_900));
      labels.push([`l${`${labels.length}`.padStart(2, '0')}`, value]);
      left -= 3 + value.length;
    }
    series.push(series2(labels as Pairs, { samples: [{ timestamp: NOW_MS, value: 1 }] }));
    if (left > 0 && left <= 100) throw new Error(`${left} bytes cannot be made`);
  }
  return {
    path: '/api/v1/write',
    contentType: 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    contentEncoding: 'snappy',
    body: body2(...series),
  };
}

const otlp = (metric: Json) => json('/v1/metrics', metricsRequest([metric]));
const POINT = { timeUnixNano: nanos(NOW_MS) };
const explicit = (buckets: number) =>
  otlp({
    name: 'latency',
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...POINT,
          count: `${buckets}`,
          sum: 1,
          bucketCounts: times(buckets, () => '1'),
          explicitBounds: times(buckets - 1, (i) => i),
        },
      ],
    },
  });
const exponential = (buckets: number) =>
  otlp({
    name: 'sizes',
    exponentialHistogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...POINT,
          count: `${buckets}`,
          sum: 1,
          scale: 3,
          zeroCount: '0',
          positive: { offset: 0, bucketCounts: times(buckets, () => '1') },
        },
      ],
    },
  });

interface Row {
  /** Of the contract. */
  readonly row: string;
  readonly limit: LimitName;
  /** A request that has so many of what is limited. */
  readonly of: (amount: number) => LimitedRequest;
  /** How one over the limit is answered, and what for it is counted by. */
  readonly answer: number | string;
  readonly reason: string;
  /** Set at run time. */
  readonly lower: number;
  readonly farOver?: number;
  /** Weighed with so much besides at most. */
  readonly besides?: number;
}

const ROWS: readonly Row[] = [
  {
    row: 'M01',
    limit: 'wireBodyBytes',
    of: (amount) => ({ path: '/v1/ingest/metrics', contentType: JSON_TYPE, body: padded(amount) }),
    answer: 'ingest/payload-too-large',
    reason: 'request_too_large',
    lower: 1_000,
  },
  {
    row: 'M02',
    limit: 'decodedBodyBytes',
    of: (amount) => ({
      path: '/v1/ingest/metrics',
      contentType: JSON_TYPE,
      contentEncoding: 'gzip',
      body: gzipSync(padded(amount)),
    }),
    answer: 'ingest/payload-too-large',
    reason: 'request_too_large',
    lower: 1_000,
    farOver: 200 * 1_024 * 1_024,
  },
  {
    row: 'M03',
    limit: 'expandedLabelBytes',
    of: expanded,
    answer: 'ingest/payload-invalid',
    reason: 'request_invalid',
    lower: 5_000,
    // Labels are weighed as they are stored, with their lengths.
    besides: 100,
    farOver: 80 * 1_024 * 1_024,
  },
  {
    row: 'M04',
    limit: 'jsonDepth',
    of: nested,
    answer: 'ingest/payload-invalid',
    reason: 'request_invalid',
    lower: 5,
    farOver: 100_000,
  },
  {
    row: 'M05',
    limit: 'samplesPerRequest',
    of: (amount) => metrics({ name: 'up', samples: times(amount, (i) => [NOW_MS - i, 1]) }),
    answer: 'ingest/payload-too-large',
    reason: 'request_too_large',
    lower: 3,
    farOver: 100_000,
  },
  {
    row: 'M06',
    limit: 'logRecordsPerRequest',
    of: (amount) => logs(...times(amount, (i) => ({ ...RECORD, timestamp: NOW_MS - i }))),
    answer: 'ingest/payload-too-large',
    reason: 'request_too_large',
    lower: 3,
    farOver: 50_000,
  },
  {
    // The name of the metric is one of them.
    row: 'M13',
    limit: 'labelsPerSeries',
    of: (amount) => metrics({ ...SAMPLE, labels: named(amount - 1) }),
    answer: 'ingest/payload-invalid',
    reason: 'labels_too_many',
    lower: 3,
  },
  {
    row: 'M14',
    limit: 'labelsPerStream',
    of: (amount) => logs({ ...RECORD, labels: named(amount) }),
    answer: 'ingest/payload-invalid',
    reason: 'labels_too_many',
    lower: 3,
  },
  {
    row: 'M15',
    limit: 'labelNameBytes',
    of: (amount) => metrics({ ...SAMPLE, labels: { ['n'.repeat(amount)]: 'v' } }),
    answer: 'ingest/payload-invalid',
    reason: 'label_name_too_long',
    lower: 10,
    // From 4,096 bytes on no member of an object may have such a name.
    farOver: 4_000,
  },
  {
    row: 'M15',
    limit: 'labelValueBytes',
    of: (amount) => metrics({ ...SAMPLE, labels: { a: 'ü'.repeat(Math.floor(amount / 2)) + 'x'.repeat(amount % 2) } }),
    answer: 'ingest/payload-invalid',
    reason: 'label_value_too_long',
    lower: 10,
  },
  {
    row: 'M13',
    limit: 'attributesPerItem',
    of: (amount) =>
      json('/v1/logs', logsRequest([{ ...POINT, body: { stringValue: 'x' }, attributes: attributes(named(amount)) }])),
    answer: 'ingest/payload-invalid',
    reason: 'attributes_too_many',
    lower: 3,
  },
  {
    row: 'M17',
    limit: 'explicitBuckets',
    of: explicit,
    answer: 'ingest/payload-invalid',
    reason: 'histogram_invalid',
    lower: 5,
    farOver: 100_000,
  },
  {
    row: 'M17',
    limit: 'exponentialBuckets',
    of: exponential,
    answer: 'ingest/payload-invalid',
    reason: 'histogram_invalid',
    lower: 5,
    farOver: 100_000,
  },
  {
    row: 'M16',
    limit: 'logLineBytes',
    // Each of another time: a request that is a repeat is not counted again.
    of: (amount) => logs({ ...RECORD, timestamp: NOW_MS - sent++, message: 'x'.repeat(amount) }),
    // Cut, and kept.
    answer: 200,
    reason: 'line_truncated',
    lower: 10,
    farOver: 1_000_000,
  },
  {
    row: 'M18',
    limit: 'aheadMs',
    of: (amount) => metrics({ ...SAMPLE, timestamp: NOW_MS + amount }),
    answer: 'ingest/payload-invalid',
    reason: 'timestamp_too_far_ahead',
    lower: 2_000,
    farOver: 86_400_000,
  },
  {
    row: 'M11',
    limit: 'newSeriesPerMinute',
    of: (amount) => metrics(...times(amount, (i) => ({ ...SAMPLE, timestamp: NOW_MS - sent++, name: `series_${i}` }))),
    answer: 200,
    reason: 'series_limit',
    lower: 5,
    farOver: 19_000,
  },
  {
    row: 'M12',
    limit: 'logStreams',
    of: (amount) => ({
      path: '/loki/api/v1/push',
      contentType: JSON_TYPE,
      body: JSON.stringify({
        streams: times(amount, (i) => ({ stream: { app: `${i}` }, values: [[nanos(NOW_MS), 'x']] })),
      }),
    }),
    answer: 'ingest/rate-exceeded',
    reason: 'stream_limit',
    lower: 5,
    farOver: 9_000,
  },
];

let house: Awaited<ReturnType<typeof openLimitsHouse>>;
let made = 0;
const newWorkspace = (): string => `workspace${`${made++}`.padStart(6, '0')}`;
const minuteLater = (): void => {
  house.clock.nowMs += 60_000;
};

beforeAll(async () => {
  house = await openLimitsHouse();
});

afterAll(() => house.close());

/** The outcome, and how many items were counted as left out for this reason. */
async function outcome(workspace: string, request: LimitedRequest, reason: string) {
  const before = (await house.discarded(workspace))[reason] ?? 0;
  const answer = await house.send(workspace, request);
  const counted = ((await house.discarded(workspace))[reason] ?? 0) - before;
  return { answer, isCounted: counted > 0 };
}

const TAKEN = { answer: expect.toBeOneOf([200, 204]), isCounted: false };

describe.each(ROWS)('$row the limit $limit', ({ limit, of, answer, reason, lower, farOver, besides = 0 }) => {
  const most = DEFAULT_WORKSPACE_LIMITS[limit];
  // Times ahead are told from the clock.
  const now = (): number => house.clock.nowMs - NOW_MS;
  const ask = (workspace: string, amount: number) =>
    outcome(workspace, of(limit === 'aheadMs' ? amount + now() : amount), reason);
  const refused = { answer, isCounted: true };

  it('lets in what is at it', async () => {
    expect(await ask(newWorkspace(), most)).toEqual(TAKEN);
  });

  it('refuses one over, and counts it', async () => {
    expect(await ask(newWorkspace(), most + 1)).toEqual(refused);
  });

  it('refuses what is far over', async () => {
    expect(await ask(newWorkspace(), farOver ?? most * 10)).toEqual(refused);
  });

  it('is another one a minute after it was set, for this workspace only', async () => {
    const [changed, other] = [newWorkspace(), newWorkspace()];
    // From now on its limits are known for a minute.
    expect(await house.send(changed, metrics(SAMPLE))).toBe(200);
    await house.set(changed, { [limit]: lower });
    minuteLater();

    expect(await ask(changed, lower - besides)).toEqual(TAKEN);
    expect(await ask(changed, lower + 1)).toEqual(refused);
    expect(await ask(other, lower + 1)).toEqual(TAKEN);
  });
});

interface RateRow {
  /** Of the contract. */
  readonly row: string;
  readonly burst: LimitName;
  readonly perSecond: LimitName;
  /** The most that one request may bring. */
  readonly perRequest: number;
  readonly of: (amount: number) => LimitedRequest;
  /** How many items it has, where that is not the amount. */
  readonly itemsOf?: (amount: number) => number;
}

const LINE_BYTES = 60_000;
const linesOf = (bytes: number): number => Math.ceil(bytes / LINE_BYTES);

const RATES: readonly RateRow[] = [
  { row: 'M09', burst: 'requestsBurst', perSecond: 'requestsPerSecond', perRequest: 1, of: () => metrics(SAMPLE) },
  {
    row: 'M07',
    burst: 'samplesBurst',
    perSecond: 'samplesPerSecond',
    perRequest: 20_000,
    of: (amount) => metrics({ name: 'up', samples: times(amount, () => [NOW_MS - sent++, 1]) }),
  },
  {
    row: 'M08',
    burst: 'logRecordsBurst',
    perSecond: 'logRecordsPerSecond',
    perRequest: 10_000,
    of: (amount) => logs(...times(amount, () => ({ ...RECORD, timestamp: NOW_MS - sent++ }))),
  },
  {
    row: 'M08',
    burst: 'logBytesBurst',
    perSecond: 'logBytesPerSecond',
    perRequest: 3_000_000,
    of: (amount) =>
      logs(
        ...times(linesOf(amount), (i) => {
          const message = 'x'.repeat(Math.min(LINE_BYTES, amount - i * LINE_BYTES));
          return { ...RECORD, message, timestamp: NOW_MS - sent++ };
        }),
      ),
    itemsOf: linesOf,
  },
];

describe.each(RATES)('$row the limits $burst and $perSecond', ({ burst, perSecond, perRequest, of, itemsOf }) => {
  const OVER = 'ingest/rate-exceeded';

  /** Sends so many in as few requests as may be; the last answer. */
  async function sendAll(workspace: string, amount: number) {
    let answer: number | string = 0;
    for (let left = amount; left > 0; left -= perRequest) {
      answer = await house.send(workspace, of(Math.min(left, perRequest)));
    }
    return answer;
  }

  it('let in so many at once, refuse one over and all that is far over, and count them', async () => {
    const workspace = newWorkspace();
    expect(await sendAll(workspace, DEFAULT_WORKSPACE_LIMITS[burst])).toBe(200);
    expect(await house.discarded(workspace)).toEqual({});
    expect(await house.send(workspace, of(1))).toBe(OVER);
    for (let i = 0; i < 20; i++) expect(await house.send(workspace, of(perRequest))).toBe(OVER);
    expect(await house.discarded(workspace)).toEqual({ rate_limited: 1 + 20 * (itemsOf?.(perRequest) ?? perRequest) });
  });

  it('let in so many more after a second', async () => {
    const workspace = newWorkspace();
    await sendAll(workspace, DEFAULT_WORKSPACE_LIMITS[burst]);
    house.clock.nowMs += 1_000;
    expect(await sendAll(workspace, DEFAULT_WORKSPACE_LIMITS[perSecond])).toBe(200);
    expect(await house.send(workspace, of(1))).toBe(OVER);
  });

  it('are others a minute after they were set, for this workspace only', async () => {
    const [changed, other] = [newWorkspace(), newWorkspace()];
    for (const workspace of [changed, other]) await house.send(workspace, of(1));
    await house.set(changed, { [burst]: 6, [perSecond]: 2 });
    minuteLater();
    const answersOf = async (workspace: string, count: number) => {
      const answers = [];
      for (let i = 0; i < count; i++) answers.push(await house.send(workspace, of(1)));
      return answers;
    };

    expect(await answersOf(changed, 7)).toEqual([200, 200, 200, 200, 200, 200, OVER]);
    house.clock.nowMs += 1_000;
    expect(await answersOf(changed, 3)).toEqual([200, 200, OVER]);
    expect(await answersOf(other, 10)).not.toContain(OVER);
  });
});

describe('M10 the limit activeSeries', () => {
  const series = (from: number, to: number) =>
    metrics(...times(to - from, (i) => ({ ...SAMPLE, name: `s${from + i}` })));

  it('lets in all up to it, refuses new ones beyond it and counts them, and is another one a minute after it was set', async () => {
    const workspace = newWorkspace();
    await house.set(workspace, { newSeriesPerMinute: 1e6 });
    const step = 10_000;
    for (let from = 0; from < DEFAULT_WORKSPACE_LIMITS.activeSeries; from += step) {
      expect(await house.send(workspace, series(from, from + step))).toBe(200);
    }
    expect(await house.discarded(workspace)).toEqual({});
    expect(await house.send(workspace, series(49_999, 50_001))).toBe(200);
    expect(await house.send(workspace, series(50_001, 50_002))).toBe('ingest/payload-invalid');
    expect(await house.send(workspace, series(60_000, 80_000))).toBe('ingest/payload-invalid');
    expect(await house.discarded(workspace)).toEqual({ series_limit: 20_002 });

    await house.set(workspace, { newSeriesPerMinute: 1e6, activeSeries: 50_003 });
    minuteLater();
    expect(await house.send(workspace, series(70_000, 70_003))).toBe(200);
    expect(await house.send(workspace, series(70_003, 70_004))).toBe('ingest/payload-invalid');
  });
});

it('every limit of a workspace is among these', () => {
  const tested = [...ROWS.map(({ limit }) => limit), ...RATES.flatMap(({ burst, perSecond }) => [burst, perSecond])];
  expect(new Set([...tested, 'activeSeries', ...QUERY_LIMITS, ...MAIL_LIMITS])).toEqual(new Set(LIMIT_NAMES));
});
