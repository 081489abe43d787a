import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../../models/domain/rollup.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { DISK_LABELS, DISK_LIMIT, NOW_MS } from '../../support/decide-samples.ts';
import { type Answer, openQueryService, type QueryService } from '../../support/query-service.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const SERIES_ID = '00112233445566778899aabbccddeeff';
const HOURS = 60 * 24;
const timeOf = (days: number): string => new Date(NOW_MS + days * DAY_MS).toISOString();

/** Sixty days up to now: fills by a GB a day from 10 and more, with a day of 85 in it, thirty days ago. */
function fill(more = 0): RollupColumns {
  const random = createRandom(1);
  const values = Float64Array.from({ length: HOURS }, (_, hour) => {
    const isPeak = hour >= 30 * 24 && hour < 31 * 24;
    return (isPeak ? 85 : 10 + more + hour / 24 + 0.3 * random.normal()) * 1e9;
  });
  return {
    startsMs: values.map((_, hour) => NOW_MS - (HOURS - hour) * HOUR_MS),
    counts: new Float64Array(HOURS).fill(12),
    sums: values.map((value) => 12 * value),
    mins: values,
    maxs: values,
    lasts: values,
  };
}

const NO_ROLLUPS: RollupColumns = {
  startsMs: new Float64Array(0),
  counts: new Float64Array(0),
  sums: new Float64Array(0),
  mins: new Float64Array(0),
  maxs: new Float64Array(0),
  lasts: new Float64Array(0),
};

let service: QueryService;

beforeAll(async () => {
  service = await openQueryService();
  await service.stores.limits.put(WORKSPACE, DISK_LIMIT);
  await service.stores.limits.put(WORKSPACE, { ...DISK_LIMIT, limitId: 'least', bound: 'min', value: 5e9 });
  await service.stores.series.put(WORKSPACE, {
    seriesId: SERIES_ID,
    labels: DISK_LABELS,
    kind: 'gauge',
    shard: 0,
    firstSampleMs: 0,
  });
});

beforeEach(() => {
  service.past.rollups = fill();
});

afterAll(() => service.close());

function simulate(body: unknown, workspace = WORKSPACE): Promise<Answer> {
  return service.ask('/v1/simulations', {
    method: 'POST',
    key: `${workspace}:read`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

interface Side {
  readonly days: { readonly p50: number | null };
  readonly limit_value: number;
  readonly already_crossed: boolean;
}

/** Days to the middle date, before and after. */
async function daysUnder(what: Record<string, unknown>) {
  const { status, json } = await simulate({ series_id: SERIES_ID, limit_id: DISK_LIMIT.limitId, ...what });
  const [one] = json.limits as { before: Side; after: Side }[];
  return { status, json, before: one?.before.days.p50, after: one?.after.days.p50, limitAfter: one?.after.limit_value };
}

describe('POST /v1/simulations', () => {
  it('tells the new dates beside the old ones, and stores nothing', async () => {
    const { status, json, before, after } = await daysUnder({ growth_pct: 25 });

    // At 70 GB of 100, by one a day: 30 days; of 80, 10 days.
    expect(status).toBe(200);
    expect(before).toBeGreaterThan(28);
    expect(before).toBeLessThan(32);
    expect(after).toBeGreaterThan(8);
    expect(after).toBeLessThan(12);
    expect(json).toMatchObject({ as_of: timeOf(0), step_at: timeOf(0), abstain: null, replayed_hours: null });
    expect((await service.stores.forecasts.list(WORKSPACE, { limit: 10 })).items).toEqual([]);
  });

  it('adds capacity, takes it away, and does either later', async () => {
    const added = await daysUnder({ add_capacity: 50e9 });
    const removed = await daysUnder({ remove_capacity_pct: 20 });
    const later = await daysUnder({ remove_capacity_pct: 50, step_at: timeOf(20) });

    expect(Math.abs(added.after! - 80)).toBeLessThan(4);
    expect(added.limitAfter).toBe(150e9);
    expect(Math.abs(removed.after! - 10)).toBeLessThan(2);
    expect(Math.abs(later.after! - 20)).toBeLessThan(1.5);
    expect(added.before).toBe(removed.before);
  });

  it('says what frees it before and after, for as long as is asked', async () => {
    const { json } = await daysUnder({ remove_capacity_pct: 20, safe_days: 50 });
    const [{ before, after }] = json.limits as [Record<'before' | 'after', { frees: { add: number } }>];

    // At 70 GB by one a day: 120 in 50 days, of 100 and of 80; somewhat more where the pace grows.
    expect(before.frees).toEqual({ safe_days: 50, add: expect.any(Number) });
    expect(Math.abs(before.frees.add - 20e9)).toBeLessThan(8e9);
    expect(Math.abs(after.frees.add - before.frees.add - 20e9)).toBeLessThan(0.1e9);
  });

  it('lifts a limit that is crossed, and the resource is not crossed any more', async () => {
    service.past.rollups = fill(35);
    const { json } = await daysUnder({ add_capacity: 50e9 });
    const [{ before, after }] = json.limits as [Record<'before' | 'after', Side>];

    // At 105 GB of 100; of 150 by one a day, 45 days.
    expect(before.already_crossed).toBe(true);
    expect(after.already_crossed).toBe(false);
    expect(Math.abs(after.days.p50! - 45)).toBeLessThan(3);
  });

  it('lets a stretch of the past come again, times a factor', async () => {
    const replay = { from: timeOf(-31), to: timeOf(-29) };
    const again = await daysUnder({ replay, step_at: timeOf(5) });
    const larger = await daysUnder({ replay: { ...replay, scale: 1.3 }, step_at: timeOf(5) });

    expect(again.json.replayed_hours).toBe(48);
    expect(Math.abs(again.after! - again.before!)).toBeLessThan(2);
    expect(Math.abs(larger.after! - 6)).toBeLessThan(1.1);
  });

  it('asks every limit of the series that the question fits', async () => {
    const idsOf = ({ json }: Answer) => (json.limits as { limit_id: string }[]).map(({ limit_id }) => limit_id).sort();

    expect(idsOf(await simulate({ series_id: SERIES_ID, add_capacity: 1 }))).toEqual(['least', DISK_LIMIT.limitId]);
    const grown = await simulate({ series_id: SERIES_ID, growth_pct: 1 });
    expect(idsOf(grown)).toEqual([DISK_LIMIT.limitId]);
    expect(grown.json.left_out).toEqual([
      { limit_id: 'least', title: DISK_LIMIT.title, detail: expect.stringContaining('this one has min') },
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['', {}],
    ['/growth_pct', { growth_pct: -100 }],
    ['/growth_pct', { growth_pct: '5' }],
    ['/remove_capacity_pct', { remove_capacity_pct: 101 }],
    ['/step_at', { growth_pct: 1, step_at: 'tomorrow' }],
    ['/step_at', { growth_pct: 1, step_at: timeOf(-1) }],
    ['/step_at', { growth_pct: 1, step_at: timeOf(401) }],
    ['/replay', { replay: { from: timeOf(-1), to: timeOf(-2) } }],
    ['/replay', { replay: { from: timeOf(-1), to: timeOf(1) } }],
    ['/replay', { replay: { from: timeOf(-40), to: timeOf(-1) } }],
    ['/safe_days', { growth_pct: 1, safe_days: 0 }],
    ['/replay/scale', { replay: { from: timeOf(-2), to: timeOf(-1), scale: 0 } }],
    ['', { growth_pct: 1, colour: 'red' }],
  ])('refuses with a pointer to "%s": %j', async (pointer, what) => {
    const { status, json } = await simulate({ series_id: SERIES_ID, ...what });

    expect([status, json.code]).toEqual([400, 'platform/request-invalid']);
    expect(json.errors).toContainEqual({ pointer, detail: expect.any(String) });
  });

  it('refuses what the series or its limits cannot answer, and says why', async () => {
    const least = await simulate({ series_id: SERIES_ID, limit_id: 'least', growth_pct: 1 });
    const unknown = await simulate({ series_id: SERIES_ID, limit_id: 'another', add_capacity: 1 });

    expect([least.status, least.json.detail]).toEqual([400, expect.stringContaining('this one has min')]);
    expect(least.json.errors).toEqual([{ pointer: '/limit_id', detail: expect.any(String) }]);
    expect([unknown.status, unknown.json.detail]).toEqual([
      400,
      expect.stringContaining('/limit_id: no limit with this id applies to this series'),
    ]);
    expect((await simulate({ series_id: 'ffff', growth_pct: 1 })).status).toBe(404);
    expect((await simulate({ series_id: SERIES_ID, growth_pct: 1 }, 'bbbbbbbbbbbb')).status).toBe(404);
  });

  it('has no answer for a series without a past, and none of a replay of nothing', async () => {
    const replay = { from: timeOf(-300), to: timeOf(-299) };
    expect((await simulate({ series_id: SERIES_ID, replay })).json.detail).toContain(
      '/replay: the series has no value',
    );
    service.past.rollups = NO_ROLLUPS;
    expect((await simulate({ series_id: SERIES_ID, growth_pct: 1 })).status).toBe(404);
  });
});
