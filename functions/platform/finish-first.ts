import type { HttpHandler } from './edge.ts';

/** What is not finished by then goes on with the next request: the sender is not kept waiting for our own books. */
const MAX_WAIT_MS = 1_000;

/**
 * Lets what a request has left to be written be written before its answer goes out: a function may be frozen from the
 * moment it has answered, and thrown away frozen. `finish` must not reject.
 */
export function finishFirst(handler: HttpHandler, finish: () => Promise<void>): HttpHandler {
  return async (event, context) => {
    const answer = await handler(event, context);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, MAX_WAIT_MS);
    });
    await Promise.race([finish(), patience]);
    clearTimeout(timer);
    return answer;
  };
}
