import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISK_LABELS, NOW_MS, sampleAnomaly, sampleForecast, samplePrediction } from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

const KEY = 'aaaaaaaaaaaa:read';
const WORKSPACE = 'aaaaaaaaaaaa';

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  const series = {
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 1,
    firstSampleMs: NOW_MS,
  } as const;
  await service.stores.series.put(WORKSPACE, series);
  await service.stores.forecasts.put(WORKSPACE, sampleForecast());
  await service.stores.predictions.put(WORKSPACE, samplePrediction());
  for (let i = 0; i < 3; i++)
    await service.stores.anomalies.put(WORKSPACE, sampleAnomaly({ startedAtMs: NOW_MS - i * 60_000 - 60_000 }));
});

afterAll(() => service.close());

async function firstCursor(path: string): Promise<string> {
  const { json } = await service.ask(path, { key: KEY });
  return String(json.next_cursor);
}

describe('bad queries (J14)', () => {
  it.each([
    ['a negative limit', '/v1/series?limit=-1'],
    ['no limit at all', '/v1/series?limit=0'],
    ['a limit beyond the largest', '/v1/series?limit=1001'],
    ['an enormous limit', '/v1/series?limit=1e9'],
    ['a limit that is no number', '/v1/series?limit=NaN'],
    ['an empty limit', '/v1/series?limit='],
    ['a limit in brackets', '/v1/series?limit[]=1'],
    ['a limit given twice', '/v1/series?limit=1&limit=2'],
    ['from after to', '/v1/anomalies?from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z'],
    ['from equal to to', '/v1/anomalies?from=2026-10-02T00:00:00Z&to=2026-10-02T00:00:00Z'],
    ['ten years of a list', '/v1/anomalies?from=2016-11-01T00:00:00Z'],
    ['ten years of raw samples', '/v1/series/series-disk/samples?from=2016-11-01T00:00:00Z'],
    ['ten years of hours', '/v1/series/series-disk/samples?from=2016-11-01T00:00:00Z&step=1h'],
    ['36 days of raw samples', '/v1/series/series-disk/samples?from=2026-09-26T00:00:00Z'],
    ['11,001 buckets of five minutes', '/v1/series/series-disk/samples?from=2026-09-23T19:15:00Z&step=5m'],
    ['a step of nothing', '/v1/series/series-disk/samples?step=0'],
    ['a step that is not kept', '/v1/series/series-disk/samples?step=1m'],
    ['a time without offset', '/v1/anomalies?from=2026-10-02T00:00:00'],
    ['a day that does not exist', '/v1/anomalies?from=2026-02-30T00:00:00Z'],
    ['a time as a number', '/v1/anomalies?from=1790000000'],
    ['an unknown status', '/v1/predictions?status=maybe'],
    ['a label without a name', '/v1/series?label=:x'],
    ['a pattern for a label', '/v1/series?label=instance=~(a%2B)%2B%24'],
    ['an unknown parameter', '/v1/series?regex=(a%2B)%2B%24'],
    ['a metric longer than any', `/v1/series?metric=${'a'.repeat(2_001)}`],
    ['a cursor of nobody', '/v1/series?cursor=AAAA'],
    ['an empty cursor', '/v1/series?cursor='],
  ])('refuses %s', async (_, path) => {
    const { status, headers, json } = await service.ask(path, { key: KEY });

    expect([status, headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(json).toMatchObject({ status: 400, request_id: 'request-1' });
  });

  it('names the parameters that are allowed', async () => {
    const { json } = await service.ask('/v1/series?lable=a:b', { key: KEY });

    expect(json.detail).toBe('query parameter "lable" is not known; allowed are metric, label, limit, cursor');
  });

  it('says how to write + in a URL', async () => {
    const { json } = await service.ask('/v1/anomalies?from=2026-10-02T00:00:00+01:00', { key: KEY });

    expect(json.detail).toContain('write + as %2B');
  });

  it('takes a pattern literally instead of running it', async () => {
    const { status, json } = await service.ask(`/v1/series?label=instance:(a%2B)%2B%24`, { key: KEY });

    expect([status, json.items]).toEqual([200, []]);
  });

  it('refuses 11,001 raw points and tells to use a step', async () => {
    service.past.samples = {
      timestampsMs: Float64Array.from({ length: 11_001 }, (_, i) => i),
      values: new Float64Array(11_001),
    };

    const { status, json } = await service.ask('/v1/series/series-disk/samples', { key: KEY });

    expect(status).toBe(400);
    expect(json.detail).toContain('step=5m');
  });

  it('serves exactly 11,000 raw points and 11,000 buckets', async () => {
    service.past.samples = {
      timestampsMs: Float64Array.from({ length: 11_000 }, (_, i) => i),
      values: new Float64Array(11_000),
    };

    const raw = await service.ask('/v1/series/series-disk/samples', { key: KEY });
    const buckets = await service.ask('/v1/series/series-disk/samples?from=2026-09-23T19:20:00Z&step=5m', { key: KEY });

    expect([raw.status, buckets.status]).toEqual([200, 200]);
    expect(raw.json.points).toHaveLength(11_000);
  });

  it('refuses a cursor that was altered anywhere', async () => {
    const cursor = await firstCursor('/v1/anomalies?limit=1');

    for (let i = 0; i < cursor.length; i++) {
      const altered = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
      const { status } = await service.ask(`/v1/anomalies?limit=1&cursor=${altered}`, { key: KEY });
      expect(status).toBe(400);
    }
    expect((await service.ask(`/v1/anomalies?limit=1&cursor=${cursor}!`, { key: KEY })).status).toBe(400);
  });

  it('refuses a cursor of another workspace, another list, other filters and yesterday', async () => {
    const cursor = await firstCursor('/v1/anomalies?limit=1');

    const answers = await Promise.all([
      service.ask(`/v1/anomalies?limit=1&cursor=${cursor}`, { key: 'bbbbbbbbbbbb:read' }),
      service.ask(`/v1/issues?limit=1&cursor=${cursor}`, { key: KEY }),
      service.ask(`/v1/anomalies?limit=1&status=open&cursor=${cursor}`, { key: KEY }),
    ]);
    const late = await service.ask(`/v1/anomalies?limit=1&cursor=${cursor}`, { key: KEY, nowMs: NOW_MS + 86_400_000 });
    const good = await service.ask(`/v1/anomalies?limit=2&cursor=${cursor}`, { key: KEY });

    expect([...answers, late].map(({ status, json }) => [status, json.code])).toEqual(
      Array.from({ length: 4 }, () => [400, 'query/cursor-invalid']),
    );
    expect(good.status).toBe(200);
  });
});
