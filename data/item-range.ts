import { ServiceError } from '../functions/platform/errors.ts';
import type { ItemKey, ItemQuery } from './contracts.ts';

/** Sort keys from `from` (included) to `to` (excluded); undefined is unbounded. */
export interface SortRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isEmpty: boolean;
}

/** Where the page before ended: the sort key asked for and, in the index, the key of the item itself. */
export interface QueryPosition {
  readonly sort: string;
  readonly item?: ItemKey;
}

/** Order of the contract and of both databases: by UTF-8 bytes, which is not the order of JavaScript's `<`. */
export function compareUtf8(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** A prefix is a range too, so that every query is one range. */
export function sortRange(query: Pick<ItemQuery, 'from' | 'to' | 'prefix'>): SortRange {
  const prefix = query.prefix === '' ? undefined : query.prefix;
  const from = extreme(query.from === '' ? undefined : query.from, prefix, 1);
  const to = extreme(query.to, prefix === undefined ? undefined : afterPrefix(prefix), -1);
  const isEmpty = to !== undefined && (to === '' || (from !== undefined && compareUtf8(from, to) >= 0));
  return { from, to, isEmpty };
}

export function formatCursor(position: QueryPosition): string {
  const { sort, item } = position;
  return Buffer.from(JSON.stringify(item === undefined ? [sort] : [sort, item.partition, item.sort])).toString(
    'base64url',
  );
}

/** Throws `query/cursor-invalid` for what this query cannot have given out. */
export function parseCursor(query: ItemQuery, range: SortRange): QueryPosition | undefined {
  if (query.cursor === undefined) return undefined;
  const parts = decode(query.cursor);
  const [sort, partition, itemSort] = parts;
  if (parts.length !== (query.byIndex ? 3 : 1) || !sort || !isInside(sort, range)) throw invalidCursor();
  if (!query.byIndex) return { sort };
  if (!partition || !itemSort) throw invalidCursor();
  return { sort, item: { partition, sort: itemSort } };
}

export function assertLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`item query: limit must be a whole number from 1, got ${limit}`);
  }
}

function isInside(sort: string, range: SortRange): boolean {
  if (range.from !== undefined && compareUtf8(sort, range.from) < 0) return false;
  return range.to === undefined || compareUtf8(sort, range.to) < 0;
}

function decode(cursor: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(value) && value.every((part) => typeof part === 'string' && part.isWellFormed())) return value;
  } catch (cause) {
    throw invalidCursor(cause);
  }
  throw invalidCursor();
}

function invalidCursor(cause?: unknown): ServiceError {
  return new ServiceError('query/cursor-invalid', 'cursor: not one that this query gave out', { cause });
}

function extreme(left: string | undefined, right: string | undefined, sign: 1 | -1): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return compareUtf8(left, right) * sign > 0 ? left : right;
}

/** The first text after every text with this prefix; undefined where there is none. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return undefined;
}
