import type { Warnings } from './otlp-warnings.ts';
import { invalid, isObject, ownField } from './validate-json.ts';
import { quote } from './validate-rejections.ts';

export type JsonMessage = Readonly<Record<string, unknown>>;

/** A time as the protocol writes it, in the precision of ours and what lies below it. */
export interface JsonTime {
  readonly timestampMs: number;
  readonly restNanos: number;
}

const NO_TIME: JsonTime = { timestampMs: 0, restNanos: 0 };
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Reads the fields of messages in the JSON of protobuf: names in camelCase, 64-bit integers as digits or numbers, enums as
 * numbers. Absent and null mean the default. Throws `ingest/payload-invalid` where a field is of another kind.
 */
export class JsonFields {
  /** A number too large for float64 came up since this was last set to false. */
  overflowed = false;
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  /** A message that was given; unknown fields are ignored, and those spelled with underscores are told to the sender. */
  message(raw: unknown, known: readonly string[]): JsonMessage {
    if (!isObject(raw)) throw invalid(`expected an object, got ${describe(raw)}`);
    for (const name of Object.keys(raw)) if (name.includes('_')) this.#warnOfUnderscores(name, known);
    return raw;
  }

  optionalMessage(message: JsonMessage, name: string, known: readonly string[]): JsonMessage | undefined {
    const raw = present(message, name);
    return raw === undefined ? undefined : this.message(raw, known);
  }

  list(message: JsonMessage, name: string): readonly unknown[] {
    const raw = present(message, name);
    if (raw === undefined) return [];
    if (!Array.isArray(raw)) throw invalid(`"${name}" must be an array, got ${describe(raw)}`);
    return raw;
  }

  text(message: JsonMessage, name: string): string {
    const raw = present(message, name);
    if (raw === undefined) return '';
    if (typeof raw !== 'string') throw invalid(`"${name}" must be a text, got ${describe(raw)}`);
    return raw;
  }

  bool(message: JsonMessage, name: string): boolean {
    const raw = present(message, name);
    if (raw === undefined) return false;
    if (typeof raw !== 'boolean') throw invalid(`"${name}" must be true or false, got ${describe(raw)}`);
    return raw;
  }

  /** Names of enums are not allowed here, whatever else the JSON of protobuf allows. */
  enumeration(message: JsonMessage, name: string): number {
    const raw = present(message, name);
    if (raw === undefined) return 0;
    if (typeof raw !== 'number' || !Number.isInteger(raw)) {
      throw invalid(`"${name}" must be the number of an enum, got ${describe(raw)}`);
    }
    return raw;
  }

  int32(message: JsonMessage, name: string): number {
    const value = Number(readInteger(present(message, name) ?? 0, name, -(2n ** 31n), 2n ** 32n - 1n));
    return value;
  }

  /** An unsigned integer of 64 bits: exact within 2^53. */
  count(raw: unknown, name: string): number {
    return Number(readInteger(raw, name, 0n, MAX_UINT64));
  }

  int64(raw: unknown, name: string): bigint {
    return readInteger(raw, name, MIN_INT64, MAX_INT64);
  }

  double(raw: unknown, name: string): number {
    if (typeof raw === 'number') {
      if (!Number.isFinite(raw)) this.overflowed = true;
      return raw;
    }
    const value = typeof raw === 'string' ? readDouble(raw) : undefined;
    if (value === undefined) throw invalid(`"${name}" must be a number, got ${describe(raw)}`);
    return value;
  }

  optionalDouble(message: JsonMessage, name: string): number | undefined {
    const raw = present(message, name);
    return raw === undefined ? undefined : this.double(raw, name);
  }

  /** Nanoseconds since 1970, although no number holds them: their digits are cut, not divided. */
  time(message: JsonMessage, name: string): JsonTime {
    const raw = present(message, name);
    if (raw === undefined) return NO_TIME;
    if (typeof raw === 'number' && !Number.isSafeInteger(raw)) return roundedTime(raw, name);
    const digits = String(readInteger(raw, name, 0n, MAX_UINT64));
    return { timestampMs: Number(digits.slice(0, -6)), restNanos: Number(digits.slice(-6)) };
  }

  #warnOfUnderscores(name: string, known: readonly string[]): void {
    const camel = name.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    if (known.includes(camel)) this.#warnings.add(`ignored unknown field ${quote(name)}: did you mean "${camel}"?`);
  }
}

/** A field that is there; null means that it is not. */
export function present(message: JsonMessage, name: string): unknown {
  return ownField(message, name) ?? undefined;
}

/** A number beyond 2^53 has lost its last digits: the nearest microsecond is what it meant. */
function roundedTime(raw: number, name: string): JsonTime {
  if (!Number.isInteger(raw) || raw < 0 || raw > Number(MAX_UINT64)) {
    throw invalid(`"${name}" must be nanoseconds since 1970, got ${raw}`);
  }
  const micros = Math.round(raw / 1000);
  return { timestampMs: Math.floor(micros / 1000), restNanos: (micros % 1000) * 1000 };
}

function readInteger(raw: unknown, name: string, least: bigint, most: bigint): bigint {
  const isDigits = typeof raw === 'string' && /^-?\d{1,20}$/.test(raw);
  const isWhole = typeof raw === 'number' && Number.isInteger(raw);
  const value = isDigits || isWhole ? BigInt(raw) : undefined;
  if (value === undefined || value < least || value > most) {
    throw invalid(`"${name}" must be a whole number in range, got ${describe(raw)}`);
  }
  return value;
}

const NAMED_DOUBLES: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function readDouble(text: string): number | undefined {
  const named = NAMED_DOUBLES.get(text);
  if (named !== undefined) return named;
  return /^-?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,5})?$/.test(text) ? Number(text) : undefined;
}

function describe(raw: unknown): string {
  if (typeof raw === 'string') return quote(raw);
  if (typeof raw === 'number') return String(raw);
  return Array.isArray(raw) ? 'an array' : `a value of type ${typeof raw}`;
}
