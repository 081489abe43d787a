import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attributes, gauge, type Json, metricsRequest, nanos, sum } from './otlp-request.ts';
import { FORMS, type OtlpStreet, openOtlpStreet } from './otlp-street.ts';
import { NOW_MS } from './write-request.ts';

const MINUTE_MS = 60_000;
let street: OtlpStreet;

beforeEach(async () => {
  // Room for a gauge and one histogram, which becomes five series.
  street = await openOtlpStreet({ active: 6, newPerMinute: 1_000 });
});
afterEach(() => street.close());

const at = (minute: number, more: Json = {}): Json => ({ timeUnixNano: nanos(NOW_MS - minute * MINUTE_MS), ...more });
const point = { count: '4', sum: 6, bucketCounts: ['2', '2'], explicitBounds: [1] };
const histogram = (name: string, dataPoints: readonly Json[]): Json => ({
  name,
  histogram: { aggregationTemporality: 2, dataPoints: dataPoints.map((one) => ({ ...one, ...point })) },
});
const KNOWN = gauge('known', [at(0, { asDouble: 1 })]);

describe.each(FORMS)('new series beyond the limit of the workspace, as %s', (form) => {
  const send = (...metrics: readonly Json[]) => street.send(form, 'metrics', metricsRequest(metrics));

  test('are told by data points: a histogram is one for each time, however many series it becomes', async () => {
    expect(await send(KNOWN, histogram('latency', [at(0)]))).toMatchObject({ http: 200, rejected: 0 });

    const answer = await send(gauge('known', [at(1, { asDouble: 2 })]), histogram('sizes', [at(0), at(1), at(2)]));

    expect(answer).toMatchObject({ http: 200, rejected: 3 });
    expect(answer.message).toContain('3 rejected: series_limit (3)');
    expect(street.discardedOf('series_limit')).toBe(3);
    expect([...(await street.series()).keys()].filter((name) => name.startsWith('sizes'))).toEqual([]);
  });

  test('count a point of which only some series have room', async () => {
    const gauges = [1, 2, 3].map((i) => gauge(`other_${i}`, [at(0, { asDouble: 1 })]));
    await send(...gauges);

    expect(await send(histogram('latency', [at(0), at(1)]))).toMatchObject({ http: 200, rejected: 2 });
  });

  test('count a counter that has just begun once, although its start is a sample too', async () => {
    await send(KNOWN, histogram('latency', [at(0)]));
    const begun = { startTimeUnixNano: nanos(NOW_MS - MINUTE_MS), asInt: '3' };
    const points = ['a', 'b'].map((shop) => at(0, { ...begun, attributes: attributes({ shop }) }));

    expect(await send(gauge('known', [at(2, { asDouble: 3 })]), sum('orders', 2, points))).toMatchObject({
      http: 200,
      rejected: 2,
    });
  });

  test('are 400 where nothing else is sent, with how many there were', async () => {
    await send(KNOWN, histogram('latency', [at(0)]));

    const answer = await send(histogram('sizes', [at(0), at(1)]));

    expect(answer).toMatchObject({ http: 400, code: 3 });
    expect(answer.message).toContain('2 items are refused');
  });
});
