import { createUtcOffset, type UtcOffset } from '../../models/numeric/utc-offset.ts';

export type ParseTime = (text: string) => number | undefined;

const NUMBER = /^-?\d{1,19}(?:\.\d+)?$/;
const CIVIL =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[Tt ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|z|UTC|[+-]\d{2}:?\d{2})?$/;
/** Seconds reach to the year 5138 below this, milliseconds begin in 1973 above it; so on for finer units. */
const UNIT_BOUNDS: readonly (readonly [below: number, unitMs: number])[] = [
  [1e11, 1_000],
  [1e14, 1],
  [1e17, 1e-3],
];
const NANOSECOND_MS = 1e-6;

/**
 * Reads times as files have them: seconds, milliseconds, micro- or nanoseconds since 1970, told apart by their size; or a
 * date with or without time and zone. Without a zone it is the given one's clock. Undefined for anything else.
 */
export function createParseTime(timeZone: string): ParseTime {
  const utcOffset = createUtcOffset(timeZone);
  return (text) => {
    if (NUMBER.test(text)) return sinceEpoch(Number(text));
    const parts = CIVIL.exec(text);
    return parts === null ? undefined : civilTime(parts, utcOffset);
  };
}

function sinceEpoch(count: number): number {
  const unitMs = UNIT_BOUNDS.find(([below]) => Math.abs(count) < below)?.[1] ?? NANOSECOND_MS;
  return Math.floor(count * unitMs);
}

function civilTime(parts: RegExpExecArray, utcOffset: UtcOffset): number | undefined {
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((i) => Number(parts[i] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
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
  // 30 February is carried over into March, and is none.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const zone = parts[8];
  return zone === undefined ? inZone(localMs, utcOffset) : localMs - offsetOf(zone);
}

/** Twice, since the offset at the guess may be that of the other side of a clock change. */
function inZone(localMs: number, utcOffset: UtcOffset): number {
  const guessMs = localMs - utcOffset(localMs);
  return localMs - utcOffset(guessMs);
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const sizeMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -sizeMs : sizeMs;
}
