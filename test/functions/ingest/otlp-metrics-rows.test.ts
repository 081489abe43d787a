import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COUNTER_RATE_FLOATS, counterRate } from '../../../models/detect/counter-rate.ts';
import { WORKSPACE } from './ingest-street.ts';
import { attributes, encodeMessage, gauge, type Json, metricsRequest, nanos, sum } from './otlp-request.ts';
import { FORMS, type OtlpStreet, openOtlpStreet } from './otlp-street.ts';
import { NOW_MS } from './write-request.ts';

const NOW = nanos(NOW_MS);
const MINUTE_MS = 60_000;
const SHOP = 'job="shop",service="shop"';

let street: OtlpStreet;

beforeAll(async () => {
  street = await openOtlpStreet();
});
afterAll(() => street.close());
beforeEach(async () => {
  await street.series();
  street.discarded.clear();
});

let made = 0;
/** A value of this test's own, as a request that was stored before is not stored again. */
const fresh = (): number => 1_000 + made++;
const at = (timestampMs: number, value: number, more: Json = {}): Json => ({
  timeUnixNano: nanos(timestampMs),
  asDouble: value,
  ...more,
});
const good = (value: number = fresh()): Json => gauge('good', [at(NOW_MS, value)]);
const STORED = { http: 200, rejected: 0, message: '' };

describe.each(FORMS)('OTLP metrics as %s', (form) => {
  const send = (message: Json) => street.send(form, 'metrics', message);
  const sendMetrics = (...metrics: readonly Json[]) => send(metricsRequest(metrics));
  const names = async () => [...(await street.series()).keys()].toSorted();

  /** Refused, while the good one beside it is stored. */
  async function expectPartial(metric: Json, reason: string, rejected = 1): Promise<void> {
    const answer = await sendMetrics(metric, good());
    expect(answer).toMatchObject({ http: 200, rejected });
    expect(answer.message).toContain(`${rejected} rejected: ${reason} (${rejected})`);
    expect(await names()).toEqual([`good{${SHOP}}`]);
    expect(street.discardedOf(reason)).toBe(rejected);
  }

  test.each([
    {},
    { resourceMetrics: [] },
    { resourceMetrics: [{}, { scopeMetrics: [{}, { metrics: [] }] }] },
    { resourceMetrics: [{ scopeMetrics: [{ metrics: [{}, { name: 'a', gauge: {} }] }] }] },
  ])('O01 nothing to store is a success: %j', async (message) => {
    const answer = await send(message);
    expect(answer).toMatchObject({ ...STORED, bodyBytes: form === 'json' ? 2 : 0 });
    expect(await names()).toEqual([]);
  });

  test('O07 a point without time is rejected', async () => {
    await expectPartial(gauge('a', [{ asDouble: 1 }]), 'timestamp_missing');
  });

  test('O09 nanoseconds above 2^53 are exact to the millisecond', async () => {
    const times = [NOW_MS - 2, NOW_MS - 1, NOW_MS];
    const points = times.map((timeMs) => ({ timeUnixNano: nanos(timeMs, '999999'), asDouble: fresh() }));
    expect(await sendMetrics(gauge('a', points))).toMatchObject(STORED);
    const { samples } = (await street.series()).get(`a{${SHOP}}`)!;
    expect(samples.map(([timeMs]) => timeMs)).toEqual(times);
  });

  test.each([
    ['ten minutes and a second ahead', NOW_MS + 601_000, 'timestamp_too_far_ahead'],
    ['before the year 2000', Date.UTC(1999, 11, 31), 'timestamp_too_old'],
  ])('O10 a time %s is rejected', async (_what, timeMs, reason) => {
    await expectPartial(gauge('a', [at(timeMs, 1)]), reason);
  });

  test('O10 history within the window, and nearly ten minutes ahead, is stored', async () => {
    const answer = await sendMetrics(gauge('a', [at(Date.UTC(2020, 1, 1), fresh()), at(NOW_MS + 599_000, 1)]));
    expect(answer).toMatchObject(STORED);
  });

  test('O11 every kind of metric becomes series, and one without data is ignored', async () => {
    const value = fresh();
    const time = { timeUnixNano: NOW };
    const answer = await sendMetrics(
      gauge('memory.used', [at(NOW_MS, value)], 'By'),
      sum('requests', 2, [{ ...time, asInt: `${value}` }]),
      {
        name: 'latency',
        unit: 's',
        histogram: {
          aggregationTemporality: 2,
          dataPoints: [{ ...time, count: '4', sum: 6, bucketCounts: ['2', '2', '0'], explicitBounds: [1, 2] }],
        },
      },
      {
        name: 'sizes',
        exponentialHistogram: {
          aggregationTemporality: 2,
          dataPoints: [{ ...time, count: '2', sum: 4, scale: 0, positive: { offset: 0, bucketCounts: ['0', '2'] } }],
        },
      },
      {
        name: 'pauses',
        summary: { dataPoints: [{ ...time, count: '3', sum: 9, quantileValues: [{ quantile: 0.5, value: 3 }] }] },
      },
      { name: 'nothing' },
    );
    expect(answer).toMatchObject(STORED);
    const stored = await street.series();
    const seen = [...stored].map(([name, { kind, samples }]) => `${name} ${kind} ${samples[0]?.[1]}`);
    const quantile = (share: number) => `job="shop",quantile="${share}",service="shop"`;
    expect(seen.toSorted()).toEqual(
      [
        `memory_used_bytes{${SHOP}} gauge ${value}`,
        `requests_total{${SHOP}} counter ${value}`,
        `latency_seconds_count{${SHOP}} counter 4`,
        `latency_seconds_sum{${SHOP}} counter 6`,
        `latency_seconds{${quantile(0.5)}} gauge 1`,
        `latency_seconds{${quantile(0.9)}} gauge 1.8`,
        `latency_seconds{${quantile(0.99)}} gauge 1.98`,
        `sizes_count{${SHOP}} counter 2`,
        `sizes_sum{${SHOP}} counter 4`,
        `sizes{${quantile(0.5)}} gauge ${2 * 2 ** 0.5}`,
        `sizes{${quantile(0.9)}} gauge ${2 * 2 ** 0.9}`,
        `sizes{${quantile(0.99)}} gauge ${2 * 2 ** 0.99}`,
        `pauses_count{${SHOP}} counter 3`,
        `pauses_sum{${SHOP}} counter 9`,
        `pauses{${quantile(0.5)}} gauge 3`,
      ].toSorted(),
    );
  });

  test('O12 a sum that does not say its temporality is rejected', async () => {
    await expectPartial(sum('a', 0, [at(NOW_MS, 1), at(NOW_MS - 1, 2)]), 'temporality_invalid', 2);
  });

  test('O13 a delta is a rate over its interval, and the same interval again counts once', async () => {
    const interval = { startTimeUnixNano: nanos(NOW_MS - MINUTE_MS) };
    const rate = fresh();
    const point = at(NOW_MS, rate * 60, interval);
    const answer = await sendMetrics(sum('requests', 1, [point, { ...point }]));
    expect(answer).toMatchObject(STORED);
    const { kind, samples } = (await street.series()).get(`requests_per_second{${SHOP}}`)!;
    expect(kind).toBe('gauge');
    expect(samples).toEqual([[NOW_MS, rate, false]]);
    expect(street.discardedOf('duplicate')).toBe(1);
  });

  test('O13 overlapping intervals are two rates, neither added to the other', async () => {
    const value = fresh();
    const from = { startTimeUnixNano: nanos(NOW_MS - MINUTE_MS) };
    await sendMetrics(sum('requests', 1, [at(NOW_MS - MINUTE_MS / 2, value, from), at(NOW_MS, value, from)]));
    const { samples } = (await street.series()).get(`requests_per_second{${SHOP}}`)!;
    expect(samples.map(([, rate]) => rate)).toEqual([value / 30, value / 60]);
  });

  test('O13 a delta without an interval is no rate', async () => {
    await expectPartial(sum('a', 1, [at(NOW_MS, 1)]), 'interval_missing');
  });

  test('O14 a sum that also falls is a gauge', async () => {
    await sendMetrics(sum('queue', 2, [at(NOW_MS, -fresh())], { isMonotonic: false }));
    expect((await street.series()).get(`queue{${SHOP}}`)?.kind).toBe('gauge');
  });

  test('O14 a counter that began anew says so, and its rate is never negative', async () => {
    const before = { startTimeUnixNano: nanos(NOW_MS - 3_600_000) };
    const after = { startTimeUnixNano: nanos(NOW_MS - 5_000) };
    const points = [
      at(NOW_MS - 60_000, fresh(), before),
      at(NOW_MS - 30_000, fresh() * 2, before),
      at(NOW_MS, 3, after),
    ];
    expect(await sendMetrics(sum('orders', 2, points))).toMatchObject(STORED);
    const { samples } = (await street.series()).get(`orders_total{${SHOP}}`)!;
    expect(samples.slice(2)).toEqual([
      [NOW_MS - 5_000, 0, false],
      [NOW_MS, 3, false],
    ]);
    const state = new Float64Array(COUNTER_RATE_FLOATS);
    const rates = samples.map(([timeMs, value]) => counterRate(state, timeMs, value));
    expect(rates.at(-1)).toBeCloseTo(0.6, 12);
    expect(rates.filter((rate) => rate < 0)).toEqual([]);
  });

  test('O14 a start after the time is rejected', async () => {
    await expectPartial(sum('a', 2, [at(NOW_MS, 1, { startTimeUnixNano: nanos(NOW_MS + 1) })]), 'start_after_time');
  });

  test.each<[string, Json]>([
    ['counts that do not fit the bounds', { count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [1] }],
    ['bounds out of order', { count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [2, 1] }],
    ['equal bounds', { count: '3', bucketCounts: ['1', '1', '1'], explicitBounds: [1, 1] }],
    ['a bound that is NaN', { count: '2', bucketCounts: ['1', '1'], explicitBounds: [Number.NaN] }],
    ['counts that do not add up', { count: '4', bucketCounts: ['1', '1'], explicitBounds: [1] }],
    ['more buckets than allowed', { count: '201', bucketCounts: Array(201).fill('1'), explicitBounds: range(200) }],
  ])('O15 a histogram with %s is rejected', async (_what, point) => {
    const bounds = (point.explicitBounds as number[]).map((bound) =>
      form === 'json' && Number.isNaN(bound) ? 'NaN' : bound,
    );
    const dataPoints = [{ timeUnixNano: NOW, ...point, explicitBounds: bounds }];
    await expectPartial({ name: 'a', histogram: { aggregationTemporality: 2, dataPoints } }, 'histogram_invalid');
  });

  test.each<[string, Json]>([
    ['scale 2^31 − 1', { scale: 2 ** 31 - 1, positive: { offset: 0, bucketCounts: ['2'] } }],
    ['scale −2^31', { scale: -(2 ** 31), positive: { offset: 0, bucketCounts: ['2'] } }],
    ['the least offset', { scale: 0, positive: { offset: -(2 ** 31), bucketCounts: ['2'] } }],
    ['161 buckets', { scale: 0, positive: { offset: 0, bucketCounts: [...Array(160).fill('0'), '2'] } }],
    ['counts that do not add up', { scale: 0, zeroCount: '1', negative: { offset: 0, bucketCounts: ['2'] } }],
  ])('O16 an exponential histogram with %s is rejected', async (_what, point) => {
    const dataPoints = [{ timeUnixNano: NOW, count: '2', ...point }];
    await expectPartial(
      { name: 'a', exponentialHistogram: { aggregationTemporality: 2, dataPoints } },
      'histogram_invalid',
    );
  });

  test('O16 a million buckets are rejected without keeping them', async () => {
    // As JSON this is near the limit of a body.
    const bucketCounts = Array(form === 'json' ? 700_000 : 1_000_000).fill(form === 'json' ? 0 : '0');
    const dataPoints = [{ timeUnixNano: NOW, count: '0', bucketCounts, explicitBounds: [] }];
    if (form === 'json') {
      await expectPartial({ name: 'a', histogram: { aggregationTemporality: 2, dataPoints } }, 'histogram_invalid');
    } else {
      const positive = { offset: 0, bucketCounts };
      const point = { timeUnixNano: NOW, count: '0', scale: 0, positive };
      const exponentialHistogram = { aggregationTemporality: 2, dataPoints: [point] };
      await expectPartial({ name: 'a', exponentialHistogram }, 'histogram_invalid');
    }
  });

  test('O17 a point that says there is no value any more ends its series; NaN is a value that is none', async () => {
    const value = form === 'json' ? 'NaN' : Number.NaN;
    expect(
      await sendMetrics(
        gauge('gone', [{ timeUnixNano: NOW, flags: 1 }]),
        gauge('nan', [{ timeUnixNano: NOW, asDouble: value, attributes: attributes({ run: `${fresh()}` }) }]),
        { name: 'durations', histogram: { aggregationTemporality: 2, dataPoints: [{ timeUnixNano: NOW, flags: 1 }] } },
      ),
    ).toMatchObject(STORED);
    const stored = await street.series();
    const ended = [...stored]
      .filter(([, { samples }]) => samples[0]?.[2] === true)
      .map(([name]) => name.replace(/{.*/, ''));
    expect(ended.toSorted()).toEqual([
      'durations',
      'durations',
      'durations',
      'durations_count',
      'durations_sum',
      'gone',
    ]);
    const [nan] = [...stored].filter(([name]) => name.startsWith('nan')).map(([, { samples }]) => samples[0]);
    expect(nan).toEqual([NOW_MS, Number.NaN, false]);
  });

  test('O18 of equal attribute keys the first one stands, with a warning, each time', async () => {
    const twice = [...attributes({ color: 'red' }), ...attributes({ color: 'blue' })];
    for (let i = 0; i < 2; i++) {
      const answer = await sendMetrics(gauge('a', [at(NOW_MS - i, fresh(), { attributes: twice })]));
      expect(answer).toMatchObject({ http: 200, rejected: 0 });
      expect(answer.message).toContain('"color"');
      expect(await names()).toEqual([`a{color="red",${SHOP}}`]);
    }
  });

  test('O18 an empty key is dropped, arrays, maps and bytes become canonical JSON, cut at the limit of a value', async () => {
    const list = {
      arrayValue: { values: [{ stringValue: 'x' }, { intValue: '9007199254740993' }, { boolValue: true }] },
    };
    const map = {
      kvlistValue: {
        values: [
          { key: 'b', value: { doubleValue: 1.5 } },
          { key: 'a', value: {} },
        ],
      },
    };
    const all = attributes({
      '': 'dropped',
      list,
      map,
      bytes: { bytesValue: 'AAEC' },
      long: { arrayValue: { values: [{ stringValue: 'ä'.repeat(3_000) }] } },
    });
    expect(await sendMetrics(gauge('a', [at(NOW_MS, fresh(), { attributes: all })]))).toMatchObject(STORED);
    const part = (await street.series()).keys().next().value!;
    expect(part).toContain(`bytes=${JSON.stringify('"AAEC"')}`);
    expect(part).toContain(`list=${JSON.stringify('["x",9007199254740993,true]')}`);
    expect(part).toContain(`map=${JSON.stringify('{"a":null,"b":1.5}')}`);
    expect(part).toContain(`long=${JSON.stringify(`["${'ä'.repeat(1_023)}`)}`);
    expect(part).not.toContain('dropped');
  });

  test('O18 129 attributes are rejected', async () => {
    const many = attributes(Object.fromEntries(range(129).map((i) => [`k${i}`, 'v'])));
    await expectPartial(gauge('a', [at(NOW_MS, 1, { attributes: many })]), 'attributes_too_many');
  });

  test('O19 10,000 resource attributes reject the points of that resource only', async () => {
    const bloated = metricsRequest(
      [gauge('a', [at(NOW_MS, 1), at(NOW_MS - 1, 2)])],
      Object.fromEntries(range(10_000).map((i) => [`k${i}`, 'v'])),
    );
    const answer = await send({
      resourceMetrics: [bloated, metricsRequest([good()])].flatMap(({ resourceMetrics }) => resourceMetrics as Json[]),
    });
    expect(answer).toMatchObject({ http: 200, rejected: 2 });
    expect(await names()).toEqual([`good{${SHOP}}`]);
  });

  test.each([
    ['', 'metric_name_missing'],
    ['x'.repeat(2_049), 'metric_name_too_long'],
    ['…', 'metric_name_invalid'],
  ])('O20 the metric name %j is rejected', async (name, reason) => {
    await expectPartial(gauge(name, [at(NOW_MS, 1)]), reason);
  });

  test('O20 names with odd characters are stored by the rules of Prometheus', async () => {
    await sendMetrics(gauge('<script>alert(1)\n</script>', [at(NOW_MS, fresh())]), gauge('größe', [at(NOW_MS, 1)]));
    expect(await names()).toEqual([`größe{${SHOP}}`, `script_alert_1_script{${SHOP}}`]);
  });

  test('O21 without service.name it is an unknown service', async () => {
    await send(metricsRequest([good()], { 'host.name': 'a' }));
    expect(await names()).toEqual(['good{host_name="a",job="unknown_service",service="unknown_service"}']);
  });

  test('O22 the same point twice in a request counts once', async () => {
    const value = fresh();
    expect(await sendMetrics(gauge('a', [at(NOW_MS, value), at(NOW_MS, value + 1)]))).toMatchObject(STORED);
    expect((await street.series()).get(`a{${SHOP}}`)?.samples).toEqual([[NOW_MS, value, false]]);
    expect(street.discardedOf('duplicate')).toBe(1);
  });

  test('O23 with no good point the request is refused, and every example says where it stands', async () => {
    const answer = await sendMetrics(
      gauge('a', []),
      gauge(
        'b',
        [at(NOW_MS, 1), at(0, 1)].map((p) => ({ ...p, timeUnixNano: '0' })),
      ),
    );
    expect(answer).toMatchObject({ http: 400, code: 3 });
    expect(answer.message).toContain('2 items are refused, nothing is stored');
    expect(answer.violations.map(({ field }) => field)).toEqual([
      'resourceMetrics[0].scopeMetrics[0].metrics[1].gauge.dataPoints[0]',
      'resourceMetrics[0].scopeMetrics[0].metrics[1].gauge.dataPoints[1]',
    ]);
    expect(answer.violations[0]?.description).toContain('timeUnixNano');
    expect(street.discardedOf('timestamp_missing')).toBe(2);
  });

  test('O24 10,000 bad points of 20,000: the others are stored, and the message stays short', async () => {
    const run = `${fresh()}`;
    const points = range(20_000).map((i) => ({
      timeUnixNano: i % 2 === 0 ? nanos(NOW_MS - i) : '0',
      asDouble: i,
      attributes: attributes({ run }),
    }));
    const answer = await sendMetrics(gauge('a', points));
    expect(answer).toMatchObject({ http: 200, rejected: 10_000 });
    expect(Buffer.byteLength(answer.message)).toBeLessThanOrEqual(1_024);
    expect([...(await street.series()).values()][0]?.samples.length).toBe(10_000);
  });

  test('O24 20,001 points are too large', async () => {
    const answer = await sendMetrics(
      gauge(
        'a',
        range(20_001).map((i) => at(NOW_MS - i, i)),
      ),
    );
    expect(answer).toMatchObject({ http: 413, code: 8 });
  });

  test('a replay is answered as it was the first time', async () => {
    const message = metricsRequest([gauge('a', [at(NOW_MS, fresh()), { asDouble: 1 }])]);
    const first = await send(message);
    expect(await send(message)).toEqual(first);
    expect(street.discarded.get(`${WORKSPACE} timestamp_missing`)).toBe(1);
  });
});

test('the same points as protobuf and as JSON are the same segment', async () => {
  const point = at(NOW_MS, fresh(), { attributes: attributes({ b: { intValue: '7' }, a: 'x' }) });
  const message = metricsRequest([gauge('same', [point]), sum('n', 2, [point])]);
  await street.send('protobuf', 'metrics', message);
  const before = (await street.segments()).length;
  await street.send('json', 'metrics', message);
  expect((await street.segments()).length).toBe(before);
});

test('O05 unknown fields of protobuf are passed over', async () => {
  const message = encodeMessage('MetricsRequest', metricsRequest([good()]));
  const unknown = Buffer.from([0xa2, 0x06, 0x03, 1, 2, 3, 0xa8, 0x06, 0x05]);
  expect(await street.sendBytes('protobuf', 'metrics', Buffer.concat([unknown, message]))).toMatchObject(STORED);
  expect((await street.series()).size).toBe(1);
});

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
