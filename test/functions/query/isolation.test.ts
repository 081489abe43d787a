import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DISK_LABELS,
  DISK_LIMIT,
  NOW_MS,
  sampleAnomaly,
  sampleChange,
  sampleForecast,
  sampleIssue,
  samplePrediction,
} from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

const OWNER = 'bbbbbbbbbbbb';
const STRANGER = 'aaaaaaaaaaaa';

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  const { stores } = service;
  await stores.series.put(OWNER, {
    seriesId: 'series-disk',
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 1,
    firstSampleMs: NOW_MS,
  });
  await stores.forecasts.put(OWNER, sampleForecast());
  await stores.predictions.put(OWNER, samplePrediction());
  await stores.anomalies.put(OWNER, sampleAnomaly());
  await stores.issues.put(OWNER, sampleIssue());
  await stores.changes.put(OWNER, sampleChange());
  await stores.limits.put(OWNER, DISK_LIMIT);
});

afterAll(() => service.close());

const LISTS = ['series', 'forecasts', 'predictions', 'anomalies', 'issues', 'changes', 'limits'];
const THINGS = [
  '/v1/series/series-disk',
  '/v1/series/series-disk/samples',
  '/v1/forecasts/series-disk',
  `/v1/predictions/${samplePrediction().predictionId}`,
  `/v1/anomalies/${sampleAnomaly().anomalyId}`,
  `/v1/issues/${sampleIssue().issueId}`,
];

describe('isolation of workspaces', () => {
  it.each(LISTS)('lists %s to their owner only', async (list) => {
    const own = await service.ask(`/v1/${list}`, { key: `${OWNER}:read` });
    const other = await service.ask(`/v1/${list}`, { key: `${STRANGER}:read`, headers: { 'x-scope-orgid': OWNER } });

    expect(own.json.items).toHaveLength(1);
    expect(other.json).toEqual({ items: [], next_cursor: null });
  });

  it.each(THINGS)('shows %s to its owner and is 404 to others, as if it were not there', async (path) => {
    const own = await service.ask(path, { key: `${OWNER}:read` });
    const other = await service.ask(path, { key: `${STRANGER}:read` });
    const absent = await service.ask(path.replace(/[^/]+(?=$|\/samples$)/, 'absent'), { key: `${STRANGER}:read` });

    expect([own.status, other.status]).toEqual([200, 404]);
    expect({ ...other.json, instance: '' }).toEqual({ ...absent.json, instance: '' });
  });

  it("neither deletes nor changes another workspace's limit", async () => {
    const removed = await service.ask(`/v1/limits/${DISK_LIMIT.limitId}`, {
      method: 'DELETE',
      key: `${STRANGER}:admin`,
    });

    expect(removed.status).toBe(404);
    expect(await service.stores.limits.get(OWNER, DISK_LIMIT.limitId)).toBeDefined();
  });

  it('counts usage by workspace', async () => {
    const { json } = await service.ask('/v1/usage', { key: `${STRANGER}:read` });

    expect(Object.keys(json.discarded as object)).toEqual([STRANGER]);
  });

  it.each([
    [401, undefined, 'GET', '/v1/series'],
    [403, `${OWNER}:ingest`, 'GET', '/v1/series'],
    [403, `${OWNER}:read`, 'PUT', '/v1/limits'],
    [403, `${OWNER}:read`, 'DELETE', '/v1/limits/x'],
    [405, `${OWNER}:read`, 'POST', '/v1/series'],
    [200, undefined, 'GET', '/v1/health'],
  ] as const)('A03 answers %i to the key %s for %s %s', async (status, key, method, path) => {
    const answer = await service.ask(path, { method, ...(key !== undefined && { key }) });

    expect(answer.status).toBe(status);
  });
});
