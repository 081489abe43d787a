import { createHmac, timingSafeEqual } from 'node:crypto';
import { ServiceError } from '../platform/errors.ts';

/** Where a list goes on: a page of the store, and the item of that page after which to go on. */
export interface Position {
  readonly cursor?: string | undefined;
  readonly afterId?: string | undefined;
}

/** What a cursor was given out for; it opens for nothing else. */
export interface CursorScope {
  readonly secret: string;
  readonly workspace: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

const MAC_BYTES = 16;
const LIFE_MS = 86_400_000;

/** Opaque text of base64url: a signature over workspace, path and filters, then the position and when it expires. */
export function sealCursor(position: Position, scope: CursorScope): string {
  const { cursor = null, afterId = null } = position;
  const payload = Buffer.from(JSON.stringify([cursor, afterId, scope.nowMs + LIFE_MS]), 'utf8');
  return Buffer.concat([sign(payload, scope), payload]).toString('base64url');
}

/** Throws `query/cursor-invalid` where it was altered, has expired, or belongs to another workspace or other filters. */
export function openCursor(text: string, scope: CursorScope): Position {
  const bytes = Buffer.from(text, 'base64url');
  const payload = bytes.subarray(MAC_BYTES);
  // Decoding skips what is no base64url: only the one spelling that was given out is taken.
  const isWhole = payload.length > 0 && bytes.toString('base64url') === text;
  if (!isWhole || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(payload, scope))) {
    throw invalid('was not given out for this list with these filters');
  }
  // Signed by us, therefore in the form in which it was sealed.
  const [cursor, afterId, expiresAtMs] = JSON.parse(payload.toString('utf8')) as [string | null, string | null, number];
  if (scope.nowMs >= expiresAtMs) throw invalid('has expired');
  return { ...(cursor !== null && { cursor }), ...(afterId !== null && { afterId }) };
}

function sign(payload: Uint8Array, { secret, workspace, path, query }: CursorScope): Buffer {
  const filters = [...query.entries()]
    .filter(([name]) => name !== 'cursor' && name !== 'limit')
    .map((pair) => JSON.stringify(pair))
    .sort();
  const mac = createHmac('sha256', secret);
  mac.update(JSON.stringify([workspace, path, filters]));
  mac.update('\n');
  mac.update(payload);
  return mac.digest().subarray(0, MAC_BYTES);
}

function invalid(what: string): ServiceError {
  return new ServiceError('query/cursor-invalid', `cursor ${what}; begin again without a cursor`);
}
