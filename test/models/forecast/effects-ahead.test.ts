import { describe, expect, test } from 'vitest';
import type { CalendarDays } from '../../../models/domain/calendar.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import type { CalendarEffect, WithoutEffects } from '../../../models/forecast/calendar-effects.ts';
import { civilDate } from '../../../models/forecast/civil-days.ts';
import { civilHours } from '../../../models/forecast/civil-hours.ts';
import { withEffectsBack } from '../../../models/forecast/effects-ahead.ts';
import { type ForecastInput, forecastSeries } from '../../../models/forecast/forecast-series.ts';
import type { PublishedForecast } from '../../../models/forecast/outcome.ts';
import { timeToLimit } from '../../../models/forecast/time-to-limit.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { createUtcOffset } from '../../../models/numeric/utc-offset.ts';
import { limitOf } from '../../support/hourly-shapes.ts';

const dayOf = (date: string): number => Date.parse(date) / DAY_MS;

interface Given {
  /** When the forecast is made, such as 2026-06-29T12:00:00Z. */
  readonly now: string;
  readonly days?: number;
  readonly timeZone?: string;
  readonly change: (usual: number, day: number, hour: number) => number;
  readonly input?: Partial<ForecastInput>;
}

/** A load with a season of days and weeks on local clocks, and what dates make of it. */
function published({ now, days = 70, timeZone = 'UTC', change, input = {} }: Given): PublishedForecast {
  const random = createRandom(11);
  const offset = createUtcOffset(timeZone);
  const nowMs = Date.parse(now);
  const startMs = nowMs - days * DAY_MS;
  const values = Float64Array.from({ length: days * 24 }, (_, i) => {
    const localMs = startMs + i * HOUR_MS + offset(startMs + i * HOUR_MS);
    const { day, weekday } = civilDate(Math.floor(localMs / DAY_MS));
    const hour = Math.floor(localMs / HOUR_MS) % 24;
    const usual = 50 + 10 * Math.sin((2 * Math.PI * (hour - 9)) / 24) + (weekday % 6 === 0 ? 0 : 5) + random.normal();
    return change(usual, day, hour);
  });
  const outcome = forecastSeries({ startMs, stepMs: HOUR_MS, values, nowMs, timeZone, ...input });
  if (outcome.kind === 'abstain') throw new Error(`abstained: ${outcome.reason}`);
  return outcome;
}

const effectsOf = ({ models }: PublishedForecast): string[] =>
  models.flatMap(({ name }) => (name.startsWith('effect ') ? [name] : []));

/** Medians of the hours of a local date. */
function hoursOf({ hourly }: PublishedForecast, date: string, timeZone = 'UTC'): number[] {
  const offset = createUtcOffset(timeZone);
  return hourly.p50.filter((_, i) => {
    const atMs = hourly.startMs + i * HOUR_MS;
    return Math.floor((atMs + offset(atMs)) / DAY_MS) === dayOf(date);
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const monthEnd = (usual: number, day: number): number => usual + (civilDate(day).toMonthEnd < 2 ? 20 : 0);

describe('a load that is higher on the last two days of each month', () => {
  const made = published({ now: '2026-06-29T00:00:00Z', change: monthEnd });

  test('is told so, besides the candidates, whose weights sum to one as ever', () => {
    const weights = made.models.filter(({ name }) => name.startsWith('daily ')).map(({ weight }) => weight);

    expect(effectsOf(made)).toEqual(['effect last-2-days-of-month']);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
  });

  test('is forecast higher for the hours of these days', () => {
    expect(mean(hoursOf(made, '2026-06-29'))).toBeGreaterThan(72);
    expect(mean(hoursOf(made, '2026-06-29'))).toBeLessThan(78);
  });

  test('is forecast higher on the next month end, and on no other day', () => {
    const july = made.daily.p50.slice(2, 34);

    // Day 2 is 1 July.
    expect(july[29]! - july[22]!).toBeGreaterThan(16);
    expect(july[30]! - july[23]!).toBeGreaterThan(16);
    expect(Math.max(...july.slice(0, 29), july[31]!)).toBeLessThan(60);
  });

  test('has days that begin with the means of the hours', () => {
    expect(made.daily.p50[0]).toBeCloseTo(mean(made.hourly.p50.slice(0, 24)));
    expect(made.daily.p50[1]).toBeCloseTo(mean(made.hourly.p50.slice(24)));
  });

  test('has a range on these days that is no narrower than on the days before', () => {
    const { p10, p90 } = made.daily;

    expect(p90[31]! - p10[31]!).toBeGreaterThanOrEqual(p90[30]! - p10[30]!);
  });

  test('crosses a limit at a month end that it never crosses otherwise', () => {
    const time = timeToLimit({
      outcome: made,
      limit: limitOf(79),
      nowMs: made.watermarkMs + HOUR_MS,
      currentValue: 50,
      seed: 5,
    });
    const flat = published({ now: '2026-06-29T00:00:00Z', change: (usual) => usual });

    expect(civilDate(Math.floor(time.p50Ms! / DAY_MS)).toMonthEnd).toBeLessThan(2);
    expect(effectsOf(flat)).toEqual([]);
    expect(flat.daily.p90.every((high) => high < 62)).toBe(true);
  });

  test('on the month end itself returns to its usual level the day after', () => {
    const during = published({ now: '2026-06-30T12:00:00Z', change: monthEnd });

    expect(mean(hoursOf(during, '2026-06-30'))).toBeGreaterThan(70);
    expect(mean(hoursOf(during, '2026-07-01'))).toBeLessThan(60);
  });
});

describe('dates follow the clocks of the zone', () => {
  const days = ['2026-09-07', '2026-09-23', '2026-10-12', '2026-11-02', '2026-11-11', '2026-11-26'].map(dayOf);
  const calendars: CalendarDays[] = [{ calendarId: 'closed', days }];
  const closed = (usual: number, day: number): number => (days.includes(day) ? 0.3 * usual : usual);

  test('on a holiday in New York, forecast from hours in UTC, over the end of daylight saving', () => {
    const timeZone = 'America/New_York';
    // 25 November, 10 in the morning in New York.
    const now = '2026-11-25T15:00:00Z';
    const made = published({ now, timeZone, change: closed, input: { calendars } });
    const hours = hoursOf(made, '2026-11-26', timeZone);

    expect(effectsOf(made)[0]).toMatch(/^effect calendar closed/);
    expect(hours).toHaveLength(24);
    expect(Math.max(...hours)).toBeLessThan(25);
    expect(
      Math.min(...hoursOf(made, '2026-11-25', timeZone), ...hoursOf(made, '2026-11-27', timeZone)),
    ).toBeGreaterThan(35);
  });

  test('and not where nobody has told of the holiday', () => {
    const made = published({ now: '2026-11-25T15:00:00Z', change: closed });

    expect(effectsOf(made)).toEqual([]);
    expect(Math.min(...made.hourly.p50)).toBeGreaterThan(30);
  });
});

describe('a month end that only older days have shown', () => {
  const older = (endMs: number) => ({
    olderEndMs: endMs,
    olderDays: Float64Array.from({ length: 330 }, (_, k) => {
      const { day, toMonthEnd } = civilDate(endMs / DAY_MS - 330 + k);
      return 54 + Math.sin(day) + (toMonthEnd === 0 ? 20 : 0);
    }),
  });
  const now = '2026-03-30T00:00:00Z';
  const startMs = Date.parse(now) - 28 * DAY_MS;

  test('is expected in the hours', () => {
    const made = published({ now, days: 28, change: (usual) => usual, input: older(startMs) });

    expect(effectsOf(made)).toEqual(['effect last-day-of-month']);
    expect(mean(hoursOf(made, '2026-03-31')) - mean(hoursOf(made, '2026-03-30'))).toBeGreaterThan(15);
  });

  test('is read from days that end hours before the first hour', () => {
    // Seventeen hours lie between; whole dates are told only by the end of the older days.
    const made = published({
      now: '2026-03-30T17:00:00Z',
      days: 28,
      change: (usual) => usual,
      input: older(startMs),
    });

    expect(effectsOf(made)).toEqual(['effect last-day-of-month']);
  });
});

test('the same input gives the same forecast', () => {
  const given: Given = { now: '2026-06-29T07:00:00Z', change: monthEnd };

  expect(published(given)).toEqual(published(given));
});

describe('what was taken out', () => {
  const civil = civilHours(0, Float64Array.of(9, 5, Number.NaN, 7), 'UTC');
  const past = (effects: WithoutEffects['effects']): WithoutEffects => ({
    values: Float64Array.of(9, 2, Number.NaN, 7),
    olderDays: new Float64Array(0),
    effects,
  });
  const some: CalendarEffect = {
    days: { name: 'some', holds: () => true },
    times: 1,
    plus: new Float64Array(24),
    doubt: 0,
    model: { name: 'effect some', weight: 1, mase: 1 },
  };

  test('is put back onto values that have been moved and filled since', () => {
    expect([...withEffectsBack(Float64Array.of(12, 4, 17), 1, civil, past([some]))]).toEqual([15, 4, 17]);
  });

  test('is nothing where there is no effect', () => {
    const values = Float64Array.of(1, 2, 3);

    expect(withEffectsBack(values, 1, civil, past([]))).toBe(values);
  });
});
