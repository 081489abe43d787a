import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capacityRows, createCapacityBoard } from '../../../data/forecasts/capacity-board.ts';
import type { TimeToLimit } from '../../../models/domain/forecast.ts';
import { DAY_MS } from '../../../models/domain/rollup.ts';
import { DISK_LIMIT, NOW_MS, sampleForecast, sampleTimeToLimit } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const ADDITIONS = [30, 90, 180, 365].map((days) => ({ days, amount: days * 1e9 }));

let service: QueryService;

/** A row of the board; slack in days, null for one that is never crossed. */
function rowOf(seriesId: string, slackDays: number | null, change: Partial<TimeToLimit> = {}, instance = 'db-1') {
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
    [...rowOf('late', 40), ...rowOf('never', null, { probabilityWithinHorizon: 0 }), ...gone],
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
    expect(idsOf(await ask())).toEqual(['over', 'soon', 'late', 'maybe', 'never']);
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
    expect(idsOf(await ask('?label=instance:db-1'))).toEqual(['over', 'late', 'maybe', 'never']);
    expect(idsOf(await ask('?metric=cpu'))).toEqual([]);
    expect(idsOf(await ask('?metric=disk_used_bytes&limit_id=removed'))).toEqual([]);
    expect(idsOf(await ask(`?limit_id=${DISK_LIMIT.limitId}`))).toHaveLength(5);
  });

  it('comes in pages', async () => {
    const first = await ask('?limit=2');
    const second = await ask(`?limit=2&cursor=${encodeURIComponent(String(first.json.next_cursor))}`);
    const third = await ask(`?limit=2&cursor=${encodeURIComponent(String(second.json.next_cursor))}`);

    expect([first, second, third].flatMap(idsOf)).toEqual(['over', 'soon', 'late', 'maybe', 'never']);
    expect(third.json.next_cursor).toBeNull();
  });

  it('is a table where one is asked for, in which nothing is a formula', async () => {
    const { status, headers, text } = await ask('', { accept: 'text/csv' });
    const lines = text.split('\r\n');

    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(/^resource,series_id,limit_id,.*,safe_days,add,action$/);
    expect(lines[2]).toContain('"disk_used_bytes{instance=""=HYPERLINK');
    expect(lines[3]).toContain(
      ',late,limit-disk,data disk,max,bytes,80000000000,100000000000,2026-12-18T00:00:00.000Z,',
    );
    expect(lines[3]).toMatch(/,90,90000000000,order a larger disk$/);
  });

  it('knows nothing of other workspaces', async () => {
    expect(idsOf(await ask('', {}, 'bbbbbbbbbbbb'))).toEqual([]);
  });

  it.each([
    ['?safe_days=45', 'safe_days must be one of 30, 90, 180, 365, got "45"'],
    ['?within=3d', 'query parameter "within" is not known'],
    ['?label=x', 'label must be NAME:VALUE'],
    ['?limit=0', 'limit must be a whole number from 1 to 1000'],
  ])('refuses %s', async (query, detail) => {
    const { status, json } = await ask(query);

    expect([status, json.code]).toEqual([400, 'platform/request-invalid']);
    expect(json.detail).toContain(detail);
  });
});
