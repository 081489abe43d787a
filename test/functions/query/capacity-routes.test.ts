import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capacityRows, createCapacityBoard } from '../../../data/forecasts/capacity-board.ts';
import type { Forecast, TimeToLimit } from '../../../models/domain/forecast.ts';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import type { Labels, Series } from '../../../models/domain/series.ts';
import { DISK_LIMIT, hourlyRollups, NOW_MS, sampleForecast, sampleTimeToLimit } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const NOW = new Date(NOW_MS).toISOString();
const timeOf = (days: number): string => new Date(NOW_MS + days * DAY_MS).toISOString();
const ADDITIONS = [30, 90, 180, 365].map((days) => ({ days, amount: days * 1e9 }));

/** Beyond the limit, by slack, by likelihood, without a forecast, never. */
const ALL = ['over', 'soon', 'odd', 'late', 'maybe', 'mute', 'ever'];

let service: QueryService;

/** A row of the board; slack in days, null for one that is never crossed. */
function rowOf(
  seriesId: string,
  slackDays: number | null,
  change: Partial<TimeToLimit> = {},
  instance = 'db-1',
  abstain: Forecast['abstain'] = null,
) {
  const p10Ms = slackDays === null ? null : NOW_MS + slackDays * DAY_MS + DISK_LIMIT.leadTimeMs;
  const time = sampleTimeToLimit({
    slackMs: slackDays === null ? null : slackDays * DAY_MS,
    p10Ms,
    additions: ADDITIONS,
    ...change,
  });
  return capacityRows(
    sampleForecast({
      seriesId,
      abstain,
      timeToLimit: [time],
      labels: [
        ['__name__', 'disk_used_bytes'],
        ['instance', instance],
      ],
    }),
  );
}

beforeAll(async () => {
  service = await openQueryService();
  await service.stores.limits.put(WORKSPACE, DISK_LIMIT);
  const board = createCapacityBoard(service.objects);
  const gone = capacityRows(sampleForecast({ seriesId: 'gone', watermarkMs: NOW_MS - 8 * DAY_MS }));
  await board.write(
    WORKSPACE,
    0,
    [...rowOf('late', 40), ...rowOf('ever', null, { probabilityWithinHorizon: 0, neverWithinHorizon: true }), ...gone],
    NOW_MS,
  );
  await board.write(
    WORKSPACE,
    3,
    [
      ...rowOf('maybe', null, { probabilityWithinHorizon: 0.08 }),
      ...rowOf('soon', -3, {}, '=HYPERLINK("x"),y'),
      ...rowOf('over', -7, { alreadyCrossed: true }),
      ...rowOf('orphan', 1, { limitId: 'removed' }),
      ...rowOf(
        'odd',
        20,
        {
          additions: [{ days: 30, amount: 12_345_678_901 }],
          datesMs: [1, 2, 3, 5, 10].map((day) => NOW_MS + day * DAY_MS),
        },
        'odd',
      ),
      ...rowOf(
        'mute',
        null,
        { p50Ms: null, p90Ms: null, probabilityWithinHorizon: 0, datesMs: [], additions: undefined },
        'mute',
        { reason: 'no_skill', detail: 'It wanders.' },
      ),
    ],
    NOW_MS,
  );
});

afterAll(() => service.close());

const ask = (query = '', headers = {}, workspace = WORKSPACE): Promise<Answer> =>
  service.ask(`/v1/capacity${query}`, { key: `${workspace}:read`, headers });

const idsOf = ({ json }: Answer): readonly string[] =>
  (json.items as { series_id: string }[]).map(({ series_id }) => series_id);

describe('GET /v1/capacity', () => {
  it('lists those beyond their limit, then by slack, then by how likely they cross at all', async () => {
    expect(idsOf(await ask())).toEqual(ALL);
  });

  it('says of each when, how surely, until when to act, and what frees it', async () => {
    const items = (await ask('?safe_days=180')).json.items as Record<string, unknown>[];

    expect(items[1]).toMatchObject({
      series_id: 'soon',
      limit_id: DISK_LIMIT.limitId,
      title: 'data disk',
      unit: 'bytes',
      lead_time: '7d',
      limit_value: 100e9,
      dates: { p10: '2026-11-05T00:00:00.000Z' },
      slack_days: -3,
      act_by: '2026-10-29T00:00:00.000Z',
      frees: { safe_days: 180, add: 180e9 },
      action: 'order a larger disk',
      reason: 'crossing_predicted',
    });
    expect(items[0]).toMatchObject({ already_crossed: true, act_by: null, reason: 'already_crossed' });
  });

  it('can be narrowed by metric, label and limit', async () => {
    expect(idsOf(await ask('?label=instance:db-1'))).toEqual(['over', 'late', 'maybe', 'ever']);
    expect(idsOf(await ask('?metric=cpu'))).toEqual([]);
    expect(idsOf(await ask('?metric=disk_used_bytes&limit_id=removed'))).toEqual([]);
    expect(idsOf(await ask(`?limit_id=${DISK_LIMIT.limitId}`))).toHaveLength(7);
  });

  it('comes in pages', async () => {
    const first = await ask('?limit=2');
    const second = await ask(`?limit=2&cursor=${encodeURIComponent(String(first.json.next_cursor))}`);
    const third = await ask(`?limit=3&cursor=${encodeURIComponent(String(second.json.next_cursor))}`);

    expect([first, second, third].flatMap(idsOf)).toEqual(ALL);
    expect(third.json.next_cursor).toBeNull();
  });

  it.each([
    ['one day', 1, 30e9],
    ['what is kept', 90, 90e9],
    ['days in between', 45, 45e9],
    ['days in between, upwards to four digits', 97, 97e9],
    ['more than was kept', 400, null],
  ])('says what frees it for %s', async (_, days, add) => {
    const items = (await ask(`?safe_days=${days}`)).json.items as Record<string, unknown>[];

    expect(items[1]!.frees).toEqual({ safe_days: days, add });
  });

  it('rounds what frees it upwards', async () => {
    const items = (await ask('?safe_days=30&label=instance:odd')).json.items as Record<string, unknown>[];

    expect(items.map(({ frees }) => frees)).toEqual([{ safe_days: 30, add: 12_350_000_000 }]);
  });

  it('tells the probability of a window, on from the forecast or between two dates', async () => {
    const dates = `from=${timeOf(5)}&to=${timeOf(10)}`;
    const items = (await ask(`?within=10d&${dates}&label=instance:odd`)).json.items as Record<string, unknown>[];

    expect(items[0]).toMatchObject({
      probability_within: { '10d': 0.1 },
      probability_between: { from: timeOf(5), to: timeOf(10), probability: 0.05 },
    });
  });

  it('claims nothing of what has no forecast, and says why', async () => {
    const items = (await ask('?label=instance:mute')).json.items as Record<string, unknown>[];

    expect(items[0]).toMatchObject({
      reason: 'no_skill',
      detail: 'It wanders.',
      probability_within_lead_time: null,
      probability_within_horizon: null,
      probability_within: null,
      never_within_horizon: null,
      already_crossed: false,
      frees: { add: null },
    });
  });

  it.each([
    ['the header Accept', '', { accept: 'text/html, text/csv;q=0.9' }],
    ['a parameter', '?format=csv', { accept: 'application/json' }],
  ])('is a table where one is asked for by %s, in which nothing is a formula', async (_, query, accept) => {
    const { status, headers, text } = await ask(query, accept);
    const lines = text.split('\r\n');

    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(headers['content-disposition']).toBe('attachment; filename="capacity-2026-11-01.csv"');
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/^resource,series_id,limit_id,.*,reason,detail,safe_days,add,action,made_at$/);
    expect(lines[2]).toContain('"disk_used_bytes{instance=""=HYPERLINK');
    expect(lines[4]).toContain(
      ',late,limit-disk,data disk,max,bytes,80000000000,100000000000,2026-12-18T00:00:00.000Z,',
    );
    expect(lines[4]).toMatch(/,crossing_predicted,,90,90000000000,order a larger disk,2026-11-01T00:00:00.000Z$/);
    expect(lines.find((line) => line.includes('mute'))).toContain(',,,no_skill,It wanders.,90,,');
  });

  it('is JSON where a table is asked for last of all, or not at all', async () => {
    for (const accept of ['*/*', 'text/csv;q=0', 'text/csvs', 'text/csv;q=none', 'text/csv;q=0.5, application/json']) {
      expect((await ask('', { accept })).headers['content-type']).toBe('application/json');
    }
  });

  it('is a table in pages where a limit is given, with columns for the windows', async () => {
    const { text, headers } = await ask('?format=csv&limit=2&within=45d');
    const next = /<(.*)>; rel="next"/.exec(String(headers.link))![1]!;
    const second = await service.ask(next, { key: `${WORKSPACE}:read` });
    const idsIn = (table: string) =>
      table
        .split('\r\n')
        .slice(1, -1)
        .map((line) => /,([a-z]+),limit-disk,/.exec(line)?.[1]);

    expect(text.split('\r\n')[0]).toMatch(/,made_at,probability_within_45d$/);
    expect([...idsIn(text), ...idsIn(second.text)]).toEqual(['over', 'soon', 'odd', 'late']);
  });

  describe('after a limit was put anew', () => {
    const put = async (change: Partial<Limit>) => {
      await service.stores.limits.put(WORKSPACE, { ...DISK_LIMIT, ...change, updatedAtMs: NOW_MS + 1 });
      const { items } = (await ask('?label=instance:odd')).json as { items: Record<string, unknown>[] };
      return items[0]!;
    };

    afterAll(() => service.stores.limits.put(WORKSPACE, DISK_LIMIT));

    it('with another lead time, slack and probability follow it', async () => {
      const item = await put({ leadTimeMs: 5 * DAY_MS });

      expect(item).toMatchObject({ lead_time: '5d', slack_days: 22, probability_within_lead_time: 0.05 });
      expect(item.reason).toBe('crossing_predicted');
    });

    it('with another value, its dates are not told before the next forecast', async () => {
      const item = await put({ value: 90e9 });

      expect(item).toMatchObject({ limit_value: 90e9, reason: 'limit_changed', slack_days: null, act_by: null });
      expect(item).toMatchObject({ dates: { p10: null }, probability_within_horizon: null, frees: { add: null } });
      expect(item.detail).toContain('come with the next one');
    });

    it('that is crossed, this is seen at once', async () => {
      expect(await put({ value: 70e9 })).toMatchObject({ already_crossed: true, reason: 'already_crossed' });
      expect(await put({ bound: 'min', value: 70e9 })).toMatchObject({ already_crossed: false });
    });

    it('that another series tells, its value is not known yet', async () => {
      const item = await put({ metric: 'disk_size_bytes', value: 0.9 });

      expect(item).toMatchObject({ limit_value: null, reason: 'limit_changed', already_crossed: false });
    });
  });

  it('forecasts a limit that is newer than the forecasts when it is asked for', async () => {
    const labels: Labels = [
      ['__name__', 'queue_depth'],
      ['queue', 'orders'],
    ];
    const record = { seriesId: '00000001445566778899aabbccddeeff', labels, kind: 'gauge', shard: 1, firstSampleMs: 0 };
    await service.stores.series.put(WORKSPACE, record as Series);
    const limit = { ...DISK_LIMIT, limitId: 'queue', selector: [{ name: 'queue', value: 'orders' }], value: 70 };
    await service.stores.limits.put(WORKSPACE, { ...limit, updatedAtMs: NOW_MS + 1 });
    // From 10 by one a day for 50 days: ten more.
    const values = Array.from({ length: 50 * 24 }, (_, hour) => 10 + hour / 24 + 0.2 * Math.sin(hour * hour));
    service.past.rollups = hourlyRollups(NOW_MS - 50 * DAY_MS, values);
    const { items } = (await ask('?limit_id=queue')).json as { items: Record<string, unknown>[] };
    const elsewhere = await ask('?label=instance:db-1');
    await service.stores.limits.delete(WORKSPACE, 'queue');

    expect(items).toMatchObject([{ series_id: record.seriesId, reason: 'crossing_predicted', made_at: timeOf(0) }]);
    expect(Math.abs((items[0]!.days as { p50: number }).p50 - 10)).toBeLessThan(1);
    expect(idsOf(elsewhere)).not.toContain(record.seriesId);
  });

  it('knows nothing of other workspaces', async () => {
    expect(idsOf(await ask('', {}, 'bbbbbbbbbbbb'))).toEqual([]);
  });

  it.each([
    ['?safe_days=0', 'safe_days must be a whole number from 1 to 400, got "0"'],
    ['?safe_days=45d', 'safe_days must be a whole number from 1 to 400, got "45d"'],
    ['?within=401d', 'within must be a duration like 36h or 45d, at most 400d'],
    [`?from=${NOW}`, 'to is missing: a window has both from and to'],
    ['?format=xlsx', 'format must be one of json, csv, got "xlsx"'],
    ['?slack=1', 'query parameter "slack" is not known'],
    ['?label=x', 'label must be NAME:VALUE'],
    ['?limit=0', 'limit must be a whole number from 1 to 1000'],
  ])('refuses %s', async (query, detail) => {
    const { status, json } = await ask(query);

    expect([status, json.code]).toEqual([400, 'platform/request-invalid']);
    expect(json.detail).toContain(detail);
  });
});
