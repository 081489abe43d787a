import { line, type Markup, type Point, words } from './svg.ts';

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From times and values to places in a box. */
export interface Scales {
  readonly box: Box;
  readonly fromMs: number;
  readonly toMs: number;
  readonly at: (timeMs: number, value: number) => Point;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export function timeScales(box: Box, times: Range, values: Range): Scales {
  const { left, right, top, bottom } = box;
  const x = (timeMs: number): number => left + ((timeMs - times.from) / (times.to - times.from)) * (right - left);
  const y = (value: number): number => bottom - ((value - values.from) / (values.to - values.from)) * (bottom - top);
  return { box, fromMs: times.from, toMs: times.to, at: (timeMs, value) => ({ x: x(timeMs), y: y(value) }) };
}

/** Lines across at round values, with their numbers; the unit stands on top. */
export function valueAxis({ box, at, fromMs }: Scales, values: Range & { step: number }, unit: string): Markup[] {
  const parts = [words({ x: box.left - 8, y: box.top - 10 }, unit, 'soft', 'end')];
  for (let value = values.from; value <= values.to; value += values.step) {
    const { y } = at(fromMs, value);
    parts.push(
      line('grid', [
        { x: box.left, y },
        { x: box.right, y },
      ]),
    );
    parts.push(words({ x: box.left - 8, y: y + 4.5 }, String(value), 'soft', 'end'));
  }
  return parts;
}

/** The first of each month, or of every second or third one where they would stand too close. */
export function dateAxis({ box, at, fromMs, toMs }: Scales, closest = 70): Markup[] {
  const { left, right, bottom } = box;
  const months = monthsBetween(fromMs, toMs);
  const every = [1, 2, 3, 6].find((step) => ((right - left) / months.length) * step >= closest) ?? 12;
  const parts = [
    line('axis', [
      { x: left, y: bottom },
      { x: right, y: bottom },
    ]),
  ];
  let year = 0;
  for (const [i, monthMs] of months.entries()) {
    const { x } = at(monthMs, 0);
    if (i % every !== 0 || x > right - 20) continue;
    parts.push(
      line('axis', [
        { x, y: bottom },
        { x, y: bottom + 5 },
      ]),
    );
    const date = new Date(monthMs);
    const isNewYear = date.getUTCFullYear() !== year;
    year = date.getUTCFullYear();
    const name = `1 ${monthName(date)}${isNewYear ? ` ${year}` : ''}`;
    parts.push(words({ x, y: bottom + 20 }, name, 'soft', 'middle'));
  }
  return parts;
}

function monthsBetween(fromMs: number, toMs: number): readonly number[] {
  const first = new Date(fromMs);
  const months: number[] = [];
  for (let month = first.getUTCMonth() + 1; ; month++) {
    const monthMs = Date.UTC(first.getUTCFullYear(), month);
    if (monthMs > toMs) return months;
    months.push(monthMs);
  }
}

/** "4 Mar". */
export function dayName(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getUTCDate()} ${monthName(date)}`;
}

function monthName(date: Date): string {
  return date.toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' }).slice(0, 3);
}
