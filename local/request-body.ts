import type { IncomingMessage } from 'node:http';
import { ServiceError } from '../functions/platform/errors.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Asks for room that all requests share; false where there is none. */
  readonly reserve: (sizeBytes: number) => boolean;
}

/**
 * Reads the whole body; undefined where the client went away. Rejects with `ingest/payload-too-large`, with
 * `platform/request-timeout` where it comes too slowly, with `store/unavailable` where there is no room for it now.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const timer = setTimeout(() => reject(timedOut(limits)), limits.timeoutMs);
  const onData = (chunk: Buffer): void => {
    sizeBytes += chunk.length;
    if (sizeBytes > limits.maxBytes) reject(tooLarge(sizeBytes, limits));
    else if (limits.reserve(chunk.length)) chunks.push(chunk);
    else reject(new ServiceError('store/unavailable', 'no room for more requests now', { retryable: true }));
  };
  const declaredBytes = Number(request.headers['content-length'] ?? 0);
  if (declaredBytes > limits.maxBytes) reject(tooLarge(declaredBytes, limits));
  request.on('data', onData);
  request.once('end', () => resolve(Buffer.concat(chunks, sizeBytes)));
  // Both come when a client breaks off; after the end they change nothing.
  request.on('error', () => resolve(undefined));
  request.once('close', () => resolve(undefined));
  return promise.finally(() => {
    clearTimeout(timer);
    // What still comes is dropped: without a listener it would be kept.
    request.off('data', onData).resume();
  });
}

function tooLarge(sizeBytes: number, { maxBytes }: BodyLimits): ServiceError {
  return new ServiceError('ingest/payload-too-large', `the body has ${sizeBytes} bytes or more, at most ${maxBytes}`);
}

function timedOut({ timeoutMs }: BodyLimits): ServiceError {
  return new ServiceError('platform/request-timeout', `the body did not arrive within ${timeoutMs} ms`);
}
