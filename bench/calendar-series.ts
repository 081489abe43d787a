import { DAY_MS } from '../models/domain/rollup.ts';
import type { Random } from '../models/numeric/random.ts';

const DAY_HOURS = 24;

/** A series whose future is known, and the dates on which it is different. */
export interface DatedSeries {
  /** Past and future, hourly. */
  readonly values: Float64Array;
  /** 1 in each affected hour. */
  readonly affected: Uint8Array;
}

/** Is a day affected; days since 1 January 1970. */
export type IsAffected = (day: number) => boolean;

interface Load {
  /** Value of an hour without any effect. */
  readonly usual: (hour: number, day: number, random: Random) => number;
  /** Value of an affected hour, given what it would be. */
  readonly changed: (usual: number, hour: number) => number;
}

const isWeekend = (day: number): boolean => (day + 3) % 7 >= 5;
const wave = (hour: number): number => Math.sin((2 * Math.PI * (hour - 9)) / DAY_HOURS);
const office = (hour: number, day: number, random: Random): number =>
  60 + 15 * wave(hour) - (isWeekend(day) ? 12 : 0) + 4 * random.normal();
const visitors = (hour: number, day: number, random: Random): number =>
  1000 * (1.3 + wave(hour)) * (isWeekend(day) ? 1.4 : 1) * Math.exp(0.12 * random.normal());

/** What months and calendars do to loads; days have an error of their own besides that of the hours. */
export const LOADS: Readonly<Record<string, Load>> = {
  'load 20 higher': { usual: office, changed: (usual) => usual + 20 },
  'batch job from 1 to 5': { usual: office, changed: (usual, hour) => usual + (hour >= 1 && hour < 5 ? 70 : 0) },
  'visitors by half': { usual: visitors, changed: (usual) => usual / 2 },
  'load 5 higher': { usual: office, changed: (usual) => usual + 5 },
};

/**
 * Series of so many days from a date on.
 *
 * Each day has an error of its own: three usual deviations of the mean of its hours' errors, half of it left the day after.
 */
export function datedSeries(
  load: Load,
  isAffected: IsAffected,
  firstDay: number,
  days: number,
  random: Random,
): DatedSeries {
  const values = new Float64Array(days * DAY_HOURS);
  const affected = new Uint8Array(values.length);
  let ownError = 0;
  for (let day = 0; day < days; day++) {
    ownError = 0.5 * ownError + 0.03 * random.normal();
    for (let hour = 0; hour < DAY_HOURS; hour++) {
      const at = day * DAY_HOURS + hour;
      const usual = load.usual(hour, firstDay + day, random) * (1 + ownError);
      affected[at] = isAffected(firstDay + day) ? 1 : 0;
      values[at] = affected[at] === 1 ? load.changed(usual, hour) : usual;
    }
  }
  return { values, affected };
}

/** The last two days of each month. */
export function isMonthEnd(day: number): boolean {
  const inTwoDays = new Date((day + 2) * DAY_MS).getUTCDate();
  return inTwoDays <= 2;
}

/** Easter Sundays, from which other holidays are counted. */
const EASTERS = ['2023-04-09', '2024-03-31', '2025-04-20', '2026-04-05', '2027-03-28'];
const FIXED = ['01-01', '01-06', '05-01', '08-15', '10-26', '11-01', '12-08', '12-25', '12-26'];
const FROM_EASTER_DAYS = [1, 39, 50, 60];

/** Holidays of five years as a country of central Europe has them: thirteen a year, four of which move. */
export const HOLIDAYS: readonly number[] = EASTERS.flatMap((easter) => {
  const dayOf = (date: string): number => Date.parse(date) / DAY_MS;
  return [
    ...FIXED.map((date) => dayOf(`${easter.slice(0, 4)}-${date}`)),
    ...FROM_EASTER_DAYS.map((days) => dayOf(easter) + days),
  ];
}).sort((a, b) => a - b);
