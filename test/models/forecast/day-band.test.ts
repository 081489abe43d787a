import { describe, expect, test } from 'vitest';
import type { Limit } from '../../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { dayBand } from '../../../models/forecast/day-band.ts';
import { dayFutures } from '../../../models/forecast/day-futures.ts';
import { forecastSeries } from '../../../models/forecast/forecast-series.ts';
import { futureDrawer } from '../../../models/forecast/future-path.ts';
import type { FutureSource, PublishedForecast } from '../../../models/forecast/outcome.ts';
import { timeToLimit } from '../../../models/forecast/time-to-limit.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { daily, type HourlyShape, hourlyValues } from '../../support/hourly-shapes.ts';

const DAYS = 70;
const NOW_MS = DAYS * DAY_MS;
const PATHS = 400;

function publishedOf(values: Float64Array): PublishedForecast {
  const outcome = forecastSeries({ startMs: 0, stepMs: HOUR_MS, values, nowMs: NOW_MS });
  if (outcome.kind === 'abstain') throw new Error(`abstained: ${outcome.detail}`);
  return outcome;
}

function timeTo(values: Float64Array, value: number) {
  const limit: Limit = {
    limitId: 'limit',
    title: 'limit',
    selector: [],
    bound: 'max',
    value,
    unit: '',
    leadTimeMs: DAY_MS,
    probability: 0.5,
    action: '',
    updatedAtMs: 0,
  };
  return timeToLimit({ outcome: publishedOf(values), limit, nowMs: NOW_MS, currentValue: values.at(-1)!, seed: 5 });
}

const fill: HourlyShape = (hour, random) => 20 + 0.02 * hour + 2 * daily(hour) + random.normal();

const walk = (): HourlyShape => {
  let level = 50;
  return (_, random) => {
    level += 0.03 + 0.2 * random.normal();
    return level;
  };
};

describe('band and dates tell one story', () => {
  test.each([
    ['a fill', hourlyValues(DAYS, 1, fill)],
    ['a walk with drift', hourlyValues(DAYS, 4, walk())],
    ['a standing load', hourlyValues(DAYS, 2, (hour, random) => 40 + 5 * daily(hour) + random.normal())],
  ])('%s: of the futures that the dates are told from, as many lie beyond each quantile as it says', (_, values) => {
    const { daily: band, source } = publishedOf(values);
    const draw = futureDrawer(source, 'max', { paths: PATHS });
    const random = createRandom(99);
    const days = [2, 5, 20, 60, 89];
    const drawn = Array.from({ length: PATHS }, (_, path) => {
      const { means } = draw(path, random);
      return days.map((day) => means[day]!);
    });

    days.forEach((day, k) => {
      const shareBelow = (value: number): number => drawn.filter((future) => future[k]! < value).length / PATHS;
      // Both are draws of 400: three standard errors of their difference are 0.064 at a tenth, 0.106 in the middle.
      expect(Math.abs(shareBelow(band.p10[day]!) - 0.1)).toBeLessThan(0.064);
      expect(Math.abs(shareBelow(band.p50[day]!) - 0.5)).toBeLessThan(0.106);
      expect(Math.abs(shareBelow(band.p90[day]!) - 0.9)).toBeLessThan(0.064);
    });
  });

  test('a limit that the middle of the band reaches on some day is dated at that day', () => {
    const values = hourlyValues(DAYS, 3, (hour, random) => 20 + 0.02 * hour + 0.2 * random.normal());
    const { daily: band } = publishedOf(values);

    for (const day of [5, 30, 80]) {
      const { p50Ms } = timeTo(values, band.p50[day]!);
      // A day crosses with its peak, which lies a deviation of an hour or two above its mean: less than two days of growth.
      expect(Math.abs((p50Ms! - NOW_MS) / DAY_MS - day)).toBeLessThan(2);
    }
  });

  test('where clean-ups keep a disk below its limit, neither the band nor a date reaches it', () => {
    const values = hourlyValues(DAYS, 6, (hour, random) => 30 + 40 * ((hour % 168) / 168) + 0.3 * random.normal());

    expect(timeTo(values, 74)).toMatchObject({ p10Ms: null });
    expect(Math.max(...publishedOf(values).daily.p90)).toBeLessThan(74);
  });
});

describe('the band', () => {
  const growing = Float64Array.from({ length: 60 }, (_, day) => 100 + day + Math.sin(7 * day));
  const hourly = {
    centre: new Float64Array(48).fill(160),
    below: new Float64Array(48).fill(1),
    above: new Float64Array(48).fill(1),
    lowestErrors: 1,
    highestErrors: 1,
    memory: { persistence: 1, autocorrelation: 0 },
  };
  const bandOf = (change: Partial<Pick<FutureSource, 'turning' | 'nonNegative'>>) =>
    dayBand({
      futures: dayFutures(growing),
      hourly,
      centre: Float64Array.from({ length: 90 }, (_, day) => 160 + day),
      backtestDays: 14,
      turning: { max: null, min: null },
      nonNegative: true,
      ...change,
    }).band;

  test('begins with the days of the hourly forecast', () => {
    const { p10, p50, p90 } = bandOf({});

    expect([p10[0], p50[0], p90[0]]).toEqual([159, 160, 161]);
    expect([p10[1], p50[1], p90[1]]).toEqual([159, 160, 161]);
    expect(p50[2]!).toBeGreaterThan(159.5);
    expect(p50[2]!).toBeLessThan(163);
  });

  test('holds the line of the turns, but for the share of the futures in which that habit lapses', () => {
    const turnedAt = (lapseProbability: number) =>
      bandOf({ turning: { max: { level: 170, slope: 0, lapseProbability }, min: null } });

    expect(Math.max(...turnedAt(0.05).p90)).toBe(170);
    expect(Math.max(...turnedAt(0.15).p90)).toBeGreaterThan(200);
    expect(Math.max(...turnedAt(0.15).p50)).toBe(170);
  });

  test('holds the line of turns from below', () => {
    const { p10, p50 } = bandOf({ turning: { max: null, min: { level: 200, slope: 0, lapseProbability: 0.05 } } });

    expect(p10.subarray(2).every((value) => value >= 200)).toBe(true);
    expect(p50[89]!).toBeGreaterThan(220);
  });
});
