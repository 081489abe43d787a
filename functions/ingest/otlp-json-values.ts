import type { IngestLimits } from './limits.ts';
import { type AnyValue, type Attribute, MAX_VALUE_DEPTH } from './otlp-any-value.ts';
import { type JsonFields, type JsonMessage, present } from './otlp-json-fields.ts';
import { type Attributes, NO_SCOPE, type Scope, tooManyAttributes } from './otlp-labels.ts';
import type { Refusal } from './validate.ts';
import { invalid } from './validate-json.ts';

const KEY_VALUE = ['key', 'value'] as const;
const VALUE = [
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const;
const LIST = ['values'] as const;
const RESOURCE = ['attributes', 'droppedAttributesCount'] as const;
const SCOPE = ['name', 'version', 'attributes', 'droppedAttributesCount'] as const;

/** Levels of JSON that a request has around a value, and those that a value of the greatest depth takes, with room. */
export const OTLP_JSON_DEPTH = 20 + 4 * (MAX_VALUE_DEPTH + 2);

/** The attributes of any message that has some. */
export function readJsonAttributes(
  fields: JsonFields,
  message: JsonMessage,
  limits: IngestLimits,
): Attributes | Refusal {
  const list = fields.list(message, 'attributes');
  if (list.length > limits.attributesPerItem) return tooManyAttributes(limits);
  return list.map((raw) => readKeyValue(fields, raw, 1));
}

export function readJsonResource(fields: JsonFields, parent: JsonMessage, limits: IngestLimits): Attributes | Refusal {
  const resource = fields.optionalMessage(parent, 'resource', RESOURCE);
  return resource === undefined ? [] : readJsonAttributes(fields, resource, limits);
}

export function readJsonScope(fields: JsonFields, parent: JsonMessage, limits: IngestLimits): Scope | Refusal {
  const scope = fields.optionalMessage(parent, 'scope', SCOPE);
  if (scope === undefined) return NO_SCOPE;
  const attributes = readJsonAttributes(fields, scope, limits);
  if ('code' in attributes) return attributes;
  return { name: fields.text(scope, 'name'), version: fields.text(scope, 'version'), attributes };
}

function readKeyValue(fields: JsonFields, raw: unknown, depth: number): Attribute {
  const pair = fields.message(raw, KEY_VALUE);
  return [fields.text(pair, 'key'), readJsonAnyValue(fields, present(pair, 'value'), depth)];
}

/** An AnyValue; null where none is set. */
export function readJsonAnyValue(fields: JsonFields, raw: unknown, depth = 1): AnyValue {
  if (raw === undefined) return null;
  if (depth > MAX_VALUE_DEPTH) throw invalid(`a value is nested deeper than ${MAX_VALUE_DEPTH} levels`);
  const message = fields.message(raw, VALUE);
  const name = VALUE.find((known) => present(message, known) !== undefined);
  if (name === undefined) return null;
  const value = present(message, name);
  switch (name) {
    case 'stringValue':
      return fields.text(message, name);
    case 'boolValue':
      return fields.bool(message, name);
    case 'intValue':
      return fields.int64(value, name);
    case 'doubleValue':
      return fields.double(value, name);
    case 'bytesValue':
      return readBase64(fields.text(message, name));
    case 'arrayValue':
      return fields
        .list(fields.message(value, LIST), 'values')
        .map((inner) => readJsonAnyValue(fields, inner, depth + 1));
    case 'kvlistValue':
      return readMap(fields, fields.message(value, LIST), depth);
  }
}

/** Of equal keys the first one stands, as for attributes. */
function readMap(fields: JsonFields, list: JsonMessage, depth: number): AnyValue {
  const map = new Map<string, AnyValue>();
  for (const raw of fields.list(list, 'values')) {
    const [key, value] = readKeyValue(fields, raw, depth + 1);
    if (!map.has(key)) map.set(key, value);
  }
  return map;
}

/** Either alphabet, as the JSON of protobuf has it. Buffer itself would pass over whatever is none. */
function readBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw invalid('"bytesValue" must be base64');
  return Buffer.from(text, 'base64');
}
