import type { CalendarEffect } from './calendar-effects.ts';
import { civilDate } from './civil-days.ts';
import type { DayShapes } from './day-shapes.ts';
import type { ErrorBand } from './scale-forecast.ts';

const DAY_HOURS = 24;
/** p10 and p90 of a standard normal lie this far from its middle. */
const NORMAL_P90 = 1.2815515655446004;

/** What becomes of the values of steps to come: value · times + plus, known to `doubt`, a standard error. */
export interface StepChanges {
  readonly times: Float64Array;
  readonly plus: Float64Array;
  readonly doubt: Float64Array;
}

/** What becomes of the means of days to come, and by how much more their highest and lowest hours move. */
export interface DayChanges extends StepChanges {
  readonly highest: Float64Array;
  readonly lowest: Float64Array;
}

interface DateChange {
  readonly times: number;
  readonly plus: Float64Array;
  readonly doubt: number;
}

/**
 * Changes of hours to come by effects of the calendar.
 *
 * Input:      effects, in the order in which they were taken out of the past; localHours, of each step, in hours since
 *             1 January 1970, 00:00 on local clocks.
 * Output:     see StepChanges, one entry for each step.
 * Cost:       O(steps + dates · effects).
 * Throws:     never.
 *
 * @example
 * [...hourChanges([], [5, 6]).times] // => [1, 1]
 */
export function hourChanges(effects: readonly CalendarEffect[], localHours: readonly number[]): StepChanges {
  const changeOf = dateChanges(effects);
  const changes = localHours.map((hour) => changeOf(Math.floor(hour / DAY_HOURS)));
  return {
    times: Float64Array.from(changes, (change) => change?.times ?? 1),
    plus: Float64Array.from(changes, (change, step) => change?.plus[localHours[step]! % DAY_HOURS] ?? 0),
    doubt: Float64Array.from(changes, (change) => change?.doubt ?? 0),
  };
}

export interface DaysToCome {
  /** Local hour with which each day begins, in hours since 1 January 1970, 00:00; a day is 24 hours from there. */
  readonly startHours: readonly number[];
  readonly shapes: DayShapes['shapes'];
  /** Usual mean of a day: what a factor takes off or adds. */
  readonly level: number;
}

/**
 * Changes of days to come by effects of the calendar. Days begin at any hour, so that a date's effect may be spread over two.
 *
 * Definition: times and plus are means over the 24 hours, of times weighted by the usual values of these. The highest hour moves by as much more as the highest hour of
 *             the usual day moves beyond the mean, likewise the lowest.
 * Input:      effects, in the order in which they were taken out of the past; days.
 * Output:     see DayChanges, one entry for each day; null where no day is changed.
 * Cost:       O(days + changed days · 24).
 * Throws:     never.
 *
 * @example
 * dayChanges([], { startHours: [0, 24], shapes: [new Float64Array(24)], level: 1 }) // => null
 */
export function dayChanges(effects: readonly CalendarEffect[], days: DaysToCome): DayChanges | null {
  const { startHours, shapes, level } = days;
  const changeOf = dateChanges(effects);
  const [plus, doubt, highest, lowest] = [0, 1, 2, 3].map(() => new Float64Array(startHours.length)) as Columns;
  const times = new Float64Array(startHours.length).fill(1);
  let isChanged = false;
  startHours.forEach((startHour, day) => {
    const first = changeOf(Math.floor(startHour / DAY_HOURS));
    const second = changeOf(Math.floor((startHour + DAY_HOURS - 1) / DAY_HOURS));
    if (first === null && second === null) return;
    isChanged = true;
    const hours = Array.from({ length: DAY_HOURS }, (_, i) => {
      const change = startHour % DAY_HOURS < DAY_HOURS - i ? first : second;
      return {
        times: change?.times ?? 1,
        plus: change?.plus[(startHour + i) % DAY_HOURS] ?? 0,
        doubt: change?.doubt ?? 0,
      };
    });
    const meanOf = (pick: (hour: (typeof hours)[number]) => number): number =>
      hours.reduce((sum, hour) => sum + pick(hour), 0) / DAY_HOURS;
    const shape = shapes[day % shapes.length]!;
    times[day] = weightedTimes(hours, shape, level);
    plus[day] = meanOf((hour) => hour.plus);
    doubt[day] = meanOf((hour) => hour.doubt);
    const moved = shape.map((usual, i) => (level + usual) * hours[i]!.times + hours[i]!.plus);
    const mean = level * times[day]! + plus[day]!;
    highest[day] = Math.max(...moved) - mean - Math.max(...shape);
    lowest[day] = Math.min(...moved) - mean - Math.min(...shape);
  });
  return isChanged ? { times, plus, doubt, highest, lowest } : null;
}

/** Half of a day's hours are more than half of the day where they are the busy ones. */
function weightedTimes(hours: readonly { readonly times: number }[], shape: Float64Array, level: number): number {
  let sum = 0;
  let weights = 0;
  for (const [i, { times }] of hours.entries()) {
    const usual = Math.max(0, level + shape[i]!);
    sum += usual * times;
    weights += usual;
  }
  return weights > 0 ? sum / weights : hours.reduce((total, { times }) => total + times, 0) / hours.length;
}

type Columns = [Float64Array, Float64Array, Float64Array, Float64Array];

/**
 * Band with its changes: the centre moves, and the spread is never narrower than usual.
 *
 * Definition: the distances to p10 and p90 and those of the doubt add up by their squares.
 * Output:     a new band.
 * Cost:       O(steps).
 * Throws:     never.
 */
export function changedBand(band: ErrorBand, { times, plus, doubt }: StepChanges): ErrorBand {
  const wider = (distance: number, step: number): number => Math.hypot(distance, NORMAL_P90 * doubt[step]!);
  return {
    ...band,
    centre: band.centre.map((value, step) => value * times[step]! + plus[step]!),
    below: band.below.map(wider),
    above: band.above.map(wider),
  };
}

/** All effects on one date; null where there is none. Looked up once for each date. */
function dateChanges(effects: readonly CalendarEffect[]): (day: number) => DateChange | null {
  const known = new Map<number, DateChange | null>();
  return (day) => {
    const found = known.get(day);
    if (found !== undefined) return found;
    const change = changeOn(effects, day);
    known.set(day, change);
    return change;
  };
}

function changeOn(effects: readonly CalendarEffect[], day: number): DateChange | null {
  const date = civilDate(day);
  let change: DateChange | null = null;
  // What was taken out last is put back first.
  for (const { days, times, plus, doubt } of [...effects].reverse()) {
    if (!days.holds(date)) continue;
    const before: DateChange = change ?? { times: 1, plus: new Float64Array(DAY_HOURS), doubt: 0 };
    change = {
      times: before.times * times,
      plus: before.plus.map((amount, hour) => amount * times + plus[hour]!),
      doubt: Math.hypot(before.doubt, doubt),
    };
  }
  return change;
}
