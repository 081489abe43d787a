import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';

const LONGEST_SAMPLE_DAYS = 60;

/** Value of a series at a time; NaN = no sample was taken. `agoMs` counts back from the end of the sample. */
export type Shape = (at: Instant, random: Random) => number;

export interface Instant {
  readonly timestampMs: number;
  readonly agoMs: number;
  /** Hour of the day in UTC with its fraction, and day of the week, 0 = Sunday. */
  readonly hour: number;
  readonly weekday: number;
}

export function instantAt(timestampMs: number, endMs: number): Instant {
  const date = new Date(timestampMs);
  return {
    timestampMs,
    agoMs: endMs - timestampMs,
    hour: (timestampMs % DAY_MS) / HOUR_MS,
    weekday: date.getUTCDay(),
  };
}

/** One night, twelve days before the end, in which hardly anybody came: unusual, and nobody's fault. */
const QUIET_NIGHT = { agoMs: 12.6 * DAY_MS, lengthMs: 14 * HOUR_MS, lastHour: 6, share: 0.6 };

/** How busy the shop is, 0.03 to 1: few customers at night, a lunch and an evening peak, a calmer week-end. */
export function business({ agoMs, hour, weekday }: Instant): number {
  const bump = (centre: number, width: number): number => Math.exp(-(((hour - centre) / width) ** 2));
  const day = 0.55 * bump(11.5, 3) + 0.8 * bump(19.5, 2.6) + 0.25 * bump(15, 4);
  const week = weekday === 0 || weekday === 6 ? 0.72 : 1;
  const isQuiet =
    agoMs <= QUIET_NIGHT.agoMs && agoMs > QUIET_NIGHT.agoMs - QUIET_NIGHT.lengthMs && hour < QUIET_NIGHT.lastHour;
  return Math.min(1, (0.06 + week * day) * (isQuiet ? QUIET_NIGHT.share : 1));
}

/** Follows the customers, with noise in proportion. */
export function busy(low: number, high: number, noise: number): Shape {
  return (at, random) => (low + (high - low) * business(at)) * (1 + noise * random.normal());
}

/** Steady with noise. */
export function steady(level: number, noise: number): Shape {
  return (_at, random) => level * (1 + noise * random.normal());
}

/** Grows evenly: what it is at the end of the sample, and by how much a day. */
export function growing(atEnd: number, perDay: number): Shape {
  return (at) => atEnd - (perDay * at.agoMs) / DAY_MS;
}

/** Grows by another amount every day, as disks do: `spread` is the share by which a day differs from the usual one. */
export function growingUnevenly(growth: {
  readonly atEnd: number;
  readonly perDay: number;
  readonly spread: number;
  readonly noise: number;
  readonly seed: number;
}): Shape {
  const { atEnd, perDay, spread, noise } = growth;
  const days = createRandom(growth.seed);
  const missingAtAge = [0];
  for (let age = 1; age <= LONGEST_SAMPLE_DAYS; age++) {
    missingAtAge.push(missingAtAge[age - 1]! + perDay * Math.max(0.1, 1 + spread * days.normal()));
  }
  return (at, random) => {
    const ageDays = at.agoMs / DAY_MS;
    const age = Math.floor(ageDays);
    const missing = missingAtAge[age]! + (missingAtAge[age + 1]! - missingAtAge[age]!) * (ageDays - age);
    return atEnd - missing + noise * random.normal();
  };
}

/** Fills between `low` and `high` over a period, then is cleaned up at once: a log disk with rotation. */
export function sawtooth(low: number, high: number, periodMs: number, noise: number): Shape {
  return (at, random) => low + ((high - low) * (at.timestampMs % periodMs)) / periodMs + noise * random.normal();
}

/** From `agoMs` before the end on, the value is `factor` times what it was. */
export function shifted(shape: Shape, agoMs: number, factor: number): Shape {
  return (at, random) => shape(at, random) * (at.agoMs <= agoMs ? factor : 1);
}

/** While the outage lasts, another shape takes the place of the usual one. */
export function during(usual: Shape, outage: { agoMs: number; lengthMs: number }, unusual: Shape): Shape {
  return (at, random) =>
    at.agoMs <= outage.agoMs && at.agoMs > outage.agoMs - outage.lengthMs ? unusual(at, random) : usual(at, random);
}

/** A job that runs for some hours every night. */
export function nightly(idle: number, working: number, fromHour: number, toHour: number, noise: number): Shape {
  return (at, random) => (at.hour >= fromHour && at.hour < toHour ? working : idle) * (1 + noise * random.normal());
}

/** Nothing at night and at week-ends, and now and then no sample at all for some hours. */
export function officeHours(high: number, gapEveryMs: number, gapMs: number): Shape {
  return (at, random) => {
    if (at.timestampMs % gapEveryMs < gapMs) return Number.NaN;
    const open = at.weekday >= 1 && at.weekday <= 5 && at.hour >= 7 && at.hour < 18;
    const arrival = Math.min(1, Math.max(0, Math.min(at.hour - 7, 18 - at.hour) / 2));
    return open ? Math.round(high * arrival * (0.85 + 0.3 * random.uniform())) : Math.round(0.6 * random.uniform());
  };
}

/** Whole numbers not below zero. */
export function counted(shape: Shape): Shape {
  return (at, random) => Math.max(0, Math.round(shape(at, random)));
}

export function bounded(shape: Shape, low: number, high: number): Shape {
  return (at, random) => Math.min(high, Math.max(low, shape(at, random)));
}

/** A counter of events at this rate per second, which starts again from zero when its process restarts. */
export function countingUp(rate: Shape, stepMs: number, restartAgoMs: number): Shape {
  let total = 0;
  let restarted = false;
  return (at, random) => {
    if (!restarted && at.agoMs <= restartAgoMs) {
      restarted = true;
      total = 0;
    }
    total += Math.max(0, Math.round((rate(at, random) * stepMs) / 1_000));
    return total;
  };
}
