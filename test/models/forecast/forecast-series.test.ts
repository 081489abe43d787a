import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { civilHours } from '../../../models/forecast/civil-hours.ts';
import { forecastSeries } from '../../../models/forecast/forecast-series.ts';
import { daily, forecastOf, hourlyValues, isWeekday, publishedOf, START_MS } from '../../support/hourly-shapes.ts';

const load = (days: number, seed: number) =>
  hourlyValues(days, seed, (hour, random) => 40 + 20 * daily(hour) + (isWeekday(hour) ? 10 : 0) + 2 * random.normal());

describe('a series with a season', () => {
  const values = load(42, 1);
  const outcome = publishedOf(values);

  test('is forecast for 48 hours and 90 days from its newest hour on', () => {
    expect(outcome.hourly).toMatchObject({ startMs: START_MS + 42 * DAY_MS, stepMs: HOUR_MS });
    expect(outcome.daily).toMatchObject({ startMs: START_MS + 42 * DAY_MS, stepMs: DAY_MS });
    expect(outcome.hourly.p50).toHaveLength(48);
    expect(outcome.daily.p50).toHaveLength(90);
    expect(outcome.watermarkMs).toBe(START_MS + 42 * DAY_MS - HOUR_MS);
  });

  test('is followed closely by its median', () => {
    const errors = outcome.hourly.p50.map((value, h) => Math.abs(value - 40 - 20 * daily(h) - 10));

    expect(Math.max(...errors)).toBeLessThan(4);
  });

  test('holds about four values in five of the days that came', () => {
    let inside = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const known = load(30, seed);
      const { hourly } = publishedOf(known.subarray(0, 28 * 24));
      known.subarray(28 * 24).forEach((value, h) => {
        if (value >= hourly.p10[h]! && value <= hourly.p90[h]!) inside++;
      });
    }
    const share = inside / (12 * 48);

    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.92);
  });

  test('names its models with weights that sum to one at each scale', () => {
    for (const scale of ['hourly', 'daily']) {
      const own = outcome.models.filter(({ name }) => name.startsWith(`${scale} `));
      expect(own.length).toBeGreaterThan(4);
      expect(own.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
  });

  test('shows the coverage that it had', () => {
    expect(outcome.skill.coverage80).toBeGreaterThan(0.65);
    expect(outcome.skill.coverage80).toBeLessThan(0.92);
  });
});

describe('the reasons to abstain', () => {
  const flat = (days: number) => hourlyValues(days, 3, (_, random) => 50 + random.normal());
  let level = 50;
  test.each([
    ['nothing at all', new Float64Array(0), 'too_short'],
    ['only missing values', new Float64Array(500).fill(Number.NaN), 'too_short'],
    ['six days', flat(6), 'too_short'],
    ['five days since an outage of two weeks', flat(60).fill(Number.NaN, 40 * 24, 55 * 24), 'too_short'],
    ['a constant', new Float64Array(1000).fill(42), 'no_skill'],
    ['a constant since it jumped', new Float64Array(1000).fill(42, 0, 500), 'no_skill'],
    ['a random walk', hourlyValues(42, 5, (_, random) => (level += random.normal())), 'no_skill'],
    ['rare bursts', hourlyValues(42, 6, (_, random) => (random.uniform() < 0.08 ? 90 : 0)), 'intermittent'],
    ['a fresh jump', flat(42).map((value, hour) => (hour > 42 * 24 - 20 ? value + 40 : value)), 'regime_change'],
  ])('%s: %s', (_, values, reason) => {
    const outcome = forecastOf(values);

    expect(outcome).toMatchObject({ kind: 'abstain', reason });
    expect(outcome.kind === 'abstain' && outcome.detail).toMatch(/^[A-Z0-9].*\.$/);
  });

  test('silence for more than a day: stale', () => {
    const values = load(42, 1);
    const nowMs = START_MS + values.length * HOUR_MS + DAY_MS + 1;

    expect(forecastOf(values, { nowMs })).toMatchObject({ reason: 'stale', skill: null });
    expect(forecastOf(values, { nowMs: nowMs - 1 }).kind).toBe('forecast');
  });

  test('a week later the jump is history, and its level is kept', () => {
    const values = flat(42).map((value, hour) => (hour >= 35 * 24 ? value + 40 : value));

    expect(publishedOf(values).daily.p50[20]!).toBeGreaterThan(88);
    expect(publishedOf(values).daily.p50[20]!).toBeLessThan(92);
  });
});

describe('what always passes', () => {
  const isOpen = (hour: number): boolean => isWeekday(hour) && hour % 24 >= 9 && hour % 24 < 17;
  test.each([
    ['a steady fill with noise', 7, (hour: number, noise: number) => 20 + 0.03 * hour + 0.3 * noise],
    ['a steady fill without any', 7, (hour: number) => 20 + 0.03 * hour],
    [
      'a fill that grows at midnight only',
      7,
      (hour: number, noise: number) => 20 + Math.floor(hour / 24) + 0.2 * noise,
    ],
    ['a season that repeats exactly', 7, (hour: number) => 50 + 10 * daily(hour)],
    [
      'office hours that are zero most of the time',
      28,
      (hour: number, noise: number) => (isOpen(hour) ? 100 + 5 * noise : 0),
    ],
  ])('%s, from %d days on', (_, fewest, shape) => {
    for (const days of [fewest, 2 * fewest, 56]) {
      expect(forecastOf(hourlyValues(days, 4, (hour, random) => shape(hour, random.normal()))).kind).toBe('forecast');
    }
  });
});

describe('gaps', () => {
  test('short ones and a lost day change the forecast little', () => {
    const values = load(42, 1);
    const holed = values.map((value, hour) => (hour % 37 === 5 || (hour > 600 && hour < 630) ? Number.NaN : value));

    const whole = publishedOf(values).hourly.p50;
    const patched = publishedOf(holed).hourly.p50;

    for (let h = 0; h < 48; h++) expect(Math.abs(patched[h]! - whole[h]!)).toBeLessThan(3);
  });

  test('missing newest hours move the start back to what was seen', () => {
    const values = load(42, 1).fill(Number.NaN, 42 * 24 - 5);

    expect(publishedOf(values).hourly.startMs).toBe(START_MS + (42 * 24 - 5) * HOUR_MS);
  });
});

describe('clocks', () => {
  const timeZone = 'Europe/Berlin';
  // Clocks went forward on 29 March 2026: two weeks of history after it, five before.
  const startMs = Date.UTC(2026, 1, 23);
  const local = civilHours(startMs, new Float64Array(52 * 24), timeZone);
  const opensAt9 = (hour: number): number =>
    local.indexOf(hour) % 24 >= 9 && local.indexOf(hour) % 24 < 17 ? 100 : 20;

  test('a season follows the clocks of its zone over a change', () => {
    const changeHour = 34 * 24 + 1;
    const values = hourlyValues(34, 9, (hour, random) => opensAt9(hour) + random.normal());

    const { hourly } = publishedOf(values, { startMs, timeZone, nowMs: startMs + 34 * DAY_MS });

    const errors = hourly.p50.map((value, h) => Math.abs(value - opensAt9(34 * 24 + h)));
    expect(local.indexOf(changeHour) - local.indexOf(changeHour - 1)).toBe(2);
    expect(Math.max(...errors)).toBeLessThan(5);
  });

  test('in UTC the same series would be an hour off', () => {
    const values = hourlyValues(34, 9, (hour, random) => opensAt9(hour) + random.normal());

    const { hourly } = publishedOf(values, { startMs, nowMs: startMs + 34 * DAY_MS });

    expect(Math.max(...hourly.p50.map((value, h) => Math.abs(value - opensAt9(34 * 24 + h))))).toBeGreaterThan(50);
  });
});

test.each([
  ['the step is no hour', { stepMs: 300_000 }],
  ['the start is no number', { startMs: Number.NaN }],
  ['now is no number', { nowMs: Number.POSITIVE_INFINITY }],
])('fails when %s', (_, change) => {
  const input = { startMs: 0, stepMs: HOUR_MS, values: new Float64Array(1), nowMs: 0, ...change };

  expect(() => forecastSeries(input as Parameters<typeof forecastSeries>[0])).toThrow(RangeError);
});
