import { formatNumber } from '../../models/domain/quantity.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { Labels } from '../../models/domain/series.ts';

const MINUTE_MS = 60_000;
/** Where in the name of a resource a label stands; others follow in the order of their names. */
const NAMING_LABELS = ['service', 'job', 'instance', 'host', 'node', 'namespace', 'pod', 'container', 'queue', 'topic'];
const NAME_PARTS = 4;
/** Locales whose customs know the short name of a zone; the first that does not fall back to an offset is taken. */
const ZONE_NAME_LOCALES = ['en-GB', 'en-US', 'en-AU'];

/** A length of time in its largest fitting unit: "3.1 days", "5 hours". */
export function formatDuration(durationMs: number): string {
  const size = Math.abs(durationMs);
  if (size >= 1.5 * DAY_MS) return plural(Math.round((size / DAY_MS) * 10) / 10, 'day');
  if (size >= 1.5 * HOUR_MS) return plural(Math.round(size / HOUR_MS), 'hour');
  return plural(Math.round(size / MINUTE_MS), 'minute');
}

/** How far a moment is from now: "in 6 days", "5 hours ago", "now". */
export function formatRelative(timestampMs: number, nowMs: number): string {
  const distanceMs = timestampMs - nowMs;
  const size = Math.abs(distanceMs);
  if (size < MINUTE_MS) return 'now';
  const length = size >= 1.5 * DAY_MS ? plural(Math.round(size / DAY_MS), 'day') : formatDuration(size);
  return distanceMs > 0 ? `in ${length}` : `${length} ago`;
}

/** A probability as people say it: "about 8 in 10". */
export function formatChance(probability: number): string {
  if (probability >= 0.95) return 'more than 19 in 20';
  if (probability < 0.05) return 'less than 1 in 20';
  return `about ${Math.min(9, Math.max(1, Math.round(probability * 10)))} in 10`;
}

export function plural(count: number, noun: string): string {
  return `${formatNumber(count)} ${count === 1 ? noun : `${noun}s`}`;
}

/** The rows shown of all there are; nothing where all are shown. */
export function formatCap(shown: number, total: number): string | null {
  return shown < total ? `${formatNumber(shown)} of ${formatNumber(total)} shown.` : null;
}

/** What a series is about, without the metric: the values of its labels, most telling first. */
export function resourceName(labels: Labels): string {
  const rank = (name: string): number => {
    const place = NAMING_LABELS.indexOf(name);
    return place < 0 ? NAMING_LABELS.length : place;
  };
  const named = labels.filter(([name]) => name !== '__name__').toSorted(([a], [b]) => rank(a) - rank(b));
  const values = [...new Set(named.map(([, value]) => shorten(value, 40)))];
  return values.slice(0, NAME_PARTS).join(' · ');
}

/** At most maxLength characters, the end cut off. */
export function shorten(text: string, maxLength: number): string {
  // No character takes more than two code units, so this holds at least one character more than allowed if there is one.
  const characters = Array.from(text.slice(0, maxLength * 2 + 2));
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Moments as people in a zone say them, seen from now. */
export interface ZoneFormat {
  /** "Tue 14 Oct 09:00 CET", with the year where it is not this year. */
  readonly moment: (timestampMs: number) => string;
  /** "Tue 14 Oct". */
  readonly day: (timestampMs: number) => string;
  /** "Tue 14 Oct 09:00 CET, in 6 days". */
  readonly when: (timestampMs: number) => string;
  /** The same to the full hour, for what is not known to the minute. */
  readonly aboutWhen: (timestampMs: number) => string;
}

export function createZoneFormat(timeZone: string, nowMs: number): ZoneFormat {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const read = (timestampMs: number): Partial<Record<Intl.DateTimeFormatPartTypes, string>> =>
    Object.fromEntries(parts.formatToParts(timestampMs).map(({ type, value }) => [type, value]));
  const zoneNames = ZONE_NAME_LOCALES.map(
    (locale) => new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }),
  );
  const thisYear = read(nowMs).year;

  const day = (timestampMs: number): string => {
    const { weekday, day: date, month, year } = read(timestampMs);
    return `${weekday} ${date} ${month}${year === thisYear ? '' : ` ${year}`}`;
  };
  const moment = (timestampMs: number): string => {
    const { hour, minute } = read(timestampMs);
    return `${day(timestampMs)} ${hour}:${minute} ${zoneName(zoneNames, timestampMs)}`;
  };
  const when = (timestampMs: number): string => `${moment(timestampMs)}, ${formatRelative(timestampMs, nowMs)}`;
  return { day, moment, when, aboutWhen: (timestampMs) => when(Math.round(timestampMs / HOUR_MS) * HOUR_MS) };
}

function zoneName(formats: readonly Intl.DateTimeFormat[], timestampMs: number): string {
  const names = formats.map(
    (format) => format.formatToParts(timestampMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC',
  );
  return names.find((name) => !/^GMT./.test(name)) ?? names[0]?.replace('GMT', 'UTC') ?? 'UTC';
}
