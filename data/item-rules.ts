import type { ItemBody, ItemKey, NewItem } from './contracts.ts';

const MAX_PARTITION_BYTES = 2048;
const MAX_SORT_BYTES = 1024;
const MAX_BODY_BYTES = 400_000;
/** DynamoDB nests 32 levels; the body itself and the item around it are two of them. */
const MAX_DEPTH = 30;

/** Throws RangeError unless both backends can hold an item under this key. */
export function assertItemKey(key: ItemKey): void {
  assertKeyText(key.partition, MAX_PARTITION_BYTES, 'partition');
  assertKeyText(key.sort, MAX_SORT_BYTES, 'sort');
}

/** The body as JSON, once it is sure that reading it back gives the same; throws TypeError or RangeError otherwise. */
export function encodeItem(item: NewItem): string {
  assertItemKey(item);
  if (item.index !== undefined) assertItemKey(item.index);
  return encodeBody(item.body);
}

export function encodeBody(body: ItemBody): string {
  if (!isPlainObject(body)) throw new TypeError('item body: must be a plain object');
  assertJson(body, 0);
  const json = JSON.stringify(body);
  assertBodySize(json);
  return json;
}

export function assertBodySize(json: string): void {
  const sizeBytes = json.length > MAX_BODY_BYTES / 3 ? Buffer.byteLength(json) : json.length;
  if (sizeBytes > MAX_BODY_BYTES) {
    throw new RangeError(`item body: must be at most ${MAX_BODY_BYTES} bytes of JSON, got ${sizeBytes}`);
  }
}

/** One item for each key, the last one of each. */
export function lastOfEachKey<K extends ItemKey>(items: readonly K[]): readonly K[] {
  const byKey = new Map(items.map((item) => [JSON.stringify([item.partition, item.sort]), item]));
  return byKey.size === items.length ? items : [...byKey.values()];
}

function assertKeyText(text: string, maxBytes: number, name: string): void {
  if (typeof text !== 'string' || !text.isWellFormed())
    throw new TypeError(`item key: ${name} must be well-formed text`);
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes < 1 || sizeBytes > maxBytes) {
    throw new RangeError(`item key: ${name} must be 1 to ${maxBytes} bytes, got ${sizeBytes}`);
  }
}

function assertJson(value: unknown, depth: number): void {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('item body: text must be well-formed');
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`item body: numbers must be finite, got ${value}`);
    return;
  }
  if (depth >= MAX_DEPTH) throw new RangeError(`item body: must not nest deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) {
    for (const element of value) assertJson(element, depth + 1);
    return;
  }
  if (!isPlainObject(value)) throw new TypeError(`item body: ${typeof value} is not JSON`);
  for (const [name, element] of Object.entries(value)) {
    if (name === '' || !name.isWellFormed()) throw new TypeError('item body: field names must be non-empty text');
    assertJson(element, depth + 1);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
