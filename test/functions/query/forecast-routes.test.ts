import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createForecastArchive } from '../../../data/forecasts/forecast-archive.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { NOW_MS, sampleForecast, sampleTimeToLimit } from '../../support/decide-samples.ts';
import { openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const SERIES_ID = '00000001445566778899aabbccddeeff';
const timeOf = (days: number): string => new Date(NOW_MS + days * DAY_MS).toISOString();
/** Of this series' shard, of four. */
const SHARD = 1;

let service: QueryService;

const forecastAt = (days: number, skill = sampleForecast().skill) =>
  sampleForecast({
    seriesId: SERIES_ID,
    madeAtMs: NOW_MS + days * DAY_MS,
    skill,
    timeToLimit: [
      sampleTimeToLimit({ datesMs: [1, 2, 3, 5, 10, 15, 20].map((day) => NOW_MS + (days + day) * DAY_MS) }),
    ],
  });

beforeAll(async () => {
  service = await openQueryService();
  await service.stores.forecasts.put(WORKSPACE, forecastAt(0, { ...sampleForecast().skill!, coverage95: 0.94 }));
  const archive = createForecastArchive(service.objects);
  for (const days of [-10, -5]) await archive.keep(WORKSPACE, SHARD, [forecastAt(days)], NOW_MS + days * DAY_MS);
});

afterAll(() => service.close());

const ask = (query = '', headers = {}) =>
  service.ask(`/v1/forecasts/${SERIES_ID}${query}`, { key: `${WORKSPACE}:read`, headers });

describe('GET /v1/forecasts/{seriesId}', () => {
  it('tells the skill against both naive forecasts, and the coverage of both ranges', async () => {
    expect((await ask()).json.skill).toEqual({
      mase: 0.5,
      mase_last_value: 1,
      mase_seasonal_naive: 1,
      skill: 0.5,
      coverage_80: 0.82,
      coverage_95: 0.94,
      origins: 12,
    });
    expect((await ask(`?as_of=${timeOf(-5)}`)).json.skill).toMatchObject({ coverage_95: null });
  });

  it('names the limits whose value nobody tells, and which series should', async () => {
    const labels = [
      ['__name__', 'disk_used_bytes'],
      ['device', 'sda1'],
    ] as const;
    const limitsUntold = (['limit_series_unknown', 'limit_series_silent'] as const).map((reason, k) => ({
      limitId: `limit-${k}`,
      metric: 'disk_size_bytes',
      reason,
      currentValue: 1,
    }));
    const forecast = sampleForecast({ seriesId: 'untold', labels, timeToLimit: [], limitsUntold });
    await service.stores.forecasts.put(WORKSPACE, forecast);

    const { json } = await service.ask('/v1/forecasts/untold', { key: `${WORKSPACE}:read` });

    expect(json.limits_untold).toEqual([
      {
        limit_id: 'limit-0',
        reason: 'limit_series_unknown',
        detail:
          'No series disk_size_bytes{device="sda1"} is known. What tells the limit must have the same labels as this series.',
      },
      {
        limit_id: 'limit-1',
        reason: 'limit_series_silent',
        detail: 'disk_size_bytes{device="sda1"} tells the limit, and has had no value for two days.',
      },
    ]);
    expect((await ask()).json).not.toHaveProperty('limits_untold');
  });

  it('answers what was forecast then', async () => {
    const madeAt = async (days: number) => (await ask(`?as_of=${timeOf(days)}`)).json.made_at;

    expect(await madeAt(1)).toBe(timeOf(0));
    expect(await madeAt(0)).toBe(timeOf(0));
    expect(await madeAt(-1)).toBe(timeOf(-5));
    expect(await madeAt(-7)).toBe(timeOf(-10));
  });

  it('has one ETag for each forecast, whenever it is asked for', async () => {
    const now = await ask();
    const then = await ask(`?as_of=${timeOf(-1)}`);

    expect(then.headers.etag).not.toBe(now.headers.etag);
    expect((await ask('', { 'if-none-match': String(now.headers.etag) })).status).toBe(304);
    expect((await ask(`?as_of=${timeOf(-2)}`, { 'if-none-match': String(then.headers.etag) })).status).toBe(304);
  });

  it('tells the probability of any window', async () => {
    const within = async (query: string) =>
      ((await ask(query)).json.time_to_limit as { probability_within: Record<string, number> }[])[0]!
        .probability_within;

    expect(Object.keys(await within(''))).toEqual(['1d', '7d', '30d', '90d', '180d', '365d']);
    expect((await within('?within=10d'))['10d']).toBeCloseTo(0.1);
    // Between the second and the third day: 1 % and 2.5 %, told to a thousandth.
    expect((await within('?within=60h'))['60h']).toBe(0.018);
  });

  it('tells the probability of a first crossing between two dates', async () => {
    const between = async (query: string) =>
      ((await ask(query)).json.time_to_limit as { probability_between?: unknown }[])[0]!.probability_between;
    const window = (from: number, to: number) => ({ from: timeOf(from), to: timeOf(to) });

    expect(await between('')).toBeUndefined();
    expect(await between(`?from=${timeOf(5)}&to=${timeOf(15)}`)).toEqual({ ...window(5, 15), probability: 0.1 });
    expect(await between(`?from=${timeOf(-5)}&to=${timeOf(0)}`)).toEqual({ ...window(-5, 0), probability: 0 });
  });

  it('tells windows in the list too', async () => {
    const { json } = await service.ask('/v1/forecasts?within=10d', { key: `${WORKSPACE}:read` });
    const [first] = json.items as { time_to_limit: { probability_within: Record<string, number> }[] }[];

    expect(first!.time_to_limit[0]!.probability_within['10d']).toBeCloseTo(0.1);
  });

  it('says so where nothing of then is kept', async () => {
    const { status, json } = await ask(`?as_of=${timeOf(-11)}`);

    expect([status, json.detail]).toEqual([404, expect.stringContaining('no forecast of this series is kept')]);
  });

  it.each([
    ['?as_of=yesterday', 'as_of'],
    ['?within=401d', 'within must be a duration like 36h or 45d, at most 400d, got "401d"'],
    ['?within=soon', 'within must be'],
    [`?from=${timeOf(1)}`, 'to is missing'],
    [`?from=${timeOf(1)}&to=${timeOf(1)}`, 'from must be before to'],
    ['?at=1', 'allowed are as_of, within, from, to'],
  ])('refuses %s', async (query, detail) => {
    const { status, json } = await ask(query);

    expect([status, json.detail]).toEqual([400, expect.stringContaining(detail)]);
  });
});
