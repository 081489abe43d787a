import type { Random } from '../models/numeric/random.ts';

const DAY_HOURS = 24;
const WEEK_HOURS = 168;

/** One resource whose future is known: hourly values before and after now, and a limit above. */
export interface KnownResource {
  readonly family: string;
  /** Hours before now; the values that follow are the future. */
  readonly pastHours: number;
  readonly values: Float64Array;
  readonly limit: number;
  readonly leadTimeDays: number;
}

/** What comes next, hour by hour, and a limit for a time ahead. Hours count from now; asked up to now, then beyond. */
interface Course {
  readonly next: (hour: number) => number;
  /** Reached about then by what is known now; where nothing grows, the higher the farther, some deviations above. */
  readonly limitFor: (hour: number) => number;
}

type Family = (random: Random, pastHours: number) => Course;

const between = (random: Random, from: number, to: number): number => from + (to - from) * random.uniform();
const logBetween = (random: Random, from: number, to: number): number => from * (to / from) ** random.uniform();
const pick = (random: Random, choices: readonly number[]): number => choices[random.below(choices.length)]!;
const season = (hour: number, periodHours: number): number => Math.sin((2 * Math.PI * hour) / periodHours);

/** Errors that fade with a time constant of so many hours, of unit variance; 0 for white noise. */
function fadingNoise(random: Random, hours: number): () => number {
  const kept = hours > 0 ? Math.exp(-1 / hours) : 0;
  let state = random.normal();
  return () => {
    state = kept * state + Math.sqrt(1 - kept * kept) * random.normal();
    return state;
  };
}

/** A growth that fills a hundred units in some weeks to some years. */
const paceOf = (random: Random): number => 100 / (logBetween(random, 30, 1000) * DAY_HOURS);

const linear: Family = (random) => {
  const pace = paceOf(random);
  const noise = logBetween(random, 0.1, 5);
  const expected = (hour: number): number => 50 + pace * hour;
  return { limitFor: expected, next: (hour) => expected(hour) + noise * random.normal() };
};

const linearWithMemory: Family = (random) => {
  const pace = paceOf(random);
  const size = logBetween(random, 0.3, 5);
  const noise = fadingNoise(random, logBetween(random, 6, 240));
  const expected = (hour: number): number => 50 + pace * hour;
  return { limitFor: expected, next: (hour) => expected(hour) + size * noise() };
};

const randomWalk: Family = (random, pastHours) => {
  const pace = paceOf(random);
  // Over a day it moves by 0.3 to 3 times what it drifts.
  const step = (pace * DAY_HOURS * logBetween(random, 0.3, 3)) / Math.sqrt(DAY_HOURS);
  let level = 50 - pace * pastHours;
  let now = 50;
  return {
    limitFor: (hour) => now + pace * hour,
    next: (hour) => {
      level += pace + step * random.normal();
      if (hour === 0) now = level;
      return level;
    },
  };
};

/** Cleaned up every half day to eleven days; in every second one a little more is left behind each time. */
const sawtooth: Family = (random) => {
  const period = pick(random, [12, 24, 72, 120, WEEK_HOURS, 264]);
  const height = between(random, 5, 35);
  const pace = random.uniform() < 0.5 ? 0 : paceOf(random);
  const noise = logBetween(random, 0.1, 1.5);
  const top = (hour: number): number => 50 + pace * hour + height;
  return {
    limitFor: (hour) => top(hour) + (pace === 0 ? (2 * noise * hour) / 1000 : 0),
    next: (hour) => top(hour) - height * (1 - (((hour % period) + period) % period) / period) + noise * random.normal(),
  };
};

const seasonal: Family = (random) => {
  const pace = random.uniform() < 0.25 ? 0 : paceOf(random);
  const daily = between(random, 1, 10);
  const weekly = between(random, 0, 6);
  const noise = fadingNoise(random, logBetween(random, 1, 48));
  const size = logBetween(random, 0.3, 3);
  const usual = (hour: number): number =>
    50 + pace * hour + daily * season(hour, DAY_HOURS) + weekly * season(hour, WEEK_HOURS);
  return {
    limitFor: (hour) => 50 + pace * hour + daily + weekly / 2 + (pace === 0 ? (hour / 1000) * size : 0),
    next: (hour) => usual(hour) + size * noise(),
  };
};

/** Loads of any size that arrive by chance, some days apart. */
const stepLoads: Family = (random, pastHours) => {
  const gapHours = logBetween(random, 2, 14) * DAY_HOURS;
  const load = paceOf(random) * gapHours;
  const noise = load * logBetween(random, 0.02, 0.3);
  let level = 50 - (load / gapHours) * pastHours;
  let now = 50;
  return {
    limitFor: (hour) => now + (load / gapHours) * hour,
    next: (hour) => {
      if (random.uniform() < 1 / gapHours) level -= load * Math.log(1 - random.uniform());
      if (hour === 0) now = level;
      return level + noise * random.normal();
    },
  };
};

const saturating: Family = (random, pastHours) => {
  const tauHours = logBetween(random, 15, 150) * DAY_HOURS;
  const rise = between(random, 10, 60);
  const noise = logBetween(random, 0.1, 2);
  const beganHours = pastHours + between(random, 0, tauHours);
  const expected = (hour: number): number => 30 + rise * (1 - Math.exp(-(hour + beganHours) / tauHours));
  return {
    // Every second limit lies above what it will ever reach.
    limitFor: (hour) => expected(hour) + (rise * hour) / (DAY_HOURS * 4000),
    next: (hour) => expected(hour) + noise * random.normal(),
  };
};

/** Goes nowhere: wanders around its level within hours to weeks. */
const standing: Family = (random) => {
  const size = between(random, 1, 5);
  const daily = random.uniform() < 0.5 ? 0 : between(random, 1, 10);
  const noise = fadingNoise(random, logBetween(random, 1, 240));
  return {
    limitFor: (hour) => 50 + daily + size * (1 + hour / (100 * DAY_HOURS)),
    next: (hour) => 50 + daily * season(hour, DAY_HOURS) + size * noise(),
  };
};

/** Its pace changes by chance, some months apart: another team, another customer. */
const changingPace: Family = (random, pastHours) => {
  const usual = paceOf(random);
  const gapHours = logBetween(random, 30, 200) * DAY_HOURS;
  const noise = logBetween(random, 0.1, 2);
  let pace = usual * logBetween(random, 0.3, 3);
  let level = 50 - usual * pastHours;
  let now = { level: 50, pace: usual };
  return {
    limitFor: (hour) => now.level + now.pace * hour,
    next: (hour) => {
      if (random.uniform() < 1 / gapHours) pace = usual * logBetween(random, 0.3, 3);
      level += pace;
      if (hour === 0) now = { level, pace };
      return level + noise * random.normal();
    },
  };
};

/** Grows by a share of itself: 1 to 15 % a month. */
const compounding: Family = (random) => {
  const rate = Math.log(1 + logBetween(random, 0.01, 0.15)) / (30 * DAY_HOURS);
  const noise = logBetween(random, 0.001, 0.03);
  const expected = (hour: number): number => 50 * Math.exp(rate * hour);
  return { limitFor: expected, next: (hour) => expected(hour) * (1 + noise * random.normal()) };
};

export const FAMILIES: Readonly<Record<string, Family>> = {
  linear,
  'linear with memory': linearWithMemory,
  'random walk with drift': randomWalk,
  sawtooth,
  seasonal,
  'step loads': stepLoads,
  saturating,
  standing,
  'changing pace': changingPace,
  compounding,
};

/** Lengths of history in days: four weeks, two months, half a year, thirteen months. */
const PAST_DAYS = [28, 56, 180, 400];
const LEAD_TIMES_DAYS = [3, 7, 14, 30, 60, 90];

/**
 * A resource of one family. Its limit is what the family is expected to be on some day 3 to 400 days ahead, given all
 * that is known now, and not what the drawn future will be: a limit that knew it would be no fair question.
 */
export function knownResource(family: string, random: Random, futureDays: number): KnownResource {
  const pastHours = pick(random, PAST_DAYS) * DAY_HOURS;
  const course = FAMILIES[family]!(random, pastHours);
  const values = new Float64Array(pastHours + futureDays * DAY_HOURS);
  for (let i = 0; i < pastHours; i++) values[i] = course.next(i - pastHours + 1);
  const limit = course.limitFor(logBetween(random, 3, 400) * DAY_HOURS);
  for (let i = pastHours; i < values.length; i++) values[i] = course.next(i - pastHours + 1);
  return { family, pastHours, values, limit, leadTimeDays: pick(random, LEAD_TIMES_DAYS) };
}
