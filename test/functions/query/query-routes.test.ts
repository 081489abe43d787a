import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import {
  DISK_LABELS,
  hourlyRollups,
  NOW_MS,
  sampleAnomaly,
  sampleChange,
  sampleForecast,
  sampleIssue,
  samplePrediction,
  sampleTimeToLimit,
} from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const KEY = `${WORKSPACE}:read`;
const NAME = {
  series_id: 'series-disk',
  metric: 'disk_used_bytes',
  labels: { instance: 'db-1', service: 'orders-db' },
};

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  const { stores } = service;
  await stores.series.put(WORKSPACE, {
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 3,
    firstSampleMs: NOW_MS,
  });
  await stores.forecasts.put(WORKSPACE, sampleForecast());
  await stores.predictions.put(WORKSPACE, samplePrediction());
  await stores.anomalies.put(WORKSPACE, sampleAnomaly());
  await stores.issues.put(WORKSPACE, sampleIssue());
  await stores.changes.put(WORKSPACE, sampleChange());
});

afterAll(() => service.close());

const get = (path: string, headers: Record<string, string> = {}) => service.ask(path, { key: KEY, headers });

describe('answers', () => {
  it('tell a series', async () => {
    expect((await get('/v1/series/series-disk')).json).toEqual({
      ...NAME,
      kind: 'gauge',
      first_sample_at: '2026-11-01T00:00:00.000Z',
    });
  });

  it('tell raw samples of the last day where no time is given', async () => {
    service.past.samples = { timestampsMs: Float64Array.of(NOW_MS - 1_000), values: Float64Array.of(0.1) };

    const { json } = await get('/v1/series/series-disk/samples');

    expect(json).toEqual({
      ...NAME,
      step: 'raw',
      from: '2026-10-31T00:00:00.000Z',
      to: '2026-11-01T00:00:00.000Z',
      points: [{ time: '2026-10-31T23:59:59.000Z', value: 0.1 }],
    });
    expect(service.past.asked.at(-1)).toEqual({ workspace: WORKSPACE, shard: 3, seriesId: 'series-disk' });
  });

  it('tell rollups by hour', async () => {
    service.past.rollups = hourlyRollups(NOW_MS - HOUR_MS, [4]);

    const { json } = await get('/v1/series/series-disk/samples?step=1h&from=2026-10-31T23:00:00Z');

    expect(json.points).toEqual([{ time: '2026-10-31T23:00:00.000Z', count: 1, mean: 4, min: 4, max: 4, last: 4 }]);
  });

  it('tell an anomaly', async () => {
    expect((await get(`/v1/anomalies/${sampleAnomaly().anomalyId}`)).json).toMatchObject({
      metric: 'request_latency_ms',
      type: 'spike',
      started_at: '2026-10-31T23:00:00.000Z',
      ended_at: null,
      duration_seconds: 600,
      initial_score: 1.2,
      score: 2.5,
    });
  });

  it('tell a prediction', async () => {
    expect((await get(`/v1/predictions/${samplePrediction().predictionId}`)).json).toMatchObject({
      ...NAME,
      status: 'open',
      claim: { limit_id: 'limit-disk', bound: 'max', value: 100e9, lead_time: '7d' },
      window: { p10: '2026-11-07T00:00:00.000Z', p50: '2026-11-10T00:00:00.000Z', p90: '2026-11-15T00:00:00.000Z' },
      act_by: '2026-10-31T00:00:00.000Z',
      settled_at: null,
      notice_seconds: null,
    });
  });

  it('tell an issue and a change', async () => {
    expect((await get(`/v1/issues/${sampleIssue().issueId}`)).json).toMatchObject({
      kind: 'anomaly',
      opened_at: '2026-10-31T23:00:00.000Z',
    });
    expect((await get('/v1/changes')).json.items).toMatchObject([{ kind: 'deploy', at: '2026-10-31T22:00:00.000Z' }]);
  });

  it('tell health to anyone, and say what is wrong without seeming down', async () => {
    const degraded = await openQueryService({
      readHealth: async () => ({ status: 'degraded', version: '0.1.0', watermarkMs: null, counts: {} }),
      cursorSecret: async () => 'a secret fetched',
    });

    expect((await service.ask('/v1/health')).json).toEqual({
      status: 'ok',
      version: '0.1.0',
      watermark: '2026-11-01T00:00:00.000Z',
      counts: { series: 2 },
    });
    expect(await degraded.ask('/v1/health')).toMatchObject({
      status: 200,
      json: { status: 'degraded', watermark: null },
    });
    expect((await degraded.ask('/v1/series', { key: KEY })).json).toEqual({ items: [], next_cursor: null });
    await degraded.close();
  });

  it('tell usage', async () => {
    expect((await get('/v1/usage')).json).toEqual({
      since: '2026-11-01T00:00:00.000Z',
      accepted: { samples: 10 },
      discarded: { [WORKSPACE]: { count: 1, first_at: '2026-11-01T00:00:00.000Z', last_at: null } },
      muted_points: { calendar: 3 },
      limits: expect.objectContaining({
        active_series: { limit: 50_000, current: 7 },
        samples_per_second: { limit: 10_000, current: null },
        label_name_bytes: { limit: 1_024, current: null },
      }),
    });
  });
});

describe('forecasts', () => {
  it('come as a summary in a list, with paths one by one', async () => {
    const summary = (await get('/v1/forecasts?metric=disk_used_bytes&label=service:orders-db')).json.items as object[];
    const { json } = await get('/v1/forecasts/series-disk');

    expect(summary).toHaveLength(1);
    expect(summary[0]).not.toHaveProperty('daily');
    expect(json).toMatchObject({
      ...summary[0],
      daily: { start: '2026-11-01T00:00:00.000Z', step_seconds: 86_400, p50: [80e9] },
    });
    expect((await get('/v1/forecasts?metric=other')).json.items).toEqual([]);
  });

  it('say the time to a limit in dates and in days', async () => {
    const { json } = await get('/v1/forecasts/series-disk');

    expect(json.time_to_limit).toMatchObject([
      {
        days: { p10: 6, p50: 9, p90: 14 },
        dates: { p50: '2026-11-10T00:00:00.000Z' },
        slack_days: -1,
        already_crossed: false,
        reason: 'crossing_predicted',
      },
    ]);
  });

  it.each([
    [
      'null, where it is not within the horizon',
      { p10Ms: null, p50Ms: null, p90Ms: null, slackMs: null, neverWithinHorizon: true },
      null,
      'never_within_horizon',
    ],
    ['null for the quantiles beyond the horizon', { p50Ms: null, p90Ms: null }, null, 'unlikely_within_horizon'],
    ['negative, where it is crossed already', { alreadyCrossed: true }, -1 / 24, 'already_crossed'],
  ])('give days as %s', async (_, time, p50, reason) => {
    const forecast = sampleForecast({ seriesId: 'series-other', timeToLimit: [sampleTimeToLimit(time)] });
    await service.stores.forecasts.put(WORKSPACE, forecast);

    const { json } = await get('/v1/forecasts/series-other');

    expect(json.time_to_limit).toMatchObject([{ days: { p50 }, dates: { p50: null }, reason }]);
  });

  it('say why there is none', async () => {
    const forecast = sampleForecast({
      seriesId: 'series-short',
      hourly: null,
      daily: null,
      skill: null,
      abstain: { reason: 'too_short', detail: '3 of 14 days' },
      timeToLimit: [sampleTimeToLimit({ p10Ms: null, p50Ms: null, p90Ms: null })],
    });
    await service.stores.forecasts.put(WORKSPACE, forecast);

    expect((await get('/v1/forecasts/series-short')).json).toMatchObject({
      daily: null,
      skill: null,
      abstain: { reason: 'too_short', detail: '3 of 14 days' },
      time_to_limit: [{ reason: 'too_short' }],
    });
  });

  it('are sent once to who remembers their ETag', async () => {
    const { headers } = await get('/v1/forecasts/series-disk');
    const etag = String(headers.etag);

    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(await get('/v1/forecasts/series-disk', { 'if-none-match': known })).toMatchObject({
        status: 304,
        text: '',
        headers: { etag },
      });
    }
    expect((await get('/v1/forecasts/series-disk', { 'if-none-match': '"other"' })).status).toBe(200);
    await service.stores.forecasts.put(WORKSPACE, sampleForecast({ madeAtMs: NOW_MS + DAY_MS }));
    expect((await get('/v1/forecasts/series-disk', { 'if-none-match': etag })).status).toBe(200);
  });
});
