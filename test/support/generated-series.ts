import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';
import { createUtcOffset } from '../../models/numeric/utc-offset.ts';

/** A Monday, in winter. */
export const MONDAY_MS = Date.UTC(2025, 0, 6);

/** Value of a series at one instant of local time. */
export type Shape = (random: Random, localMs: number) => number;

export function hourOfDay(localMs: number): number {
  return (((localMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS;
}

/** Busy by day, quieter at weekends: 1 at the afternoon's peak, −1 before dawn. */
export function dailyWave(localMs: number): number {
  const wave = Math.sin(((hourOfDay(localMs) - 8) / 24) * 2 * Math.PI);
  const isWeekend = (Math.floor(localMs / DAY_MS) + 3) % 7 >= 5;
  return isWeekend ? 0.4 * wave - 0.5 : wave;
}

export function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}

/** Well-behaved series: nothing in them is an anomaly. */
export const WELL_BEHAVED: Readonly<Record<string, Shape>> = {
  'normal noise on a daily and weekly wave': (random, ms) => 100 + 30 * dailyWave(ms) + 3 * random.normal(),
  'lognormal noise': (random, ms) => Math.exp(4 + 0.5 * dailyWave(ms) + 0.5 * random.normal()),
  'Poisson counts with a wave': (random, ms) => poisson(random, 20 + 15 * dailyWave(ms)),
  'sparse Poisson counts': (random) => poisson(random, 0.2),
  'heavy tails, Student with three degrees': (random) => 100 + 5 * student3(random),
  'an office: high from nine to five on weekdays': (random, ms) => (isOffice(ms) ? 100 : 20) + 3 * random.normal(),
  'a quiet night and a noisy day': (random, ms) =>
    hourOfDay(ms) >= 7 && hourOfDay(ms) < 19 ? 100 + 20 * random.normal() : 20 + 0.5 * random.normal(),
  'a nightly job of half an hour': (random, ms) =>
    20 + 2 * random.normal() + (hourOfDay(ms) >= 2 && hourOfDay(ms) < 2.5 ? 60 : 0),
};

function isOffice(localMs: number): boolean {
  const isWeekday = (Math.floor(localMs / DAY_MS) + 3) % 7 < 5;
  return isWeekday && hourOfDay(localMs) >= 9 && hourOfDay(localMs) < 17;
}

function student3(random: Random): number {
  const squares = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return random.normal() / Math.sqrt(squares / 3);
}

export interface GeneratedOptions {
  readonly shape: Shape;
  readonly seed: number;
  readonly stepMs: number;
  readonly days: number;
  readonly startMs?: number;
  /** Zone whose clock the shape follows. */
  readonly timeZone?: string;
}

export interface TimedValue {
  readonly timestampMs: number;
  readonly value: number;
}

export function generateSeries(options: GeneratedOptions): TimedValue[] {
  const { shape, seed, stepMs, days, startMs = MONDAY_MS, timeZone = 'UTC' } = options;
  const random = createRandom(seed);
  const utcOffset = createUtcOffset(timeZone);
  return Array.from({ length: Math.floor((days * DAY_MS) / stepMs) }, (_, i) => {
    const timestampMs = startMs + i * stepMs;
    return { timestampMs, value: shape(random, timestampMs + utcOffset(timestampMs)) };
  });
}

/** The series with other values from one instant on. */
export function changedFrom(
  series: readonly TimedValue[],
  fromMs: number,
  change: (value: number, sinceMs: number) => number,
): TimedValue[] {
  return series.map(({ timestampMs, value }) => ({
    timestampMs,
    value: timestampMs < fromMs ? value : change(value, timestampMs - fromMs),
  }));
}
