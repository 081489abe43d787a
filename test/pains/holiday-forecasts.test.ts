import { describe, expect, test } from 'vitest';
import { calendarDays } from '../../models/calendar/calendar-days.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { forecastSeries } from '../../models/forecast/forecast-series.ts';
import { createRandom } from '../../models/numeric/random.ts';
import { createUtcOffset } from '../../models/numeric/utc-offset.ts';

/*
 * What people report of holidays in forecasts: they lie on the wrong day, because data come in UTC and holidays are
 * civil days; and the day before a holiday nobody knows of it.
 * A picture is two days, one character for each three hours of the shop's clock: `o` as many visitors as on any other
 * day, `v` fewer than half of them.
 */
const PAST_DAYS = 70;

interface Shop {
  readonly timeZone: string;
  /** Days on which it was closed, and one that is to come. */
  readonly closed: readonly string[];
  /** Midnight of the shop's clock, in UTC. */
  readonly now: string;
}

function calendarOf({ timeZone, closed }: Shop, updatedAtMs: number): Calendar {
  const events = closed.map((date) => ({
    title: 'closed',
    start: `${date}T00:00:00`,
    end: null,
    durationMs: DAY_MS,
    timeZone: null,
    rrule: null,
    except: [],
    also: [],
  }));
  const effects = { muteAlerts: false, excludeFromTraining: false, shiftMs: 0 };
  return { calendarId: 'closed', title: '', timeZone, selector: [], ...effects, events, updatedAtMs };
}

/** Date and hour on the clock of a shop. */
function clockOf(timeZone: string): (atMs: number) => { date: string; hour: number } {
  const utcOffset = createUtcOffset(timeZone);
  return (atMs) => {
    const clock = new Date(atMs + utcOffset(atMs));
    return { date: clock.toISOString().slice(0, 10), hour: clock.getUTCHours() };
  };
}

function picture(shop: Shop, isTold: boolean): string {
  const nowMs = Date.parse(shop.now);
  const startMs = nowMs - PAST_DAYS * DAY_MS;
  const random = createRandom(9);
  const clock = clockOf(shop.timeZone);
  const usual = (hour: number): number => 100 + 50 * Math.sin((2 * Math.PI * (hour - 8)) / 24);
  const values = Float64Array.from({ length: PAST_DAYS * 24 }, (_, i) => {
    const { date, hour } = clock(startMs + i * HOUR_MS);
    return usual(hour) * (shop.closed.includes(date) ? 0.2 : 1) + 3 * random.normal();
  });
  const calendar = calendarOf(shop, nowMs);
  const { timeZone } = shop;
  const calendars = isTold ? calendarDays([calendar], { timeZone, nowMs })([]) : [];
  const outcome = forecastSeries({ startMs, stepMs: HOUR_MS, values, nowMs, timeZone, calendars });
  if (outcome.kind === 'abstain') throw new Error(outcome.detail);
  return Array.from({ length: 16 }, (_, third) => {
    const hours = [0, 1, 2].map((hour) => 3 * third + hour);
    const sumOf = (valueAt: (hour: number) => number): number => hours.reduce((sum, hour) => sum + valueAt(hour), 0);
    const share =
      sumOf((hour) => outcome.hourly.p50[hour]!) / sumOf((hour) => usual(clock(nowMs + hour * HOUR_MS).hour));
    return share < 0.5 ? 'v' : 'o';
  }).join('');
}

const TOKYO: Shop = {
  timeZone: 'Asia/Tokyo',
  closed: ['2026-09-21', '2026-10-12', '2026-11-03', '2026-11-23'],
  now: '2026-11-21T15:00:00Z',
};
const HONOLULU: Shop = {
  timeZone: 'Pacific/Honolulu',
  closed: ['2026-09-07', '2026-10-12', '2026-11-11', '2026-11-26'],
  now: '2026-11-15T10:00:00Z',
};

describe('a holiday of tomorrow', () => {
  test('is forecast for the day of the shop, east of Greenwich', () => {
    expect(picture(TOKYO, true)).toBe('oooooooovvvvvvvv');
  });

  test('is forecast for the day of the shop, west of Greenwich', () => {
    const shop = { ...HONOLULU, now: '2026-11-25T10:00:00Z' };

    expect(picture(shop, true)).toBe('oooooooovvvvvvvv');
  });

  test('is nothing that hours alone would tell', () => {
    expect(picture(TOKYO, false)).toBe('oooooooooooooooo');
  });

  test('changes no other day', () => {
    expect(picture(HONOLULU, true)).toBe('oooooooooooooooo');
  });
});

describe('the day after a holiday', () => {
  test('is as busy as ever', () => {
    const shop = { ...TOKYO, now: '2026-11-23T15:00:00Z' };

    expect(picture(shop, true)).toBe('oooooooooooooooo');
  });
});
