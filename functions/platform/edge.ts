import middy from '@middy/core';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda';
import { ServiceError } from './errors.ts';
import { type EventHead, readEventBody, readEventHead, toEventResult } from './http-event.ts';
import { createLog, type Log } from './log.ts';
import { type ErrorForm, toProblem } from './problem.ts';
import { groupMessages, type QueueMessage } from './queue-event.ts';
import { createRouter, type RouteMatch, type Router } from './router.ts';

export type Scope = 'ingest' | 'read' | 'admin';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** By lower-case name; repeated headers are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly nowMs: number;
  /** From the key, never from the request; empty on open routes. */
  readonly workspace: string;
  readonly keyId: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A template: `/v1/series/{seriesId}/samples`. */
  readonly path: string;
  /** What the key must be allowed to do, or any one of several; null: open to everyone. */
  readonly scope: Scope | readonly Scope[] | null;
  /** The form of error bodies. */
  readonly errors: ErrorForm;
  handle(request: HttpRequest): Promise<HttpResponse>;
}

/** Whose key it is and what it may do. */
export interface Caller {
  readonly workspace: string;
  readonly keyId: string;
  readonly scopes: readonly Scope[];
}

/** Throws `platform/unauthorized` where there is no valid key, `store/unavailable` where that cannot be told. */
export type Authenticate = (request: {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}) => Promise<Caller>;

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>;

/** What every edge needs besides its work. */
interface EdgeOptions {
  readonly room: string;
  readonly nowMs: () => number;
  /** Where it is not given: the console, from level `info`. */
  readonly log?: Log;
}

export interface HttpEdgeOptions extends EdgeOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  /** A request not answered by then is answered 503; what it had begun may still finish. */
  readonly deadlineMs?: number;
}

/** Senders wait 30 s; we answer well before, so that it is our answer they get. */
const DEFAULT_DEADLINE_MS = 8_000;

/**
 * The front door of a room: finds the route, then asks for the key, then for its scope, and only then reads the body.
 *
 * It is the one place where errors of requests are logged, once each, and turned into answers. In the room `ingest`
 * whatever we do not know is answered 503, because senders throw their data away on 500.
 */
export function httpEdge(options: HttpEdgeOptions): HttpHandler {
  const { routes, nowMs, deadlineMs = DEFAULT_DEADLINE_MS } = options;
  const router = createRouter(routes);
  const serve = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const head = readEventHead(event);
    const { route, params } = routeOf(router, head);
    const answer = async (): Promise<HttpResponse> => {
      const caller = await authorize(route, head, options.authenticate);
      return route.handle({ ...head, ...caller, params, body: readEventBody(event), nowMs: nowMs() });
    };
    return toEventResult(await withDeadline(answer(), deadlineMs), head.requestId);
  };
  const report = createReport(options, router);
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(serve, {
    timeoutEarlyInMillis: 500,
    timeoutEarlyResponse: () => {
      throw deadlineExceeded('the time of the function');
    },
  }).onError((request) => {
    request.response = report(readEventHead(request.event), request.error);
  });
  return (event, context) => handler(event, context);
}

function routeOf(router: Router<Route>, { method, path }: EventHead): Extract<RouteMatch<Route>, { kind: 'found' }> {
  const match = router(method, path);
  switch (match.kind) {
    case 'found':
      return match;
    case 'wrong-method': {
      const allow = match.allowed.join(', ');
      throw new ServiceError('platform/method-not-allowed', `${method} is not allowed here, only ${allow}`, {
        details: { allow },
      });
    }
    case 'unknown-path':
      throw new ServiceError('platform/not-found', 'nothing has this path');
  }
}

async function authorize(route: Route, head: EventHead, authenticate: Authenticate): Promise<Omit<Caller, 'scopes'>> {
  if (route.scope === null) return { workspace: '', keyId: '' };
  const { workspace, keyId, scopes } = await authenticate(head);
  const enough = [route.scope].flat();
  if (!enough.some((scope) => scopes.includes(scope))) {
    throw new ServiceError(
      'platform/forbidden',
      `this needs a key with the scope ${enough.join(' or ')}, the key given has ${scopes.join(', ') || 'none'}`,
    );
  }
  return { workspace, keyId };
}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(deadlineExceeded(`the deadline of ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

function deadlineExceeded(what: string): ServiceError {
  return new ServiceError('platform/deadline-exceeded', `${what} has passed`, { retryable: true });
}

/** Logs an error once and words its answer. */
function createReport(options: HttpEdgeOptions, router: Router<Route>) {
  const log = logOf(options);
  return (head: EventHead, error: unknown): APIGatewayProxyStructuredResultV2 => {
    const { method, path, requestId, headers } = head;
    const match = router(method, path);
    const answer = toProblem(error, {
      requestId,
      path,
      headers,
      nowMs: options.nowMs(),
      form: match.kind === 'unknown-path' ? 'problem' : match.route.errors,
      retryUnknown: options.room === 'ingest',
      attempt: Number.parseInt(headers['retry-attempt'] ?? '1', 10) || 1,
    });
    const fields = { requestId, method, path, status: answer.status };
    if (answer.status >= 500) log.error('request failed', { ...fields, error });
    else log.info('request refused', { ...fields, code: codeOf(error), detail: messageOf(error) });
    return toEventResult(answer, requestId);
  };
}

function logOf({ room, nowMs, log }: EdgeOptions): Log {
  return log ?? createLog({ room, level: 'info', nowMs });
}

function codeOf(error: unknown): string {
  return error instanceof ServiceError ? error.code : 'platform/internal';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How far a group got: the first `done` messages are finished; what stopped it, where something did. */
export interface GroupOutcome {
  readonly done: number;
  readonly failure?: unknown;
}

export interface QueueEdgeOptions extends EdgeOptions {
  /** Works through the messages of one group, in order. Thrown errors leave the whole group undone. */
  readonly handleGroup: (group: string, messages: readonly QueueMessage[]) => Promise<GroupOutcome>;
}

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The back door of a room that lives on a FIFO queue. What a group did not finish goes back to the queue together with
 * everything after it in that group, so that order is kept; other groups go on.
 */
export function queueEdge(options: QueueEdgeOptions): QueueHandler {
  const log = logOf(options);
  const handler = middy<SQSEvent, SQSBatchResponse>(async (event: SQSEvent) => {
    const unfinished = await Promise.all(
      groupMessages(event).map(([group, messages]) => runGroup(options, log, group, messages)),
    );
    return { batchItemFailures: unfinished.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });
  return (event, context) => handler(event, context);
}

async function runGroup(
  { handleGroup }: QueueEdgeOptions,
  log: Log,
  group: string,
  messages: readonly QueueMessage[],
): Promise<readonly QueueMessage[]> {
  const attempt = async (): Promise<GroupOutcome> => handleGroup(group, messages);
  const { done, failure } = await attempt().catch((error: unknown) => ({ done: 0, failure: error }));
  if (!Number.isInteger(done) || done < 0 || done > messages.length) {
    log.error('group outcome is impossible', { group, done, messages: messages.length });
    return messages;
  }
  const unfinished = messages.slice(done);
  const [stopped] = unfinished;
  if (stopped !== undefined) {
    const { messageId, receiveCount } = stopped;
    log.error('message failed', { group, messageId, receiveCount, returned: unfinished.length, error: failure });
  }
  return unfinished;
}

export interface ScheduleEdgeOptions<T> extends EdgeOptions {
  readonly run: (nowMs: number) => Promise<T>;
}

/** The time that the run is for; the clock's where it is not said. */
export interface ScheduleEvent {
  readonly nowMs?: number;
}

export type ScheduleHandler<T> = (event: ScheduleEvent, context: Context) => Promise<T>;

/** The door of a room that is called by the clock. A failed run is logged and thrown, so that the scheduler repeats it. */
export function scheduleEdge<T>(options: ScheduleEdgeOptions<T>): ScheduleHandler<T> {
  const log = logOf(options);
  const handler = middy<ScheduleEvent, T>(async (event: ScheduleEvent) => {
    const nowMs = event.nowMs ?? options.nowMs();
    if (!Number.isSafeInteger(nowMs) || nowMs < 0) {
      throw new ServiceError('platform/request-invalid', `schedule: nowMs must be UTC milliseconds, got ${nowMs}`);
    }
    return options.run(nowMs);
  }).onError((request) => {
    log.error('run failed', { error: request.error });
  });
  return (event, context) => handler(event, context);
}
