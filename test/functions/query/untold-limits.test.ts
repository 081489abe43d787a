import { afterAll, beforeAll, expect, it } from 'vitest';
import { capacityRows, createCapacityBoard } from '../../../data/forecasts/capacity-board.ts';
import type { UntoldLimit } from '../../../models/domain/forecast.ts';
import { DISK_LIMIT, NOW_MS, sampleForecast } from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const TOLD_LIMIT = { ...DISK_LIMIT, limitId: 'told', value: 0.9, metric: 'disk_size_bytes' };
/** Of a limit that another series told, until a value was put in its place. */
const CHANGED_LIMIT = { ...DISK_LIMIT, limitId: 'changed', value: 100, updatedAtMs: NOW_MS + 1 };

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  for (const limit of [TOLD_LIMIT, CHANGED_LIMIT]) await service.stores.limits.put(WORKSPACE, limit);
  const limitsUntold = [TOLD_LIMIT, CHANGED_LIMIT].map(
    ({ limitId }): UntoldLimit => ({
      limitId,
      metric: 'disk_size_bytes',
      reason: 'limit_series_unknown',
      currentValue: 120,
    }),
  );
  const forecast = sampleForecast({ seriesId: 'disk', labels: [['__name__', 'disk_used_bytes']], limitsUntold });
  const rows = capacityRows({ ...forecast, timeToLimit: [] });
  await createCapacityBoard(service.objects).write(WORKSPACE, 0, rows, NOW_MS);
});

afterAll(() => service.close());

it('GET /v1/capacity names a limit that nobody tells with the reason, and claims nothing', async () => {
  const { json } = await service.ask('/v1/capacity?limit_id=told', { key: `${WORKSPACE}:read` });

  expect(json.items).toEqual([
    expect.objectContaining({
      series_id: 'disk',
      limit_id: 'told',
      reason: 'limit_series_unknown',
      detail: 'No series disk_size_bytes is known. What tells the limit must have the same labels as this series.',
      limit_value: null,
      current_value: 120,
      dates: { p10: null, p50: null, p90: null },
      probability_within_horizon: null,
      never_within_horizon: null,
      already_crossed: false,
      frees: { safe_days: 90, add: null },
    }),
  ]);
});

it('GET /v1/capacity judges it by its value as soon as it has one', async () => {
  const { json } = await service.ask('/v1/capacity?limit_id=changed', { key: `${WORKSPACE}:read` });

  expect(json.items).toEqual([
    expect.objectContaining({ limit_value: 100, already_crossed: true, reason: 'already_crossed' }),
  ]);
});

it('GET /v1/capacity as a table has both in it', async () => {
  const { text } = await service.ask('/v1/capacity?format=csv', { key: `${WORKSPACE}:read` });

  expect(text.split('\r\n')).toHaveLength(4);
  expect(text).toContain(',limit_series_unknown,');
});
