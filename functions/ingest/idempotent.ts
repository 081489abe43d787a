import { createHash } from 'node:crypto';
import type { Attempt, Idempotency, KeptAnswer } from '../../data/tables/idempotency.ts';
import type { HttpRequest, HttpResponse } from '../platform/edge.ts';
import { ServiceError } from '../platform/errors.ts';

/** Answers a request; `receivedAtMs` is set where a key of the sender's own makes the time of the first try known. */
export type KeyedHandle = (request: HttpRequest, receivedAtMs: number | undefined) => Promise<HttpResponse>;

/** Printable ASCII, as a header can carry it. */
const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;
/** Answers by which nothing was stored, and never will be of this content. */
const FINAL_REFUSALS: readonly string[] = [
  'ingest/payload-invalid',
  'ingest/payload-too-large',
  'ingest/media-type-unsupported',
];

/**
 * Keeps the answer to a request with an `Idempotency-Key` for a day, and gives it again to the same content.
 *
 * A request that failed is free to be sent again, with the time of its first try; one that was refused for what it is
 * gives its key back.
 */
export function idempotent(
  { begin }: Idempotency,
  handle: KeyedHandle,
): (request: HttpRequest) => Promise<HttpResponse> {
  return async (request) => {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return handle(request, undefined);
    if (!KEY.test(key)) {
      throw new ServiceError('platform/request-invalid', 'idempotency-key must be 1 to 255 printable characters');
    }
    const beginning = await begin(request.workspace, key, hashContent(request));
    switch (beginning.kind) {
      case 'begun':
        return attempt(beginning.attempt, request, handle);
      case 'done':
        return replayed(beginning.answer);
      case 'other-content':
        throw new ServiceError('ingest/key-reused', 'this idempotency-key came with another content before');
      case 'in-flight':
        throw new ServiceError('ingest/key-in-flight', 'a request with this idempotency-key is being worked on', {
          details: { retryAfterSeconds: 1 },
        });
    }
  };
}

async function attempt(own: Attempt, request: HttpRequest, handle: KeyedHandle): Promise<HttpResponse> {
  try {
    const response = await handle(request, own.receivedAtMs);
    await own.finish(toKept(response));
    return response;
  } catch (error) {
    const isFinal = error instanceof ServiceError && FINAL_REFUSALS.includes(error.code);
    // Where this fails too, the sender is told the first failure, and its claim ends by itself.
    await (isFinal ? own.forget() : own.release()).catch(() => undefined);
    throw error;
  }
}

function toKept({ status, headers = {}, body = '' }: HttpResponse): KeptAnswer {
  return { status, headers, body: Buffer.from(body).toString('utf8') };
}

function replayed({ status, headers, body }: KeptAnswer): HttpResponse {
  return { status, headers, body: JSON.stringify({ ...JSON.parse(body), replayed: true }) };
}

/** With the route and what says how to read the body: the same bytes elsewhere are another content. */
function hashContent({ path, headers, body }: HttpRequest): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([path, headers['content-type'] ?? '', headers['content-encoding'] ?? '']));
  return hash.update(body).digest('hex');
}
