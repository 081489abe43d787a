import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** DynamoDB holds magnitudes from 1e-130 to below 1e126; JavaScript goes further both ways. */
const MIN_MAGNITUDE = 1e-130;
const MAX_MAGNITUDE = 9.99e125;
const LOST_NAME = '__proto__';

/** JSON as DynamoDB holds it. A number out of its reach becomes the eight bytes of its double: JSON has no bytes of its own. */
export function toAttribute(value: unknown): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'boolean') return { BOOL: value };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return isInReach(value) ? { N: String(value) } : { B: toBytes(value) };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (typeof value === 'object') return { M: toAttributes(value) };
  throw new TypeError(`item body: ${typeof value} is not JSON`);
}

export function toAttributes(value: object): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [escapeName(name), toAttribute(field)]));
}

/** The SDK loses a field of this name, which is a legal label name: it travels with a zero character before it. */
export function escapeName(name: string): string {
  return name.endsWith(LOST_NAME) && /^\0*$/.test(name.slice(0, -LOST_NAME.length)) ? `\0${name}` : name;
}

export function fromAttribute(attribute: AttributeValue): unknown {
  if (attribute.NULL !== undefined) return null;
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.B !== undefined) return fromBytes(attribute.B);
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  return fromAttributes(attribute.M ?? {});
}

export function fromAttributes(attributes: Record<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, field]) => [unescapeName(name), fromAttribute(field)]),
  );
}

function unescapeName(name: string): string {
  return name.startsWith('\0') && escapeName(name) !== name ? name.slice(1) : name;
}

function isInReach(value: number): boolean {
  const magnitude = Math.abs(value);
  return magnitude === 0 || (magnitude >= MIN_MAGNITUDE && magnitude <= MAX_MAGNITUDE);
}

function toBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function fromBytes(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0);
}
