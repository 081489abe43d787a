import type { IngestLimits } from './limits.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { quote } from './validate-rejections.ts';
import { checkTime } from './validate-samples.ts';

type TimeContext = Pick<DecodeContext, 'nowMs' | 'limits' | 'receivedAtMs'>;

export type TimeCheck = { readonly timestampMs: number } | { readonly refusal: Refusal };

/** A time as JSON has it: whole milliseconds since 1970, or RFC 3339 with its zone. No unit is ever guessed. */
export function readTime(raw: unknown, { nowMs, limits, receivedAtMs }: TimeContext): TimeCheck {
  if (raw === undefined || raw === null) {
    if (receivedAtMs !== undefined) return { timestampMs: receivedAtMs };
    const why = 'so that sending it twice counts once';
    return refuse('timestamp_missing', `every item needs a timestamp, or the request an Idempotency-Key, ${why}`);
  }
  const timestampMs = typeof raw === 'number' ? raw : typeof raw === 'string' ? parseIsoTime(raw) : undefined;
  if (timestampMs === undefined || !Number.isInteger(timestampMs)) {
    const given = typeof raw === 'string' ? quote(raw) : typeof raw === 'number' ? `${raw}` : `a ${typeof raw}`;
    return refuse('timestamp_invalid', `expected whole milliseconds, or RFC 3339 with a zone, got ${given}`);
  }
  const refusal = checkTime(timestampMs, nowMs, limits);
  if (refusal === undefined) return { timestampMs };
  if (typeof raw !== 'number') return { refusal };
  const unit = suspectedUnit(raw, nowMs, limits);
  if (unit === undefined) return { refusal };
  return refuse('timestamp_unit', `expected milliseconds, but ${raw} looks like ${unit}`);
}

/** The unit in which a number that is no sensible time in milliseconds would be one. */
function suspectedUnit(raw: number, nowMs: number, limits: IngestLimits): string | undefined {
  const units = [
    ['seconds', raw * 1000],
    ['microseconds', raw / 1000],
    ['nanoseconds', raw / 1_000_000],
  ] as const;
  return units.find(([, timestampMs]) => checkTime(timestampMs, nowMs, limits) === undefined)?.[0];
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Milliseconds of an RFC 3339 time, without the finer digits; undefined where it is none, or no day of the calendar. */
export function parseIsoTime(text: string): number | undefined {
  const parts = ISO.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = [1, 2, 3, 4, 5, 6, 9, 10].map((i) =>
    Number(parts[i] ?? 0),
  ) as [number, number, number, number, number, number, number, number];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;
  const localMs = Date.UTC(
    year,
    month - 1,
    day,
    hour,
    minute,
    second,
    Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3)),
  );
  const date = new Date(localMs);
  // Date.UTC carries 30 February over into March, and takes years below 100 for the twentieth century.
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month - 1 || date.getUTCFullYear() !== year) return undefined;
  const offsetMs = (offsetHour * 60 + offsetMinute) * 60_000;
  return parts[8] === '-' ? localMs + offsetMs : localMs - offsetMs;
}

/** What an RFC 3339 time says beyond milliseconds, in nanoseconds. Needs one that parseIsoTime has read. */
export function restOfIsoTime(text: string): number {
  return Number((ISO.exec(text)?.[7] ?? '').slice(3).padEnd(6, '0'));
}

function refuse(code: string, detail: string): TimeCheck {
  return { refusal: { code, detail } };
}
