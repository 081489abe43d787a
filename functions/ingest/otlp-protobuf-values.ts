import type { IngestLimits } from './limits.ts';
import { type AnyValue, type Attribute, MAX_VALUE_DEPTH, MAX_VALUE_NODES } from './otlp-any-value.ts';
import { type Attributes, NO_SCOPE, type Scope, tooManyAttributes } from './otlp-labels.ts';
import { BYTES, FIXED64, FieldReader, invalid, VARINT } from './protobuf-fields.ts';
import type { Refusal } from './validate.ts';

/** Field numbers of opentelemetry.proto.common.v1 and resource.v1. */
const KEY_VALUE = { key: 1, value: 2 } as const;
const VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;
const LIST = { values: 1 } as const;
const RESOURCE = { attributes: 1 } as const;
const SCOPE = { name: 1, version: 2, attributes: 3 } as const;

const NOT_UTF8: Refusal = { code: 'utf8_invalid', detail: 'an attribute is not UTF-8' };

/** A text that is no UTF-8 is thrown up to whoever reads the whole item, which is refused then. */
class NotUtf8 extends Error {}

/** Attributes collected one by one, wherever they stand in their message. */
export class AttributeList {
  readonly attributes: Attribute[] = [];
  refusal: Refusal | undefined;
  readonly #limits: IngestLimits;

  constructor(limits: IngestLimits) {
    this.#limits = limits;
  }

  /** Reads the KeyValue at the reader's place. */
  read(reader: FieldReader, end: number): void {
    reader.expect(BYTES);
    const until = reader.readEnd(end);
    if (this.refusal === undefined && this.attributes.length === this.#limits.attributesPerItem) {
      this.refusal = tooManyAttributes(this.#limits);
    }
    const attribute = this.refusal === undefined ? readKeyValue(reader, until) : undefined;
    if (attribute === undefined) this.refusal ??= NOT_UTF8;
    else this.attributes.push(attribute);
    reader.at = until;
  }

  get result(): Attributes | Refusal {
    return this.refusal ?? this.attributes;
  }
}

function readKeyValue(reader: FieldReader, end: number): Attribute | undefined {
  try {
    return new ValueReader(reader).keyValue(end, 1);
  } catch (error) {
    if (error instanceof NotUtf8) return undefined;
    throw error;
  }
}

/** An AnyValue up to `end`; undefined where a text in it is no UTF-8. */
export function readAnyValue(reader: FieldReader, end: number): AnyValue | undefined {
  try {
    return new ValueReader(reader).value(end, 1);
  } catch (error) {
    if (error instanceof NotUtf8) return undefined;
    throw error;
  }
}

class ValueReader {
  readonly #reader: FieldReader;
  #nodes = 0;

  constructor(reader: FieldReader) {
    this.#reader = reader;
  }

  keyValue(end: number, depth: number): Attribute {
    const reader = this.#reader;
    let key = '';
    let value: AnyValue = null;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === KEY_VALUE.key) key = this.#text(end);
      else if (reader.field === KEY_VALUE.value) {
        reader.expect(BYTES);
        value = this.value(reader.readEnd(end), depth);
      } else reader.skip(end);
    }
    return [key, value];
  }

  value(end: number, depth: number): AnyValue {
    if (depth > MAX_VALUE_DEPTH) throw invalid(`a value is nested deeper than ${MAX_VALUE_DEPTH} levels`);
    const reader = this.#reader;
    let value: AnyValue = null;
    while (reader.at < end) {
      reader.readTag(end);
      value = this.#known(end, depth) ?? value;
    }
    return value;
  }

  /** The value of the field that was just begun; undefined where the field is unknown, and passed over. */
  #known(end: number, depth: number): AnyValue | undefined {
    const reader = this.#reader;
    switch (reader.field) {
      case VALUE.string:
        return this.#text(end);
      case VALUE.bool:
        reader.expect(VARINT);
        return reader.readBool(end);
      case VALUE.int:
        reader.expect(VARINT);
        return reader.readBigInt64(end);
      case VALUE.double:
        reader.expect(FIXED64);
        return reader.readFloat64(end);
      case VALUE.array:
        return this.#array(end, depth);
      case VALUE.map:
        return this.#map(end, depth);
      case VALUE.bytes:
        return reader.readBytes(end);
      default:
        reader.skip(end);
        return undefined;
    }
  }

  #array(outer: number, depth: number): AnyValue {
    const values: AnyValue[] = [];
    this.#each(outer, (end) => {
      values.push(this.value(end, depth + 1));
    });
    return values;
  }

  /** Of equal keys the first one stands, as for attributes. */
  #map(outer: number, depth: number): AnyValue {
    const map = new Map<string, AnyValue>();
    this.#each(outer, (end) => {
      const [key, value] = this.keyValue(end, depth + 1);
      if (!map.has(key)) map.set(key, value);
    });
    return map;
  }

  #each(outer: number, read: (end: number) => void): void {
    const reader = this.#reader;
    reader.expect(BYTES);
    const end = reader.readEnd(outer);
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field !== LIST.values || this.#nodes === MAX_VALUE_NODES) {
        reader.skip(end);
        continue;
      }
      this.#nodes++;
      reader.expect(BYTES);
      read(reader.readEnd(end));
    }
  }

  #text(end: number): string {
    const text = this.#reader.readText(end);
    if (text === undefined) throw new NotUtf8();
    return text;
  }
}

/** The attributes of a Resource. */
export function readResource(bytes: Buffer, limits: IngestLimits): Attributes | Refusal {
  const reader = new FieldReader(bytes);
  const list = new AttributeList(limits);
  while (reader.at < bytes.length) {
    reader.readTag(bytes.length);
    if (reader.field === RESOURCE.attributes) list.read(reader, bytes.length);
    else reader.skip(bytes.length);
  }
  return list.result;
}

export function readScope(bytes: Buffer, limits: IngestLimits): Scope | Refusal {
  const reader = new FieldReader(bytes);
  const end = bytes.length;
  const list = new AttributeList(limits);
  let name: string | undefined = NO_SCOPE.name;
  let version: string | undefined = NO_SCOPE.version;
  while (reader.at < end) {
    reader.readTag(end);
    if (reader.field === SCOPE.name) name = reader.readText(end);
    else if (reader.field === SCOPE.version) version = reader.readText(end);
    else if (reader.field === SCOPE.attributes) list.read(reader, end);
    else reader.skip(end);
  }
  if (list.refusal !== undefined) return list.refusal;
  if (name === undefined || version === undefined) return NOT_UTF8;
  return { name, version, attributes: list.attributes };
}
