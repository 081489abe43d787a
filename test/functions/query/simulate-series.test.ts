import { expect, it } from 'vitest';
import { createCapacityBoard } from '../../../data/forecasts/capacity-board.ts';
import { createForecastArchive } from '../../../data/forecasts/forecast-archive.ts';
import { createOlderDaysStore } from '../../../data/forecasts/older-days.ts';
import { seriesIdOf } from '../../../data/segments/series-id.ts';
import { createForecastShard } from '../../../functions/forecast/forecast-shard.ts';
import { forecastInThread } from '../../../functions/forecast/forecasting.ts';
import { createSimulate, type SimulateAsk } from '../../../functions/query/simulate-series.ts';
import type { Calendar } from '../../../models/domain/calendar.ts';
import type { Forecast } from '../../../models/domain/forecast.ts';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../../models/domain/rollup.ts';
import type { Labels, Series } from '../../../models/domain/series.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { hourlyRollups } from '../../support/decide-samples.ts';
import { limitOf } from '../../support/hourly-shapes.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';

const WORKSPACE = 'aaaaaaaaaaaa';
const NOW_MS = 1_000 * DAY_MS + HOUR_MS / 2;
const LABELS: Labels = [
  ['__name__', 'disk_used_bytes'],
  ['device', 'sda1'],
];
const SERIES: Series = {
  seriesId: seriesIdOf(WORKSPACE, LABELS),
  labels: LABELS,
  kind: 'gauge',
  shard: 0,
  firstSampleMs: 0,
};
const CAPACITY_ID = seriesIdOf(WORKSPACE, [
  ['__name__', 'disk_size_bytes'],
  ['device', 'sda1'],
]);
const TOLD: Limit = {
  ...limitOf(0.5),
  selector: [{ name: '__name__', value: 'disk_used_bytes' }],
  metric: 'disk_size_bytes',
};

const random = createRandom(2);
/** Of 50 days up to now, by one a day up to 60. */
const used = hourlyRollups(
  1_000 * DAY_MS - 50 * DAY_MS,
  Array.from({ length: 50 * 24 }, (_, hour) => 10 + hour / 24 + 0.2 * random.normal()),
);
const size = hourlyRollups(1_000 * DAY_MS - DAY_MS, Array<number>(24).fill(200));

function within(rows: RollupColumns, fromMs: number, toMs: number): RollupColumns {
  const first = rows.startsMs.findIndex((startMs) => startMs >= fromMs);
  const end = rows.startsMs.findLastIndex((startMs) => startMs < toMs) + 1;
  const cut = (column: Float64Array): Float64Array => (first < 0 ? new Float64Array(0) : column.slice(first, end));
  const { startsMs, counts, sums, mins, maxs, lasts } = rows;
  return {
    startsMs: cut(startsMs),
    counts: cut(counts),
    sums: cut(sums),
    mins: cut(mins),
    maxs: cut(maxs),
    lasts: cut(lasts),
  };
}

function ask(
  change: Partial<SimulateAsk> = {},
  series: Readonly<Record<string, RollupColumns>> = {},
  limit = TOLD,
  calendars: readonly Calendar[] = [],
) {
  const stored: Readonly<Record<string, RollupColumns>> = { [SERIES.seriesId]: used, [CAPACITY_ID]: size, ...series };
  const simulate = createSimulate({
    readHours: async (_workspace, seriesId, fromMs, toMs) => within(stored[seriesId]!, fromMs, toMs),
    listLimits: async () => [limit],
    listCalendars: async () => calendars,
    readNeural: async () => () => null,
    timeZone: 'UTC',
  });
  const scenario = { growthPct: 0, addCapacity: 0, removeCapacityPct: 0, fromMs: NOW_MS };
  return simulate({
    workspace: WORKSPACE,
    series: SERIES,
    limitId: undefined,
    scenario,
    replay: null,
    nowMs: NOW_MS,
    ...change,
  });
}

it('compares with the capacity that another series tells, and without a change with itself', async () => {
  const { limits, abstain, watermarkMs } = (await ask())!;

  expect([abstain, watermarkMs, limits.length]).toEqual([null, 1_000 * DAY_MS, 1]);
  expect(limits[0]!.before.limitValue).toBe(100);
  expect(limits[0]!.after).toEqual(limits[0]!.before);
  expect(Math.abs(limits[0]!.before.p50Ms! - (NOW_MS + 40 * DAY_MS))).toBeLessThan(2 * DAY_MS);
});

it('gives what frees it in the units of the limit', async () => {
  const scenario = { growthPct: 100, addCapacity: 0, removeCapacityPct: 0, fromMs: NOW_MS };
  const { before, after } = (await ask({ scenario }))!.limits[0]!;

  // Twice the load: twice 60 and 30 days of two a day, less the 100 there are.
  expect(before.additions!.find(({ days }) => days === 30)!.amount).toBeLessThan(0);
  expect(Math.abs(after.additions!.find(({ days }) => days === 30)!.amount - 80)).toBeLessThan(5);
  expect(after).toMatchObject({ limitValue: 100, alreadyCrossed: true });
});

it('has no limit to ask where nobody tells its value, and no answer without a past', async () => {
  const none = within(size, 0, 0);

  const untold = (await ask({}, { [CAPACITY_ID]: none }))!;

  expect(untold.limits).toEqual([]);
  expect(untold.leftOut).toEqual([{ limit: TOLD, detail: expect.stringContaining('disk_size_bytes{device="sda1"}') }]);
  expect(await ask({}, { [SERIES.seriesId]: none })).toBeUndefined();
});

it('tells later changes of the limit in its own units', async () => {
  const limit = { ...TOLD, changes: [1, 9].map((day) => ({ fromMs: NOW_MS + day * DAY_MS, value: 80 + day })) };
  const { metric: _, ...plain } = limit;
  const scenario = { growthPct: 100, addCapacity: 5, removeCapacityPct: 0, fromMs: NOW_MS + 4 * DAY_MS };
  const { after } = (await ask({ scenario }, {}, { ...plain, value: 100 }))!.limits[0]!;

  expect(after).toMatchObject({ limitValue: 86, limitChanges: [{ fromMs: NOW_MS + 9 * DAY_MS, value: 94 }] });
});

/** Of 400 days: every 29th there is a fair. */
const FAIR_DAYS = Array.from({ length: 20 }, (_, k) => 850 + 29 * k);
const FAIR: Calendar = {
  calendarId: 'fair',
  title: '',
  timeZone: 'UTC',
  selector: [],
  muteAlerts: false,
  excludeFromTraining: false,
  shiftMs: 0,
  events: FAIR_DAYS.map((day) => ({
    title: 'fair',
    start: new Date(day * DAY_MS).toISOString().slice(0, 19),
    end: null,
    durationMs: DAY_MS,
    timeZone: null,
    rrule: null,
    except: [],
    also: [],
  })),
  updatedAtMs: NOW_MS,
};

it('knows the same dates before as the forecast room, also of half a year and with a calendar', async () => {
  const startMs = 1_000 * DAY_MS - 180 * DAY_MS - 5 * HOUR_MS;
  const long = hourlyRollups(
    startMs,
    Array.from({ length: 180 * 24 + 5 }, (_, hour) => {
      const isFair = FAIR_DAYS.includes(Math.floor((startMs + hour * HOUR_MS) / DAY_MS));
      return 10 + hour / 480 + 6 * Math.sin(hour / 4) + (isFair ? 72 : 0) + random.normal();
    }),
  );
  const stored: Readonly<Record<string, RollupColumns>> = { [SERIES.seriesId]: long, [CAPACITY_ID]: size };
  const forecasts: Forecast[] = [];
  const objects = createMemoryObjects();
  const forecastShard = createForecastShard({
    readHours: async (_workspace, _shard, fromMs, toMs) =>
      new Map(Object.entries(stored).map(([id, rows]) => [id, within(rows, fromMs, toMs)])),
    countSeries: async () => 2,
    seriesAtOnce: 2,
    readSeriesHours: async (_workspace, { seriesId }, fromMs, toMs) => within(stored[seriesId]!, fromMs, toMs),
    getSeries: async () => [SERIES],
    listLimits: async () => [TOLD],
    listCalendars: async () => [FAIR],
    putForecasts: async (_workspace, batch) => void forecasts.push(...batch),
    archive: createForecastArchive(objects),
    writeCapacity: createCapacityBoard(objects).write,
    olderDays: createOlderDaysStore(objects),
    putAside: () => Promise.reject(new Error('nothing is refused here')),
    shardCount: 1,
    timeZone: 'UTC',
  });
  const forecasting = forecastInThread({ timeZone: 'UTC', neural: undefined });
  await forecastShard({ workspace: WORKSPACE, shard: 0, nowMs: NOW_MS, forecasting });
  const { before } = (await ask({}, { [SERIES.seriesId]: long }, TOLD, [FAIR]))!.limits[0]!;

  // The line reaches the limit after more than four years, a fair much sooner.
  expect(FAIR_DAYS).toContain(Math.floor(before.p50Ms! / DAY_MS));
  expect(forecasts[0]!.timeToLimit).toEqual([before]);
});
