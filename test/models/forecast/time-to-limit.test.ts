import { describe, expect, test } from 'vitest';
import type { TimeToLimit } from '../../../models/domain/forecast.ts';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { probabilityBefore, timesToLimit, timeToLimit } from '../../../models/forecast/time-to-limit.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import {
  daily,
  forecastOf,
  type HourlyShape,
  hourlyValues,
  isWeekday,
  limitOf,
  START_MS,
} from '../../support/hourly-shapes.ts';

const DAYS = 56;
const END = DAYS * 24;
const NOW_MS = START_MS + END * HOUR_MS;

function askOf(values: Float64Array, limit = limitOf(90)): TimeToLimit {
  return timeToLimit({ outcome: forecastOf(values), limit, nowMs: NOW_MS, currentValue: values.at(-1)!, seed: 17 });
}

const ask = (shape: HourlyShape, limit = limitOf(90), seed = 3): TimeToLimit =>
  askOf(hourlyValues(DAYS, seed, shape), limit);

const daysTo = (dateMs: number | null): number =>
  dateMs === null ? Number.POSITIVE_INFINITY : (dateMs - NOW_MS) / DAY_MS;

describe('a disk that fills', () => {
  const slope = 0.8 / 24;
  /** Reaches 90 nine days after the end. */
  const fill: HourlyShape = (hour, random) => 90 - slope * (END + 9 * 24 - hour) + 0.3 * random.normal();

  test.each([1, 2, 3, 4])('in nine days is seen a day at most off, with a narrow range (seed %d)', (seed) => {
    const answer = ask(fill, limitOf(90), seed);

    expect(Math.abs(daysTo(answer.p50Ms) - 9)).toBeLessThan(1);
    expect(daysTo(answer.p10Ms)).toBeGreaterThan(7);
    expect(daysTo(answer.p90Ms)).toBeLessThan(11);
    expect(answer).toMatchObject({ probabilityWithinHorizon: 1, neverWithinHorizon: false, alreadyCrossed: false });
  });

  test('says how likely it is before the lead time has passed, and how long the decision can wait', () => {
    const soon = ask(fill, limitOf(90, 'max', 14 * DAY_MS));
    const late = ask(fill, limitOf(90, 'max', 2 * DAY_MS));

    expect(soon.probabilityWithinLeadTime).toBeGreaterThan(0.99);
    expect(soon.slackMs).toBe(soon.p10Ms! - NOW_MS - 14 * DAY_MS);
    expect(soon.slackMs!).toBeLessThan(0);
    expect(late.probabilityWithinLeadTime).toBe(0);
    expect(late.slackMs!).toBeGreaterThan(0);
  });

  test('slowly, under a daily season, is seen weeks ahead', () => {
    const answer = ask((hour, random) => 50 + (0.5 / 24) * hour + 3 * daily(hour) + random.normal());

    // 50 + 0.5 · (56 + d) + 3 + two deviations reaches 90 after some 14 to 18 days.
    expect(daysTo(answer.p50Ms)).toBeGreaterThan(13);
    expect(daysTo(answer.p50Ms)).toBeLessThan(19);
    expect(daysTo(answer.p90Ms) - daysTo(answer.p10Ms)).toBeLessThan(7);
  });

  test('on weekdays only is not thought to rest for ever on a Sunday', () => {
    const perWeek = 5;
    const answer = ask((hour, random) => {
      const weekHour = hour % 168;
      return 30 + perWeek * (Math.floor(hour / 168) + Math.min(1, weekHour / 120)) + 0.2 * random.normal();
    });

    // 70 after eight weeks: 20 more are four weeks, the last of which is done on its Friday.
    expect(daysTo(answer.p50Ms)).toBeGreaterThan(24);
    expect(daysTo(answer.p50Ms)).toBeLessThan(27);
  });

  test('under weekly clean-ups that leave more behind each time is seen weeks ahead', () => {
    // Tops of 50 + 0.02 an hour: the tooth whose top is 90 lies some 28 days ahead.
    const answer = ask((hour, random) => 30 + 0.02 * hour + (20 * (hour % 168)) / 168 + 0.3 * random.normal());

    expect(daysTo(answer.p50Ms)).toBeGreaterThan(21);
    expect(daysTo(answer.p50Ms)).toBeLessThan(35);
  });

  test('falling free space against a lower bound is the same thing upside down', () => {
    const up = hourlyValues(DAYS, 5, fill);
    const answer = askOf(
      up.map((value) => 200 - value),
      limitOf(110, 'min'),
    );

    expect(Math.abs(daysTo(answer.p50Ms) - 9)).toBeLessThan(1);
  });

  test('falling is no danger to an upper bound', () => {
    expect(ask((hour, random) => 80 - 0.03 * hour + 0.5 * random.normal()).neverWithinHorizon).toBe(true);
  });
});

describe('a disk that does not fill', () => {
  const step = (hour: number, hoursAgo: number): number => (hour >= END - hoursAgo ? 1 : 0);
  test.each<[string, HourlyShape]>([
    ['a log that rotates every day', (hour, random) => 40 + 35 * ((hour % 24) / 24) + random.normal()],
    ['a log that rotates every week', (hour, random) => 40 + 35 * ((hour % 168) / 168) + random.normal()],
    ['a log that rotates every five days', (hour, random) => 40 + 35 * ((hour % 120) / 120) + random.normal()],
    ['a log that rotates every eleven days', (hour, random) => 40 + 35 * ((hour % 264) / 264) + random.normal()],
    ['a clean-up twice a day', (hour, random) => 50 + 25 * ((hour % 12) / 12) + random.normal()],
    ['a bulk load ten days ago, flat since', (hour, random) => 30 + 40 * step(hour, 240) + 0.3 * random.normal()],
    ['a bulk load four days ago, flat since', (hour, random) => 30 + 40 * step(hour, 100) + 0.3 * random.normal()],
    ['a bulk load yesterday', (hour, random) => 30 + 40 * step(hour, 20) + 0.3 * random.normal()],
    ['a bulk load right now', (hour, random) => 30 + 40 * step(hour, 3) + 0.3 * random.normal()],
    [
      'a volume deleted ten days ago',
      (hour, random) => 60 + hour * 0.01 - 50 * step(hour, 240) + 0.3 * random.normal(),
    ],
    ['a volume deleted this morning', (hour, random) => 80 - 60 * step(hour, 10) + 0.3 * random.normal()],
    [
      'busy weekdays and quiet weekends',
      (hour, random) => 60 + (isWeekday(hour) ? 15 * Math.max(0, daily(hour)) : 2) + random.normal(),
    ],
    ['one spike two days ago', (hour, random) => 60 + 28 * (step(hour, 50) - step(hour, 46)) + 0.5 * random.normal()],
    ['one spike that is not over', (hour, random) => 60 + 28 * step(hour, 3) + 0.5 * random.normal()],
    ['an outage of a night', (hour, random) => 60 - 60 * (step(hour, 90) - step(hour, 82)) + 0.5 * random.normal()],
    ['noise around a level', (_, random) => 70 + 3 * random.normal()],
  ])('%s raises no alarm', (_, shape) => {
    for (const seed of [1, 2, 3]) {
      const answer = ask(shape, limitOf(95), seed);

      // A hundred days: in 400, even what grows by a quarter of a unit a day comes there.
      expect(probabilityBefore(answer, NOW_MS, NOW_MS + 100 * DAY_MS)).toBeLessThan(0.05);
      expect(daysTo(answer.p10Ms)).toBeGreaterThan(100);
    }
  });
});

describe('far ahead', () => {
  /** Half the width of the dates, in shares of the way to the middle one; as far as the horizon shows it. */
  const relativeWidth = ({ p10Ms, p50Ms, p90Ms }: TimeToLimit): number =>
    (Math.min(400, daysTo(p90Ms)) - daysTo(p10Ms)) / 2 / Math.min(400, daysTo(p50Ms));

  test('a walk is dated far less surely than a steady fill of the same pace', () => {
    const walk = (seed: number): HourlyShape => {
      const steps = createRandom(seed);
      let level = 20;
      return () => {
        level += 0.6 / 24 + 0.3 * steps.normal();
        return level;
      };
    };
    const answers = [1, 3, 4, 5, 6, 7, 8].map((seed) => {
      const values = hourlyValues(DAYS, seed, walk(seed));
      return askOf(values, limitOf(values.at(-1)! + 60));
    });
    const widths = answers.filter(({ p10Ms }) => p10Ms !== null).map(relativeWidth);
    const steady = relativeWidth(ask((hour, random) => 20 + 0.025 * hour + random.normal(), limitOf(110)));

    // Within a hundred days a steady pace may change, too.
    expect(steady).toBeLessThan(0.3);
    // For some of them there is no forecast: a walk often has no skill.
    expect(widths.length).toBeGreaterThan(2);
    expect(Math.min(...widths)).toBeGreaterThan(steady);
    expect(Math.max(...widths)).toBeGreaterThan(3 * steady);
  });

  test('a fill that takes most of a year is dated within days of it, from 56 days', () => {
    const answer = ask((hour, random) => 20 + 0.01 * hour + 0.3 * random.normal(), limitOf(105));

    // 0.24 a day from 33.4: some 295 days.
    expect(Math.abs(daysTo(answer.p50Ms) - 295)).toBeLessThan(15);
    expect(answer.neverWithinHorizon).toBe(false);
  });

  test('history of more than ten weeks makes a date surer', () => {
    const shape: HourlyShape = (hour, random) => 20 + 0.004 * hour + 2 * random.normal();
    const limit = (days: number) => limitOf(20 + 0.096 * (days + 200));
    const widthOf = (days: number): number => {
      const values = hourlyValues(days, 5, shape);
      const nowMs = START_MS + values.length * HOUR_MS;
      const answer = timeToLimit({ outcome: forecastOf(values), limit: limit(days), nowMs, currentValue: 0, seed: 1 });
      return answer.p90Ms! - answer.p10Ms!;
    };

    expect(widthOf(365)).toBeLessThan(widthOf(56) / 2);
  });
});

describe('a limit that changes', () => {
  const fill: HourlyShape = (hour, random) => 40 + 0.02 * hour + 0.3 * random.normal();

  test('counts as it is at the time: raised in time it is crossed later, lowered it is crossed at once', () => {
    const plain = ask(fill, limitOf(80));
    const raised = ask(fill, { ...limitOf(80), changes: [{ fromMs: NOW_MS + 5 * DAY_MS, value: 100 }] });
    const lowered = ask(fill, { ...limitOf(80), changes: [{ fromMs: NOW_MS + 5 * DAY_MS, value: 60 }] });

    expect(daysTo(plain.p50Ms)).toBeGreaterThan(20);
    expect(daysTo(raised.p50Ms)).toBeGreaterThan(daysTo(plain.p50Ms) + 30);
    expect(Math.abs(daysTo(lowered.p50Ms) - 5)).toBeLessThan(1.1);
    expect(lowered).toMatchObject({ limitValue: 80, limitChanges: [{ fromMs: NOW_MS + 5 * DAY_MS, value: 60 }] });
  });

  test('within a day counts from its hour on', () => {
    const changeMs = NOW_MS + 30 * DAY_MS + 5.5 * HOUR_MS;
    const changes = [{ fromMs: changeMs, value: 60 }];
    const answer = ask((_, random) => 70 + random.normal(), { ...limitOf(90), changes });

    expect([answer.p10Ms, answer.p50Ms, answer.p90Ms]).toEqual(Array(3).fill(changeMs + HOUR_MS / 2));
  });

  test('in the past counts as it is now', () => {
    const lowered = ask(fill, { ...limitOf(80), changes: [{ fromMs: NOW_MS - DAY_MS, value: 60 }] });

    expect(lowered).toMatchObject({ limitValue: 60, alreadyCrossed: true });
    expect(lowered.limitChanges).toBeUndefined();
  });

  test('that lifted it within the hour of now is no crossing in the hours before', () => {
    const values = hourlyValues(DAYS, 5, (_, random) => 70 + random.normal());
    const nowMs = NOW_MS + HOUR_MS / 2;
    const lifted = { ...limitOf(60), changes: [{ fromMs: nowMs - 1_000, value: 90 }] };
    const answer = timeToLimit({ outcome: forecastOf(values), limit: lifted, nowMs, currentValue: 70, seed: 17 });

    expect(answer).toMatchObject({ limitValue: 90, alreadyCrossed: false, p10Ms: null, neverWithinHorizon: true });
  });
});

describe('what would free it', () => {
  test('is the way of the pace, and more for more days', () => {
    const { additions } = ask((hour, random) => 40 + 0.02 * hour + 0.3 * random.normal(), limitOf(80));

    // From 66.9 by 0.48 a day: 80 is reached after some 27 days.
    expect(additions?.map(({ days }) => days)).toEqual([7, 14, 30, 60, 90, 120, 180, 270, 365, 400]);
    additions?.forEach(({ days, amount }) => {
      const expected = 0.48 * days - 13.1;
      expect(amount).toBeGreaterThan(expected - 2);
      // Sooner or later the pace may change: nine in ten futures need more than the present pace asks for.
      expect(amount).toBeLessThan(2 + expected + (0.48 * days * days) / 200);
    });
  });

  test('of a supply that runs out is all that is missing, not what lies between the limit and nothing', () => {
    const left = ask((hour, random) => 80 - 0.04 * hour + 0.1 * random.normal(), limitOf(3, 'min'));
    const never = ask((hour, random) => 80 - 0.04 * hour + 0.1 * random.normal(), limitOf(-3, 'min'));

    // 26.2 is left, and 0.96 goes each day: in 90 days 60.2 and the limit of 3 are missing.
    const missing = left.additions?.find(({ days }) => days === 90)?.amount;
    expect(missing).toBeGreaterThan(58);
    expect(missing).toBeLessThan(110);
    expect(never).toMatchObject({ p10Ms: null, neverWithinHorizon: true });
  });

  test('is less than nothing where it does not fill, and is told where it has crossed already', () => {
    const flat = ask((_, random) => 30 + random.normal(), limitOf(90));
    const over = ask((hour, random) => 60 + 0.03 * hour + 0.1 * random.normal());

    expect(flat.additions?.at(-1)?.amount).toBeLessThan(-50);
    expect(over.additions?.find(({ days }) => days === 30)?.amount).toBeGreaterThan(25);
  });
});

describe('the probability of a window', () => {
  const answer = ask((hour, random) => 50 + 0.02 * hour + 3 * random.normal(), limitOf(95));

  test('rises from nothing to that of the horizon, and agrees with the dates', () => {
    const shares = Array.from({ length: 41 }, (_, k) => probabilityBefore(answer, NOW_MS, NOW_MS + k * 10 * DAY_MS));

    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBeCloseTo(answer.probabilityWithinHorizon);
    expect(probabilityBefore(answer, NOW_MS, answer.p50Ms!)).toBeCloseTo(0.5);
    expect(probabilityBefore(answer, NOW_MS, answer.p90Ms!)).toBeCloseTo(0.9);
  });
});

test('a disk that is cleaned up whenever it is seven tenths full hardly ever alarms', () => {
  for (const seed of [1, 2, 3]) {
    let level = 40;
    const answer = ask(
      (_, random) => {
        level += 0.15 + 0.05 * random.normal();
        if (level > 72 + 2 * random.normal()) level = 40;
        return level;
      },
      limitOf(90),
      seed,
    );

    // Half a chance in seven that nobody cleans up any more.
    expect(answer.probabilityWithinHorizon).toBeLessThan(0.12);
    expect(answer.probabilityWithinLeadTime).toBeLessThan(0.05);
  }
});

describe('what is not simulated', () => {
  test.each<[string, HourlyShape]>([
    ['a fill', (hour, random) => 60 + 0.03 * hour + 0.1 * random.normal()],
    ['a constant, for which there is no forecast', () => 95],
  ])('%s that has crossed is told so at once', (_, shape) => {
    expect(ask(shape)).toMatchObject({
      alreadyCrossed: true,
      p10Ms: NOW_MS,
      p50Ms: NOW_MS,
      p90Ms: NOW_MS,
      probabilityWithinHorizon: 1,
      probabilityWithinLeadTime: 1,
      neverWithinHorizon: false,
      slackMs: -14 * DAY_MS,
    });
  });

  test('exactly at the limit is crossed, for either bound', () => {
    expect(ask(() => 90, limitOf(90, 'max')).alreadyCrossed).toBe(true);
    expect(ask(() => 90, limitOf(90, 'min')).alreadyCrossed).toBe(true);
  });

  test('without a forecast nothing is claimed, neither a date nor safety', () => {
    expect(ask(() => 42)).toMatchObject({
      p10Ms: null,
      p50Ms: null,
      p90Ms: null,
      probabilityWithinHorizon: 0,
      neverWithinHorizon: false,
      alreadyCrossed: false,
      slackMs: null,
    });
  });
});

describe('the answer', () => {
  const values = hourlyValues(DAYS, 8, (hour, random) => 40 + 0.02 * hour + 2 * random.normal());
  const outcome = forecastOf(values);
  const answer = (seed: number, limit = limitOf(90), nowMs = NOW_MS) =>
    timeToLimit({ outcome, limit, nowMs, currentValue: values.at(-1)!, seed });

  test('is the same for the same seed, and nearly so for another', () => {
    expect(answer(1)).toEqual(answer(1));
    expect(Math.abs(answer(1).p50Ms! - answer(2).p50Ms!)).toBeLessThan(DAY_MS);
  });

  test('moves away with the limit', () => {
    const dates = [80, 90, 100].map((value) => answer(1, limitOf(value)).p50Ms!);

    expect(dates).toEqual([...dates].sort((a, b) => a - b));
  });

  test('has its dates in order, none before now', () => {
    for (let value = 68; value < 110; value += 3) {
      const { p10Ms, p50Ms, p90Ms } = answer(1, limitOf(value), NOW_MS + 3 * HOUR_MS);
      const dates = [p10Ms, p50Ms, p90Ms].map((dateMs) => dateMs ?? Number.POSITIVE_INFINITY);
      expect(dates).toEqual([...dates].sort((a, b) => a - b));
      expect(dates[0]!).toBeGreaterThanOrEqual(NOW_MS + 3 * HOUR_MS);
    }
  });

  test('is for each of several limits what it is for that one alone', () => {
    const changes = [{ fromMs: NOW_MS + 20 * DAY_MS, value: 75 }];
    const limits = [limitOf(90), limitOf(30, 'min'), { ...limitOf(100), changes }, limitOf(20), limitOf(50, 'min')];

    for (const one of [outcome, forecastOf(values.subarray(0, 50))]) {
      const asked = { outcome: one, nowMs: NOW_MS, currentValue: values.at(-1)!, seed: 5 };
      expect(timesToLimit({ ...asked, limits })).toEqual(limits.map((limit) => timeToLimit({ ...asked, limit })));
    }
  });

  test('fails when now is no number', () => {
    expect(() => answer(1, limitOf(90), Number.NaN)).toThrow(RangeError);
  });
});

test('of a hundred noisy fills, 65 to 95 cross between p10 and p90', () => {
  let inside = 0;
  let asked = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const random = createRandom(seed);
    const slope = (0.3 + random.uniform()) / 24;
    const noise = 0.2 + random.uniform();
    const future = Float64Array.from({ length: 100 * 24 }, (_, hour) => 20 + slope * hour + noise * random.normal());
    const limit = limitOf(20 + slope * (28 + 3 + 40 * random.uniform()) * 24);
    const values = future.subarray(0, 28 * 24);
    const crossing = future.findIndex((value) => value >= limit.value);
    if (crossing < values.length) continue;
    const nowMs = START_MS + values.length * HOUR_MS;
    const answer = timeToLimit({ outcome: forecastOf(values), limit, nowMs, currentValue: values.at(-1)!, seed });
    const crossedMs = START_MS + crossing * HOUR_MS;
    asked++;
    if (crossedMs >= answer.p10Ms! && crossedMs <= (answer.p90Ms ?? Number.POSITIVE_INFINITY)) inside++;
  }

  expect(asked).toBeGreaterThan(90);
  expect(inside / asked).toBeGreaterThanOrEqual(0.65);
  expect(inside / asked).toBeLessThanOrEqual(0.95);
});
