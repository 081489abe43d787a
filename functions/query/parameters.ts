import type { Matcher } from '../../models/domain/limit.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { ServiceError } from '../platform/errors.ts';
import { parseRfc3339 } from './rfc3339.ts';

const DEFAULT_LIMIT = 100;
const MAX_LABEL_FILTERS = 30;
const MAX_NAME_BYTES = 2_000;
const MAX_ID_CHARACTERS = 128;
/** Lists are read page by page; yet nobody reads ten years of them. */
const MAX_LIST_RANGE_MS = 400 * DAY_MS;
const REPEATABLE = new Set(['label']);

/** Query parameters of one request, known and not repeated. */
export interface Parameters {
  one(name: string): string | undefined;
  all(name: string): readonly string[];
}

/** Refuses what is not allowed or is repeated, so that a misspelt filter is never taken for no filter. */
export function readParameters(query: URLSearchParams, allowed: readonly string[]): Parameters {
  for (const name of new Set(query.keys())) {
    if (!allowed.includes(name)) {
      const known = allowed.length === 0 ? 'none is allowed here' : `allowed are ${allowed.join(', ')}`;
      throw refused(`query parameter ${quote(name)} is not known; ${known}`);
    }
    if (!REPEATABLE.has(name) && query.getAll(name).length > 1) throw refused(`query parameter ${name} is given twice`);
  }
  return { one: (name) => query.get(name) ?? undefined, all: (name) => query.getAll(name) };
}

/** How many items of a list are asked for, at most `mostItems`. */
export function readLimit(parameters: Parameters, mostItems: number): number {
  return readCount(parameters, 'limit', mostItems) ?? Math.min(DEFAULT_LIMIT, mostItems);
}

/** A whole number from 1 to `most`, or undefined where the parameter is not given. */
export function readCount(parameters: Parameters, name: string, most: number): number | undefined {
  const text = parameters.one(name);
  if (text === undefined) return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw refused(`${name} must be a whole number from 1 to ${most}, got ${quote(text)}`);
}

/** Longer names are in no store: asking it would only fail there. */
export function readName(parameters: Parameters, name: string): string | undefined {
  const text = parameters.one(name);
  const sizeBytes = Buffer.byteLength(text ?? '');
  if (sizeBytes > MAX_NAME_BYTES)
    throw refused(`${name} has ${sizeBytes} bytes, at most ${MAX_NAME_BYTES} are allowed`);
  return text;
}

/** The id at the end of a path; what is longer than any id names nothing. */
export function readId(params: Readonly<Record<string, string>>, name: string): string {
  const id = params[name] ?? '';
  if (id === '' || id.length > MAX_ID_CHARACTERS) throw new ServiceError('platform/not-found', 'nothing has this id');
  return id;
}

/** One of a few words, or undefined where the parameter is not given. */
export function readChoice<T extends string>(
  parameters: Parameters,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = parameters.one(name);
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw refused(`${name} must be one of ${choices.join(', ')}, got ${quote(text)}`);
  return choice;
}

/** `label=name:value`, repeated; the value is taken literally and may hold colons. There are no patterns. */
export function readLabelFilters(parameters: Parameters): readonly Matcher[] {
  const texts = parameters.all('label');
  if (texts.length > MAX_LABEL_FILTERS) {
    throw refused(`label is given ${texts.length} times, at most ${MAX_LABEL_FILTERS} are allowed`);
  }
  return texts.map((text) => {
    const colon = text.indexOf(':');
    if (colon < 1) throw refused(`label must be NAME:VALUE, got ${quote(text)}`);
    return { name: text.slice(0, colon), value: text.slice(colon + 1) };
  });
}

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stretch from `from` to before `to`; `to` is now where it is not given. Undefined where neither is given. */
export function readRange(parameters: Parameters, nowMs: number, defaultMs = MAX_LIST_RANGE_MS): TimeRange | undefined {
  const from = readTime(parameters, 'from');
  const to = readTime(parameters, 'to');
  if (from === undefined && to === undefined) return undefined;
  const toMs = to ?? nowMs;
  const fromMs = from ?? toMs - defaultMs;
  if (fromMs >= toMs) throw new ServiceError('query/range-invalid', 'from must be before to');
  return { fromMs, toMs };
}

/** The same for lists, which have a widest range. */
export function readListRange(parameters: Parameters, nowMs: number): TimeRange | undefined {
  const range = readRange(parameters, nowMs);
  if (range !== undefined) requireWidth(range, MAX_LIST_RANGE_MS);
  return range;
}

export function requireWidth({ fromMs, toMs }: TimeRange, maxMs: number): void {
  if (toMs - fromMs <= maxMs) return;
  const days = (ms: number): string => `${Math.round((ms / DAY_MS) * 10) / 10} days`;
  throw new ServiceError(
    'query/range-invalid',
    `from and to are ${days(toMs - fromMs)} apart, at most ${days(maxMs)} are allowed`,
  );
}

/** An RFC 3339 time, or undefined where the parameter is not given. */
export function readTime(parameters: Parameters, name: string): number | undefined {
  const text = parameters.one(name);
  if (text === undefined) return undefined;
  const timestampMs = parseRfc3339(text);
  if (timestampMs !== undefined) return timestampMs;
  const hint = / \d\d:\d\d$/.test(text) ? '; write + as %2B in a URL' : '';
  throw refused(`${name} must be an RFC 3339 time with offset, like 2026-11-01T00:00:00Z, got ${quote(text)}${hint}`);
}

function refused(message: string): ServiceError {
  return new ServiceError('platform/request-invalid', message);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
