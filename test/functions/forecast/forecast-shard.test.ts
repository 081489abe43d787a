import { describe, expect, it } from 'vitest';
import { createCapacityBoard } from '../../../data/forecasts/capacity-board.ts';
import { createForecastArchive } from '../../../data/forecasts/forecast-archive.ts';
import { createOlderDaysStore } from '../../../data/forecasts/older-days.ts';
import { encodeBody } from '../../../data/item-rules.ts';
import { createForecastShard, type ForecastShardDeps } from '../../../functions/forecast/forecast-shard.ts';
import { forecastInThread } from '../../../functions/forecast/forecasting.ts';
import type { Calendar } from '../../../models/domain/calendar.ts';
import type { Forecast } from '../../../models/domain/forecast.ts';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../../models/domain/rollup.ts';
import type { Series } from '../../../models/domain/series.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { createMemoryObjects } from '../../support/memory-objects.ts';
import { seriesIdFor } from '../../support/shard-states.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 10, 20);
const HOURS = 24 * 28;

/** Four weeks of complete hours of this shape, ending now. */
function hoursOf(shape: (hour: number) => number, hours = HOURS): RollupColumns {
  const endMs = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS;
  const values = Float64Array.from({ length: hours }, (_, hour) => shape(hour));
  return {
    startsMs: values.map((_, hour) => endMs - (hours - hour) * HOUR_MS),
    counts: new Float64Array(hours).fill(12),
    sums: values.map((value) => 12 * value),
    mins: values,
    maxs: values,
    lasts: values,
  };
}

function seriesNamed(number: number, name: string): Series {
  return { seriesId: seriesIdFor(number), labels: [['__name__', name]], kind: 'gauge', shard: 0, firstSampleMs: 0 };
}

function limitOn(name: string): Limit {
  return {
    limitId: `limit on ${name}`,
    title: name,
    selector: [{ name: '__name__', value: name }],
    bound: 'max',
    value: 100,
    unit: '%',
    leadTimeMs: 7 * DAY_MS,
    probability: 0.5,
    action: 'act',
    updatedAtMs: 0,
  };
}

interface Given {
  readonly rollups: ReadonlyMap<string, RollupColumns>;
  readonly series: readonly Series[];
  readonly limits?: readonly Limit[];
  readonly calendars?: readonly Calendar[];
  readonly seriesAtOnce?: number;
  /** Hours of long ago, for who asks for one series. */
  readonly older?: ReadonlyMap<string, RollupColumns>;
}

function openRoom(given: Given) {
  const { rollups, series, limits = [], calendars = [], seriesAtOnce = 1_000, older = new Map() } = given;
  const objects = createMemoryObjects();
  const long: { seriesId: string; fromMs: number }[] = [];
  const batches: (readonly Forecast[])[] = [];
  const aside: { readonly id: string; readonly why: string }[] = [];
  const asked: { fromMs: number; toMs: number }[] = [];
  const deps: ForecastShardDeps = {
    readHours: async (_workspace, _shard, fromMs, toMs, places = { from: 0, to: rollups.size }) => {
      asked.push({ fromMs, toMs });
      return new Map([...rollups].slice(places.from, places.to));
    },
    countSeries: async () => rollups.size,
    getSeries: async (_workspace, ids) => series.filter(({ seriesId }) => ids.includes(seriesId)),
    readSeriesHours: async (_workspace, { seriesId }, fromMs) => {
      long.push({ seriesId, fromMs });
      return older.get(seriesId) ?? hoursOf(() => 0, 0);
    },
    listLimits: async () => limits,
    listCalendars: async () => calendars,
    putForecasts: async (_workspace, forecasts) => {
      for (const forecast of forecasts) encodeBody({ ...forecast });
      batches.push(forecasts);
    },
    archive: createForecastArchive(objects),
    writeCapacity: createCapacityBoard(objects).write,
    olderDays: createOlderDaysStore(objects),
    putAside: async (_workspace, refused) => void aside.push(refused),
    shardCount: 1,
    seriesAtOnce,
    timeZone: 'Europe/Vienna',
  };
  const forecastShard = createForecastShard(deps);
  const forecasting = forecastInThread({ timeZone: 'Europe/Vienna', neural: undefined });
  const forecastAt = (nowMs: number) => forecastShard({ workspace: 'abcdefghijkl', shard: 0, nowMs, forecasting });
  return { forecastAt, batches, asked, objects, long, aside };
}

/** A disk that fills by half a percent a day, and one that nothing can be said of. */
function twoDisks() {
  const random = createRandom(3);
  const disk = seriesNamed(1, 'disk_used_percent');
  const short = seriesNamed(2, 'new_disk_used_percent');
  return openRoom({
    series: [disk, short],
    rollups: new Map([
      [disk.seriesId, hoursOf((hour) => 82 + hour / 48 + 0.05 * random.normal())],
      [short.seriesId, hoursOf(() => 5, 3)],
    ]),
    limits: [limitOn('disk_used_percent'), limitOn('another')],
  });
}

describe('the forecasts of a shard', () => {
  it('tell quantiles, and when each series crosses the limits that are meant for it', async () => {
    const { forecastAt, batches, asked } = twoDisks();

    const stored = await forecastAt(NOW_MS);

    const [disk, short] = batches.flat();
    expect(stored).toEqual({ stored: 2, refused: 0 });
    expect(asked).toEqual([{ fromMs: Math.floor(NOW_MS / HOUR_MS) * HOUR_MS - 70 * DAY_MS, toMs: NOW_MS }]);
    expect(disk).toMatchObject({ seriesId: seriesIdFor(1), madeAtMs: NOW_MS, abstain: null });
    expect(disk!.watermarkMs).toBe(Math.floor(NOW_MS / HOUR_MS) * HOUR_MS);
    expect(disk!.hourly).not.toBeNull();
    expect(disk!.timeToLimit.map(({ limitId }) => limitId)).toEqual(['limit on disk_used_percent']);
    expect(short!.timeToLimit).toEqual([]);
    expect(short).toMatchObject({ hourly: null, daily: null, models: [], abstain: { reason: 'too_short' } });
  });

  it('are the same when they are made again', async () => {
    const [one, other] = [twoDisks(), twoDisks()];

    await one.forecastAt(NOW_MS);
    await other.forecastAt(NOW_MS);

    expect(other.batches).toEqual(one.batches);
  });

  it('are stored a hundred at a time, and none of a series that nobody knows or that has no complete hour', async () => {
    const series = Array.from({ length: 230 }, (_, number) => seriesNamed(number, 'cpu'));
    const rollups = new Map(series.map(({ seriesId }) => [seriesId, hoursOf(() => 1, 2)]));
    rollups.set(
      seriesIdFor(999),
      hoursOf(() => 1, 2),
    );
    rollups.set(
      series[0]!.seriesId,
      hoursOf(() => 1, 0),
    );
    const { forecastAt, batches } = openRoom({ series, rollups });

    const stored = await forecastAt(NOW_MS);

    expect(stored).toEqual({ stored: 229, refused: 0 });
    expect(batches.map(({ length }) => length)).toEqual([100, 100, 29]);
  });

  it('are the same however many series are read at once', async () => {
    const random = createRandom(8);
    const series = Array.from({ length: 7 }, (_, number) => seriesNamed(number, 'disk_used_percent'));
    const rollups = new Map(
      series.map(({ seriesId }) => [seriesId, hoursOf((hour) => 60 + hour / 48 + random.normal(), 200)]),
    );
    const rooms = [1_000, 7, 3, 1].map((seriesAtOnce) =>
      openRoom({ series, rollups, limits: [limitOn('disk_used_percent')], seriesAtOnce }),
    );

    for (const { forecastAt } of rooms) expect(await forecastAt(NOW_MS)).toEqual({ stored: 7, refused: 0 });

    expect(rooms.map(({ asked }) => asked.length)).toEqual([1, 1, 3, 7]);
    const [whole, ...parts] = rooms.map(({ batches }) => batches);
    for (const part of parts) expect(part).toEqual(whole);
  });

  it('are kept once a day for who asks what was forecast then, and on the board of capacity each time', async () => {
    const { forecastAt, objects, batches } = twoDisks();
    const archive = createForecastArchive(objects);
    const board = createCapacityBoard(objects);

    await forecastAt(NOW_MS);
    await forecastAt(NOW_MS + HOUR_MS);

    const disk = batches.flat()[0]!;
    expect(await archive.find('abcdefghijkl', 0, disk.seriesId, NOW_MS + 2 * HOUR_MS)).toMatchObject({
      madeAtMs: NOW_MS,
      timeToLimit: disk.timeToLimit,
    });
    expect(await board.read('abcdefghijkl', 0)).toMatchObject([
      {
        seriesId: disk.seriesId,
        madeAtMs: NOW_MS + HOUR_MS,
        abstain: null,
        time: { limitId: 'limit on disk_used_percent' },
      },
    ]);
  });

  it('name the limits that another series should tell and does not, also for capacity', async () => {
    const disk = seriesNamed(1, 'disk_used_bytes');
    const { forecastAt, batches, objects } = openRoom({
      series: [disk],
      rollups: new Map([[disk.seriesId, hoursOf(() => 120, 3)]]),
      limits: [{ ...limitOn('disk_used_bytes'), metric: 'disk_size_bytes' }],
    });

    await forecastAt(NOW_MS);

    const untold = {
      limitId: 'limit on disk_used_bytes',
      metric: 'disk_size_bytes',
      reason: 'limit_series_unknown',
      currentValue: 120,
    };
    expect(batches.flat()).toMatchObject([{ timeToLimit: [], limitsUntold: [untold] }]);
    expect(await createCapacityBoard(objects).read('abcdefghijkl', 0)).toMatchObject([
      { seriesId: disk.seriesId, madeAtMs: NOW_MS, untold },
    ]);
  });

  it('that the table cannot hold are put aside, and keep back no other', async () => {
    const wide: Series = {
      ...seriesNamed(3, 'disk_used_percent'),
      labels: [
        ['__name__', 'disk_used_percent'],
        ['wide', 'x'.repeat(500_000)],
      ],
    };
    const others = Array.from({ length: 40 }, (_, number) => seriesNamed(10 + number, 'disk_used_percent'));
    const series = [...others.slice(0, 7), wide, ...others.slice(7)];
    const { forecastAt, batches, objects, aside } = openRoom({
      series,
      rollups: new Map(series.map(({ seriesId }) => [seriesId, hoursOf(() => 120, 3)])),
      limits: [limitOn('disk_used_percent')],
    });

    const stored = await forecastAt(NOW_MS);

    expect(stored).toEqual({ stored: 40, refused: 1 });
    expect(batches.flat()).toHaveLength(40);
    expect(aside).toEqual([
      expect.objectContaining({ kind: 'forecast', id: wide.seriesId, why: expect.stringContaining('400000 bytes') }),
    ]);
    expect(await createCapacityBoard(objects).read('abcdefghijkl', 0)).toHaveLength(40);
    const archive = createForecastArchive(objects);
    expect(await archive.find('abcdefghijkl', 0, wide.seriesId, NOW_MS)).toBeUndefined();
    expect(await archive.find('abcdefghijkl', 0, others[0]!.seriesId, NOW_MS)).toBeDefined();
  });

  it('know the calendars of each series: tomorrow is a holiday', async () => {
    const shop = seriesNamed(1, 'visitors');
    const other = seriesNamed(2, 'other_visitors');
    const endMs = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS;
    const dates = ['2026-09-16', '2026-10-05', '2026-10-26', '2026-11-12', '2026-11-22'];
    // The dates of Vienna begin an hour or two before those of UTC.
    const isClosed = (atMs: number): boolean =>
      dates.includes(new Date(atMs + (atMs < Date.UTC(2026, 9, 25, 1) ? 2 : 1) * HOUR_MS).toISOString().slice(0, 10));
    const random = createRandom(8);
    const visitors = hoursOf((hour) => {
      const usual = 100 + 40 * Math.sin((2 * Math.PI * hour) / 24) + 3 * random.normal();
      return isClosed(endMs + (hour - 70 * 24) * HOUR_MS) ? usual / 5 : usual;
    }, 70 * 24);
    const closed: Calendar = {
      calendarId: 'closed',
      title: '',
      timeZone: 'Europe/Vienna',
      selector: [{ name: '__name__', value: 'visitors' }],
      muteAlerts: true,
      excludeFromTraining: false,
      shiftMs: 0,
      events: dates.map((date) => ({
        title: 'closed',
        start: `${date}T00:00:00`,
        end: null,
        durationMs: DAY_MS,
        timeZone: null,
        rrule: null,
        except: [],
        also: [],
      })),
      updatedAtMs: NOW_MS,
    };
    const { forecastAt, batches } = openRoom({
      series: [shop, other],
      rollups: new Map([shop, other].map(({ seriesId }) => [seriesId, visitors])),
      calendars: [closed],
    });

    await forecastAt(NOW_MS);

    const [told, untold] = batches.flat();
    const tomorrow = told!.hourly!.p50.flatMap((_, i) => (isClosed(told!.hourly!.startMs + i * HOUR_MS) ? [i] : []));
    const mean = tomorrow.reduce((sum, i) => sum + told!.hourly!.p50[i]!, 0) / tomorrow.length;
    const effectsOf = ({ models }: Forecast): string[] =>
      models.map(({ name }) => name).filter((name) => name.startsWith('effect '));
    expect(tomorrow).toHaveLength(24);
    expect(mean).toBeLessThan(30);
    expect(effectsOf(told!)).toEqual(['effect calendar closed']);
    expect(effectsOf(untold!)).toEqual([]);
  });

  it('of limited series look back 400 days, summed up once a day', async () => {
    const random = createRandom(5);
    const disk = seriesNamed(1, 'disk_used_percent');
    const hours = hoursOf((hour) => 30 + hour / 160 + 2 * random.normal(), 24 * 300);
    const newest = hours.startsMs.length - 24 * 71;
    const from = (start: number, end?: number): RollupColumns => ({
      startsMs: hours.startsMs.subarray(start, end),
      counts: hours.counts.subarray(start, end),
      sums: hours.sums.subarray(start, end),
      mins: hours.mins.subarray(start, end),
      maxs: hours.maxs.subarray(start, end),
      lasts: hours.lasts.subarray(start, end),
    });
    const given = {
      series: [disk],
      rollups: new Map([[disk.seriesId, from(newest)]]),
      limits: [limitOn('disk_used_percent')],
    };
    const short = openRoom(given);
    const long = openRoom({ ...given, older: new Map([[disk.seriesId, from(0, newest)]]) });
    const widthOf = ({ batches }: typeof long): number => {
      const { p10Ms, p90Ms } = batches.flat()[0]!.timeToLimit[0]!;
      return p90Ms! - p10Ms!;
    };

    await short.forecastAt(NOW_MS);
    await long.forecastAt(NOW_MS);
    await long.forecastAt(NOW_MS + HOUR_MS);
    await long.forecastAt(NOW_MS + DAY_MS);

    expect(long.long).toEqual(
      [0, 1].map((day) => ({ seriesId: disk.seriesId, fromMs: NOW_MS + (day - 400) * DAY_MS })),
    );
    expect(widthOf(long)).toBeLessThan(widthOf(short) / 2);
  });
});
