import { midnightsBetween } from '../../functions/report/zoned-time.ts';
import { createUtcOffset } from '../../models/numeric/utc-offset.ts';
import type { JudgedColumns } from './replay-series.ts';

/** Where the plot lies inside a chart of a given size, and what it shows. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Scales extends Frame {
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number;
  readonly high: number;
  readonly x: (timestampMs: number) => number;
  readonly y: (value: number) => number;
}

/** Columns of samples in [start, end). */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** How far a band may reach beyond the values before it is cut off: a wide one would flatten the rest. */
const BAND_SHARE = 0.25;
const STEPS_HOURS = [1 / 12, 1 / 4, 1 / 2, 1, 3, 6, 12, 24, 48, 168, 336, 672, 1_344, 2_688, 10_752];

export function frameOf(width: number, height: number): Frame {
  return { width, height, left: 56, right: width - 10, top: 12, bottom: height - 24 };
}

/** The samples from one time up to another, both included. */
export function windowBetween({ timestampsMs }: JudgedColumns, fromMs: number, toMs: number): Window {
  const first = timestampsMs.findIndex((timestampMs) => timestampMs >= fromMs);
  const after = timestampsMs.findIndex((timestampMs) => timestampMs > toMs);
  return { start: first === -1 ? timestampsMs.length : first, end: after === -1 ? timestampsMs.length : after };
}

/** Scales for a stretch of samples, with other values that have to be seen too. */
export function createScales(
  frame: Frame,
  judged: JudgedColumns,
  { start, end }: Window,
  times: { readonly fromMs: number; readonly toMs: number },
  others: readonly number[] = [],
): Scales {
  const { left, right, top, bottom } = frame;
  const [least, most] = extent([judged.values.subarray(start, end), others]);
  const reach = (most - least || Math.abs(most) || 1) * BAND_SHARE;
  const [lower, upper] = extent([judged.lower.subarray(start, end), judged.upper.subarray(start, end)]);
  const bottomValue = Math.min(least, Math.max(lower, least - reach));
  const topValue = Math.max(most, Math.min(upper, most + reach));
  const margin = (topValue - bottomValue || Math.abs(topValue) || 1) * 0.06;
  const low = least >= 0 && bottomValue - margin < 0 ? 0 : bottomValue - margin;
  const high = topValue + margin;
  const { fromMs, toMs } = times;
  const spanMs = Math.max(1, toMs - fromMs);
  return {
    ...frame,
    fromMs,
    toMs,
    low,
    high,
    x: (timestampMs) => left + ((timestampMs - fromMs) / spanMs) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
}

function extent(lists: readonly ArrayLike<number>[]): readonly [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let i = 0; i < list.length; i++) {
      const value = list[i]!;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return least <= most ? [least, most] : [0, 1];
}

/** Round values for the axis, at 1, 2 or 5 times a power of ten. */
export function valueTicks({ low, high }: Scales, wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(i * step);
  return ticks;
}

export interface TimeTick {
  readonly timestampMs: number;
  readonly text: string;
}

/** Full hours or midnights of the zone, at most so many. */
export function timeTicks({ fromMs, toMs }: Scales, most: number, timeZone: string): TimeTick[] {
  const hours = (toMs - fromMs) / HOUR_MS;
  const step = STEPS_HOURS.find((candidate) => hours / candidate <= most) ?? STEPS_HOURS.at(-1)!;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    ...(step < DAY_HOURS
      ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
      : { day: 'numeric', month: 'short' }),
    ...(step >= 2_688 && { year: 'numeric', day: undefined }),
  });
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' });
  const times =
    step < DAY_HOURS
      ? clockTimes(fromMs, toMs, step * HOUR_MS, timeZone)
      : midnightsBetween(fromMs, toMs, step / DAY_HOURS, timeZone);
  return times.map((timestampMs) => {
    const text = format.format(timestampMs);
    return { timestampMs, text: text === '00:00' ? day.format(timestampMs) : text };
  });
}

function clockTimes(fromMs: number, toMs: number, stepMs: number, timeZone: string): number[] {
  const offsetMs = createUtcOffset(timeZone)(fromMs);
  const times: number[] = [];
  for (let localMs = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs; localMs - offsetMs <= toMs; localMs += stepMs) {
    times.push(localMs - offsetMs);
  }
  return times;
}
