import { isUtf8 } from 'node:buffer';
import { ServiceError } from '../platform/errors.ts';
import type { IngestLimits } from './limits.ts';
import { quote } from './validate-rejections.ts';

export type JsonMediaType = 'application/json' | 'application/x-ndjson';

/** An item of a JSON request, or why that line of it cannot be read. */
export type JsonItem = { readonly value: unknown } | { readonly unreadable: string };

export interface JsonItems {
  readonly items: Iterable<JsonItem>;
  readonly warnings: readonly string[];
}

/**
 * The items of a request: of the array under `member`, of a bare array, or one on each line.
 *
 * Throws `ingest/payload-invalid` where the whole cannot be read. The bytes are scanned first: JSON.parse takes any depth
 * and any number of values, and whoever walks over its result then overflows the stack, or the memory.
 */
export function readJsonItems(
  body: Uint8Array,
  mediaType: JsonMediaType,
  options: { readonly member: string; readonly limits: IngestLimits },
): JsonItems {
  const bytes = checkBytes(body, options.limits);
  if (mediaType === 'application/x-ndjson') {
    scan(bytes, options.limits, NEWLINE);
    return { items: readLines(bytes.toString('utf8')), warnings: [] };
  }
  const whole = parseChecked(bytes, options.limits);
  if (Array.isArray(whole)) return { items: wrap(whole), warnings: [] };
  const { member } = options;
  if (!isObject(whole)) throw invalid(`expected {"${member}": […]} or an array`);
  const list = Object.hasOwn(whole, member) ? whole[member] : undefined;
  if (!Array.isArray(list)) throw invalid(`expected {"${member}": […]} or an array, got no array under "${member}"`);
  const unknown = Object.keys(whole).filter((key) => key !== member);
  return { items: wrap(list), warnings: unknown.length === 0 ? [] : [ignored(unknown)] };
}

/** One JSON value, under the same checks. */
export function readJsonValue(body: Uint8Array, limits: IngestLimits): unknown {
  return parseChecked(checkBytes(body, limits), limits);
}

/** A field of an item that is its own: never what it inherits. */
export function ownField(item: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function invalid(what: string, cause?: unknown): ServiceError {
  return new ServiceError('ingest/payload-invalid', `json: ${what}`, cause === undefined ? {} : { cause });
}

function checkBytes(body: Uint8Array, limits: IngestLimits): Buffer {
  if (body.length > limits.decodedBodyBytes) {
    const message = `json: ${body.length} bytes, at most ${limits.decodedBodyBytes}`;
    throw new ServiceError('ingest/payload-too-large', message, { details: { limit: limits.decodedBodyBytes } });
  }
  if (body.length === 0) throw invalid('the body is empty');
  if (!isUtf8(body)) throw invalid('the body is not UTF-8');
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw invalid('the body begins with a byte order mark');
  return bytes;
}

function parseChecked(bytes: Buffer, limits: IngestLimits): unknown {
  scan(bytes, limits, undefined);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw invalid(messageOf(cause), cause);
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? quote(cause.message) : 'cannot be read';
}

function ignored(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(quote).join(', ');
  return `ignored unknown fields: ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

function* wrap(values: readonly unknown[]): Generator<JsonItem> {
  for (const value of values) yield { value };
}

function* readLines(text: string): Generator<JsonItem> {
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line !== '') yield readLine(line);
  }
}

function readLine(line: string): JsonItem {
  try {
    return { value: JSON.parse(line) };
  } catch (cause) {
    return { unreadable: messageOf(cause) };
  }
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
/** An object of more keys becomes a hash table of many megabytes; no documented one has more than 50. */
const MAX_KEYS = 1000;
/** From here, no array's commas count up to the limit of an object. */
const NEVER_TOO_MANY = -(2 ** 31);
/** Escaped, a label name of the greatest length takes six times its size. */
const MAX_KEY_BYTES = 8192;

/** Refuses what would cost too much to parse or to walk over; everything else is left to JSON.parse. */
function scan(bytes: Buffer, limits: IngestLimits, lineEnd: number | undefined): void {
  let depth = 0;
  let values = 1;
  // One for each level that is open; outside of all are only lines.
  const commas = new Int32Array(limits.jsonDepth + 1).fill(NEVER_TOO_MANY);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfString(bytes, at + 1);
      if (end - at > MAX_KEY_BYTES && bytes[end + 1] === COLON) {
        throw invalid(`a key is longer than ${MAX_KEY_BYTES} bytes`);
      }
      at = end;
    } else if (byte === OBJECT || byte === ARRAY) {
      depth++;
      if (depth > limits.jsonDepth) throw invalid(`nested deeper than ${limits.jsonDepth} levels`);
      commas[depth] = byte === OBJECT ? 0 : NEVER_TOO_MANY;
    } else if (byte === OBJECT_END || byte === ARRAY_END) depth--;
    else if (byte === COMMA || byte === lineEnd) {
      values++;
      if (values > limits.jsonValues) throw invalid(`more than ${limits.jsonValues} values`);
      commas[depth] = (commas[depth] ?? 0) + 1;
      if (commas[depth]! >= MAX_KEYS) throw invalid(`an object has more than ${MAX_KEYS} keys`);
      if (byte === lineEnd) depth = 0;
    }
  }
}

/** Place of the quote that ends the string; the end of the bytes where there is none. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at;
  }
  return bytes.length;
}
