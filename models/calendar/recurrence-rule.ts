import { parseCivilTime } from './civil-time.ts';

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';

/** A weekday, 0 = Sunday; with an ordinal, that one of its month or year, from the end where negative. */
export interface RuleDay {
  readonly weekday: number;
  readonly ordinal: number | null;
}

/** A recurrence rule of RFC 5545, read. Empty lists restrict nothing. */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly count: number | null;
  /** Last time that may be a start. `isUtc`: an instant, else a reading of the wall clock. */
  readonly until: { readonly timeMs: number; readonly isUtc: boolean } | null;
  readonly months: readonly number[];
  readonly monthDays: readonly number[];
  readonly yearDays: readonly number[];
  readonly days: readonly RuleDay[];
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly positions: readonly number[];
  /** First day of the week, 0 = Sunday. */
  readonly weekStart: number;
}

const FREQUENCIES: readonly string[] = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] satisfies readonly Frequency[];
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const KNOWN = new Set(
  'FREQ INTERVAL COUNT UNTIL BYMONTH BYMONTHDAY BYYEARDAY BYDAY BYHOUR BYMINUTE BYSETPOS WKST'.split(' '),
);
const MOST_INTERVAL = 1_000;
const MOST_COUNT = 100_000;

/**
 * Reads a recurrence rule.
 *
 * Used wherever calendars are put or expanded.
 *
 * Definition: RFC 5545, section 3.3.10, without HOURLY, MINUTELY, SECONDLY, BYSECOND and BYWEEKNO. BYDAY carries ordinals
 *             only in monthly and yearly rules.
 * Input:      such as `FREQ=MONTHLY;BYDAY=-1FR`.
 * Throws:     RangeError, in words for whoever wrote the rule.
 *
 * @example
 * parseRecurrenceRule('FREQ=WEEKLY;BYDAY=MO,FR').days.length // => 2
 */
export function parseRecurrenceRule(text: string): RecurrenceRule {
  const parts = readParts(text);
  const frequency = parts.get('FREQ') ?? '';
  if (!isFrequency(frequency)) {
    throw new RangeError(`recurrence rule: FREQ must be ${FREQUENCIES.join(', ')}, got ${frequency || 'none'}`);
  }
  const numbers = (name: string, least: number, most: number): readonly number[] =>
    readNumbers(name, parts.get(name), least, most);
  const rule: RecurrenceRule = {
    frequency,
    interval: numbers('INTERVAL', 1, MOST_INTERVAL)[0] ?? 1,
    count: numbers('COUNT', 1, MOST_COUNT)[0] ?? null,
    until: readUntil(parts.get('UNTIL')),
    months: numbers('BYMONTH', 1, 12),
    monthDays: withoutZero('BYMONTHDAY', numbers('BYMONTHDAY', -31, 31)),
    yearDays: withoutZero('BYYEARDAY', numbers('BYYEARDAY', -366, 366)),
    days: readDays(parts.get('BYDAY'), frequency),
    hours: numbers('BYHOUR', 0, 23),
    minutes: numbers('BYMINUTE', 0, 59),
    positions: withoutZero('BYSETPOS', numbers('BYSETPOS', -366, 366)),
    weekStart: Math.max(0, WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO')),
  };
  if (rule.count !== null && rule.until !== null) throw new RangeError('recurrence rule: has both COUNT and UNTIL');
  return rule;
}

function isFrequency(word: string): word is Frequency {
  return FREQUENCIES.includes(word);
}

function readParts(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(';')) {
    const [name = '', value = ''] = part.split('=');
    if (!KNOWN.has(name)) throw new RangeError(`recurrence rule: ${name || 'an empty part'} is not understood`);
    if (parts.has(name)) throw new RangeError(`recurrence rule: ${name} stands twice`);
    parts.set(name, value);
  }
  return parts;
}

function readNumbers(name: string, text: string | undefined, least: number, most: number): readonly number[] {
  if (text === undefined) return [];
  return text.split(',').map((word) => {
    const value = /^[+-]?\d{1,6}$/.test(word) ? Number(word) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new RangeError(`recurrence rule: ${name} must be between ${least} and ${most}, got ${word || 'nothing'}`);
  });
}

function withoutZero(name: string, values: readonly number[]): readonly number[] {
  if (values.includes(0)) throw new RangeError(`recurrence rule: ${name} must not be 0`);
  return values;
}

function readUntil(text: string | undefined): RecurrenceRule['until'] {
  if (text === undefined) return null;
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(text);
  const [year, month, day, hour = '23', minute = '59', second = '59', zone] = match?.slice(1) ?? [];
  const timeMs = parseCivilTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
  if (timeMs === undefined) throw new RangeError(`recurrence rule: UNTIL must be like 20261231T230000Z, got ${text}`);
  return { timeMs, isUtc: zone === 'Z' };
}

function readDays(text: string | undefined, frequency: Frequency): readonly RuleDay[] {
  if (text === undefined) return [];
  return text.split(',').map((word) => {
    const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(word);
    const ordinal = match?.[1] === undefined ? null : Number(match[1]);
    const mayCount = frequency === 'MONTHLY' || frequency === 'YEARLY';
    if (match === null || ordinal === 0 || (ordinal !== null && !mayCount)) {
      throw new RangeError(`recurrence rule: BYDAY does not take ${word || 'nothing'} in a ${frequency} rule`);
    }
    return { weekday: WEEKDAYS.indexOf(match[2]!), ordinal };
  });
}
