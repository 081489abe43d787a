import type { Page } from '../../data/tables/records.ts';
import { DEFAULT_WORKSPACE_LIMITS } from '../../data/tables/workspace-limits.ts';
import { type HttpResponse, jsonResponse } from '../platform/edge.ts';
import { openCursor, type Position, sealCursor } from './cursor.ts';
import type { CursorSecret } from './dependencies.ts';
import { type LimitedRequest, limitsOf } from './limited-request.ts';
import { type Parameters, readLimit } from './parameters.ts';

/** With a filter that the store does not know, so many records are read at a time, */
const CHUNK_ITEMS = 200;
/** and so many at most for one answer, which then may hold less than was asked for, and still a cursor. */
const MAX_SCANNED = 5_000;

export interface Listing<T> {
  readonly page: (options: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<T>>;
  readonly idOf: (item: T) => string;
  /** A filter that the store does not know; none: all are kept. */
  readonly keep?: ((item: T) => boolean) | undefined;
  /** The JSON, or a promise of it. */
  readonly toJson: (item: T) => unknown;
}

/** One page of a list: `{items, next_cursor}`, with the address of the next page in `Link`. */
export async function answerList<T>(
  request: LimitedRequest,
  parameters: Parameters,
  cursorSecret: CursorSecret,
  listing: Listing<T>,
): Promise<HttpResponse> {
  const { items, nextCursor, headers } = await readPage(request, parameters, cursorSecret, listing);
  return jsonResponse(200, { items: await Promise.all(items.map(listing.toJson)), next_cursor: nextCursor }, headers);
}

/** The items of a page, and where the next one is, for lists that are answered in another form. */
export interface ListPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export async function readPage<T>(
  request: LimitedRequest,
  parameters: Parameters,
  cursorSecret: CursorSecret,
  listing: Omit<Listing<T>, 'toJson'>,
): Promise<ListPage<T>> {
  const { workspace, path, query, nowMs } = request;
  const secret = typeof cursorSecret === 'string' ? cursorSecret : await cursorSecret();
  const scope = { secret, workspace, path, query, nowMs };
  // The store reads no longer pages, whatever the operator has set.
  const mostItems = Math.min(limitsOf(request).pageItems, DEFAULT_WORKSPACE_LIMITS.pageItems);
  const limit = readLimit(parameters, mostItems);
  const given = parameters.one('cursor');
  const { items, next } = await scan(listing, limit, given === undefined ? {} : openCursor(given, scope));
  if (next === undefined) return { items, nextCursor: null, headers: {} };
  const nextCursor = sealCursor(next, scope);
  const following = new URLSearchParams(query);
  following.set('cursor', nextCursor);
  return { items, nextCursor, headers: { link: `<${path}?${following.toString()}>; rel="next"` } };
}

async function scan<T>(
  { page, keep, idOf }: Omit<Listing<T>, 'toJson'>,
  limit: number,
  start: Position,
): Promise<{ readonly items: readonly T[]; readonly next?: Position }> {
  const items: T[] = [];
  let { cursor, afterId } = start;
  for (let scanned = 0; ; ) {
    const chunk = await page({ limit: keep === undefined ? limit : CHUNK_ITEMS, cursor });
    // Not found where it was deleted meanwhile: some may then come twice, none is left out.
    const from = afterId === undefined ? 0 : chunk.items.findIndex((item) => idOf(item) === afterId) + 1;
    for (const [i, item] of chunk.items.entries()) {
      if (i < from || keep?.(item) === false) continue;
      items.push(item);
      if (items.length < limit) continue;
      if (i < chunk.items.length - 1) return { items, next: { cursor, afterId: idOf(item) } };
      return chunk.cursor === undefined ? { items } : { items, next: { cursor: chunk.cursor } };
    }
    if (chunk.cursor === undefined) return { items };
    cursor = chunk.cursor;
    afterId = undefined;
    scanned += chunk.items.length;
    if (scanned >= MAX_SCANNED) return { items, next: { cursor } };
  }
}
