import type { CalendarDays } from '../models/domain/calendar.ts';
import { DAY_MS, HOUR_MS } from '../models/domain/rollup.ts';
import { forecastSeries } from '../models/forecast/forecast-series.ts';
import type { PublishedForecast } from '../models/forecast/outcome.ts';
import { createRandom, type Random } from '../models/numeric/random.ts';
import { type DatedSeries, datedSeries, HOLIDAYS, type IsAffected, isMonthEnd, LOADS } from './calendar-series.ts';
import { countOption } from './options.ts';

const SEED = 20260901;
const DEFAULT_SERIES = 100;
const DAY_HOURS = 24;
const HOURS_KEPT_DAYS = 70;
const PAST_DAYS = [70, 400] as const;
const FUTURE_DAYS = 90;
const FIRST_DAY = Date.UTC(2024, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(2026, 7, 31) / DAY_MS;
/** The newest hour is the noon before an affected day. */
const NOON_HOURS = 12;
/** The same values dated so much later meet the same weekdays, and no month end: a forecast without the effect. */
const OTHER_DATES_MS = 14 * DAY_MS;
const CALENDAR: CalendarDays = { calendarId: 'holidays', days: HOLIDAYS };

interface Family {
  readonly name: string;
  readonly load: string;
  readonly isAffected: IsAffected;
  /** Given to the forecast. */
  readonly calendars: readonly CalendarDays[];
}

const holidays = new Set(HOLIDAYS);
const FAMILIES: readonly Family[] = [
  { name: 'month end', load: 'load 20 higher', isAffected: isMonthEnd, calendars: [] },
  { name: 'month end', load: 'batch job from 1 to 5', isAffected: isMonthEnd, calendars: [] },
  { name: 'month end', load: 'load 5 higher', isAffected: isMonthEnd, calendars: [] },
  { name: 'holidays', load: 'visitors by half', isAffected: (day) => holidays.has(day), calendars: [CALENDAR] },
  { name: 'holidays', load: 'load 20 higher', isAffected: (day) => holidays.has(day), calendars: [CALENDAR] },
  { name: 'nothing', load: 'load 20 higher', isAffected: () => false, calendars: [CALENDAR] },
  { name: 'nothing', load: 'visitors by half', isAffected: () => false, calendars: [CALENDAR] },
];

/** Errors on affected days and hours, in units of MASE, and how many of the days came inside p10–p90. */
interface Judged {
  readonly days: number[];
  readonly hours: number[];
  readonly others: number[];
  inside: number;
}

const judged = (): Judged => ({ days: [], hours: [], others: [], inside: 0 });

interface Row {
  readonly family: Family;
  readonly pastDays: number;
  readonly withEffects: Judged;
  readonly without: Judged;
  series: number;
  published: number;
  entered: number;
}

/** Whether effects of the calendar help: seeded series with month ends, with holidays and with nothing. */
export const calendarBench = {
  name: 'calendar',
  describe: 'forecasts of days with an effect of the calendar, with and without it, on seeded series (--series N)',
  run(args: readonly string[]): Promise<Record<string, unknown>> {
    const count = countOption(args, '--series', DEFAULT_SERIES);
    const rows = FAMILIES.flatMap((family) => PAST_DAYS.map((pastDays) => rowOf(family, pastDays, count)));
    process.stdout.write(formatRows(rows));
    return Promise.resolve({
      protocol: `fixed: seed ${SEED}, ${count} series a row, made at noon before an affected day, 90 days judged; 70 days of hours, older ones as daily means`,
      rows: rows.map((row) => figuresOf(row)),
    });
  },
};

function rowOf(family: Family, pastDays: number, count: number): Row {
  const row: Row = { family, pastDays, withEffects: judged(), without: judged(), series: 0, published: 0, entered: 0 };
  for (let k = 0; k < count; k++) judgeOne(row, createRandom(SEED + k));
  process.stderr.write(`calendar: ${family.name}, ${family.load}, ${pastDays} days\n`);
  return row;
}

function judgeOne(row: Row, random: Random): void {
  const { family, pastDays } = row;
  const eventDay = nextEvent(family, FIRST_DAY + random.below(LAST_DAY - FIRST_DAY));
  const firstDay = eventDay - pastDays;
  const series = datedSeries(LOADS[family.load]!, family.isAffected, firstDay, pastDays + FUTURE_DAYS + 1, random);
  const pastHours = pastDays * DAY_HOURS - NOON_HOURS;
  const withEffects = forecastOf(series, pastHours, firstDay * DAY_MS, family.calendars);
  const without = forecastOf(series, pastHours, firstDay * DAY_MS + OTHER_DATES_MS, []);
  row.series++;
  if (withEffects === null || without === null) return;
  row.published++;
  if (withEffects.models.some(({ name }) => name.startsWith('effect '))) row.entered++;
  const unit = unitOf(series, pastHours);
  judge(row.withEffects, withEffects, series, pastHours, unit);
  judge(row.without, without, series, pastHours, unit);
}

function nextEvent({ isAffected, name }: Family, from: number): number {
  let day = from;
  while (name !== 'nothing' && !isAffected(day)) day++;
  return day;
}

/** Ten weeks as hours, what lies before as daily means, as the service reads them. */
function forecastOf(
  { values }: DatedSeries,
  pastHours: number,
  startMs: number,
  calendars: readonly CalendarDays[],
): PublishedForecast | null {
  const olderDays = Math.floor(pastHours / DAY_HOURS) - HOURS_KEPT_DAYS + 1;
  const older = Math.max(0, olderDays);
  const outcome = forecastSeries({
    startMs: startMs + older * DAY_MS,
    stepMs: HOUR_MS,
    values: values.subarray(older * DAY_HOURS, pastHours),
    olderDays: Float64Array.from({ length: older }, (_, day) => dayMean(values, day * DAY_HOURS)),
    nowMs: startMs + pastHours * HOUR_MS,
    calendars,
  });
  return outcome.kind === 'forecast' ? outcome : null;
}

function judge(
  into: Judged,
  { daily, hourly }: PublishedForecast,
  { values, affected }: DatedSeries,
  pastHours: number,
  unit: { readonly day: number; readonly hour: number },
): void {
  daily.p50.forEach((p50, day) => {
    const from = pastHours + day * DAY_HOURS;
    const actual = dayMean(values, from);
    const error = Math.abs(actual - p50) / unit.day;
    const isAffected = affected.subarray(from, from + DAY_HOURS).includes(1);
    (isAffected ? into.days : into.others).push(error);
    if (isAffected && actual >= daily.p10[day]! && actual <= daily.p90[day]!) into.inside++;
  });
  hourly.p50.forEach((p50, hour) => {
    if (affected[pastHours + hour] !== 1) return;
    into.hours.push(Math.abs(values[pastHours + hour]! - p50) / unit.hour);
  });
}

/** Mean absolute differences over a week of days and over a day of hours. */
function unitOf({ values }: DatedSeries, pastHours: number): { readonly day: number; readonly hour: number } {
  const days = Array.from({ length: Math.floor(pastHours / DAY_HOURS) }, (_, day) => dayMean(values, day * DAY_HOURS));
  return {
    day: mean(days.slice(7).map((value, i) => Math.abs(value - days[i]!))),
    hour: mean(Array.from(values.subarray(DAY_HOURS, pastHours), (value, i) => Math.abs(value - values[i]!))),
  };
}

function figuresOf({ family, pastDays, series, published, entered, withEffects, without }: Row) {
  const round = (value: number): number | null => (Number.isNaN(value) ? null : Math.round(100 * value) / 100);
  const all = (part: Judged) => ({
    daysMase: round(mean(part.days)),
    hoursMase: round(mean(part.hours)),
    otherDaysMase: round(mean(part.others)),
    inside: round(part.inside / part.days.length),
  });
  return {
    family: `${family.name}, ${family.load}`,
    pastDays,
    series,
    published,
    entered: round(entered / published),
    with: all(withEffects),
    without: all(without),
  };
}

function formatRows(rows: readonly Row[]): string {
  const head = [
    '| family | days of past | published | effect entered | affected days, MASE: with / without | affected hours of the first two days | other days | affected days inside p10–p90 |',
    '|---|---|---|---|---|---|---|---|',
  ];
  const told = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
  const lines = rows.map((row) => {
    const { family, pastDays, published, entered, with: by, without } = figuresOf(row);
    const pair = (key: keyof typeof by): string => `${told(by[key])} / ${told(without[key])}`;
    const share = entered === null ? '–' : `${Math.round(100 * entered)} %`;
    return `| ${family} | ${pastDays} | ${published} | ${share} | ${pair('daysMase')} | ${pair('hoursMase')} | ${pair('otherDaysMase')} | ${pair('inside')} |`;
  });
  return `${[...head, ...lines].join('\n')}\n`;
}

function dayMean(values: Float64Array, from: number): number {
  return mean([...values.subarray(from, from + DAY_HOURS)]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
