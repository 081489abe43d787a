import { keepLine } from './log-line.ts';
import { compareUtf8 } from './validate-labels.ts';

/** A value of OpenTelemetry: int64 as bigint, so that no digit is lost; null where none is set. */
export type AnyValue =
  | string
  | boolean
  | number
  | bigint
  | null
  | Uint8Array
  | readonly AnyValue[]
  | ReadonlyMap<string, AnyValue>;

export type Attribute = readonly [key: string, value: AnyValue];

/** Levels of arrays and maps in a value; deeper ones are refused, as whoever walks over them would overflow the stack. */
export const MAX_VALUE_DEPTH = 32;
/** What a value holds beyond this many others is passed over: no label and no line has room for it. */
export const MAX_VALUE_NODES = 10_000;

/** A value as the text of a label: arrays, maps and bytes as canonical JSON, cut at so many bytes; null is no text. */
export function labelText(value: AnyValue, maxBytes: number): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'object') return keepLine(canonicalJson(value), maxBytes).line;
  return String(value);
}

/** A value as the line of a log: maps become `key=value` with dotted keys, bytes base64, arrays canonical JSON. */
export function lineText(value: AnyValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (value instanceof Uint8Array) return base64(value);
  if (value instanceof Map) return flatten(value, '').join(' ');
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}

function flatten(map: ReadonlyMap<string, AnyValue>, prefix: string): string[] {
  const parts: string[] = [];
  for (const [key, value] of map) {
    if (value instanceof Map) for (const part of flatten(value, `${prefix}${key}.`)) parts.push(part);
    else parts.push(`${prefix}${key}=${quoteWhereNeeded(lineText(value))}`);
  }
  return parts;
}

function quoteWhereNeeded(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/** Keys in order of their bytes, no spaces: equal values give equal texts. */
function canonicalJson(value: AnyValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (value instanceof Map) {
    const entries = [...value].sort(([a], [b]) => compareUtf8(a, b));
    return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return `[${(value as readonly AnyValue[]).map(canonicalJson).join(',')}]`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
