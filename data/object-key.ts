import { ServiceError } from '../functions/platform/errors.ts';

const MAX_KEY_BYTES = 1024;
const KEY_TEXT = /^[A-Za-z0-9._/=-]+$/;
const FORBIDDEN_SEGMENTS = new Set(['', '.', '..']);

/** Throws RangeError unless both backends can hold an object under this key. */
export function assertObjectKey(key: string): void {
  const valid =
    key.length <= MAX_KEY_BYTES && KEY_TEXT.test(key) && !key.split('/').some((part) => FORBIDDEN_SEGMENTS.has(part));
  if (!valid) {
    throw new RangeError(
      `object key: must be 1 to ${MAX_KEY_BYTES} of A-Z a-z 0-9 . _ / = - without empty, . or .. segments, got ${quote(key)}`,
    );
  }
}

/** A prefix is the beginning of a key, or nothing. */
export function assertObjectPrefix(prefix: string): void {
  if (prefix !== '' && (prefix.length > MAX_KEY_BYTES || !KEY_TEXT.test(prefix))) {
    throw new RangeError(`object prefix: must be the beginning of a key, got ${quote(prefix)}`);
  }
}

/** The cursor of a page of keys is the last key of the page before. */
export function parseObjectCursor(cursor: string): string {
  try {
    assertObjectKey(cursor);
  } catch (cause) {
    throw new ServiceError('query/cursor-invalid', 'cursor: not one that this list gave out', { cause });
  }
  return cursor;
}

export function assertByteRange(startByte: number, endByte: number): void {
  if (!(Number.isSafeInteger(startByte) && Number.isSafeInteger(endByte) && 0 <= startByte && startByte <= endByte)) {
    throw new RangeError(`byte range: must be 0 <= start <= end in whole bytes, got ${startByte} to ${endByte}`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
