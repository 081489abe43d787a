import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context } from 'aws-lambda';
import { systemNowMs } from '../functions/platform/clock.ts';
import { ServiceError } from '../functions/platform/errors.ts';
import { toEventResult } from '../functions/platform/http-event.ts';
import type { Log } from '../functions/platform/log.ts';
import { type ErrorForm, toProblem } from '../functions/platform/problem.ts';
import { type Answer, readHead, toAnswer, toEvent } from './http-event.ts';
import { readBody } from './request-body.ts';

export type Handler = (event: APIGatewayProxyEventV2, context: Context) => Promise<APIGatewayProxyResultV2>;

export interface HttpBridgeOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  /** The handler of a path; undefined where there is none. */
  readonly route: (path: string) => Handler | undefined;
  /** How errors are worded on a path where data comes in; undefined for all other paths. */
  readonly ingestFormOf: (path: string) => ErrorForm | undefined;
  readonly log: Log;
  readonly limits?: Partial<HttpBridgeLimits>;
}

export interface HttpBridgeLimits {
  readonly bodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly headerBytes: number;
  readonly headerTimeoutMs: number;
  /** All bodies together that are being read or worked on. */
  readonly sharedBodyBytes: number;
  /** How long requests in flight may still take after close. */
  readonly closeTimeoutMs: number;
}

export interface HttpBridge {
  readonly port: number;
  /** Stops accepting, lets what is in flight finish, and resolves when all is closed. */
  readonly close: () => Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

/** Sizes are those of API Gateway, so that what works here works there. */
const DEFAULT_LIMITS: HttpBridgeLimits = {
  bodyBytes: 10 * MEBIBYTE,
  bodyTimeoutMs: 30_000,
  headerBytes: 10_240,
  headerTimeoutMs: 10_000,
  sharedBodyBytes: 96 * MEBIBYTE,
  closeTimeoutMs: 10_000,
};

/** How long a refused request may go on sending, so that its sender reads the answer before the line is cut. */
const LINGER_MS = 2_000;

/** Lets the handlers of an HTTP API be reached on this machine: HTTP in, API Gateway event, handler, HTTP out. */
export async function startHttpBridge(options: HttpBridgeOptions): Promise<HttpBridge> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const state: BridgeState = { ...options, limits, sharedBytes: 0, closing: false };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerTimeoutMs,
    // The body has a time limit of its own, which answers before this one cuts the line.
    requestTimeout: limits.headerTimeoutMs + limits.bodyTimeoutMs + 2 * LINGER_MS,
    connectionsCheckingInterval: Math.min(1_000, limits.headerTimeoutMs),
    keepAliveTimeout: 65_000,
  });
  server.on('request', (request, response) => void serve(state, request, response));
  server.on('clientError', refuseUnreadable);
  await listen(server, options);
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  return { port, close: () => close(server, state) };
}

interface BridgeState extends Omit<HttpBridgeOptions, 'limits'> {
  readonly limits: HttpBridgeLimits;
  sharedBytes: number;
  closing: boolean;
}

function listen(server: Server, { port, host }: HttpBridgeOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

function close(server: Server, state: BridgeState): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  state.closing = true;
  const timer = setTimeout(() => server.closeAllConnections(), state.limits.closeTimeoutMs);
  server.close(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}

/** Never rejects: whatever happens becomes an answer. */
async function serve(state: BridgeState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  let heldBytes = 0;
  const reserve = (sizeBytes: number): boolean => {
    if (state.sharedBytes + sizeBytes > state.limits.sharedBodyBytes) return false;
    state.sharedBytes += sizeBytes;
    heldBytes += sizeBytes;
    return true;
  };
  try {
    const { bodyBytes: maxBytes, bodyTimeoutMs: timeoutMs } = state.limits;
    const body = await readBody(request, { maxBytes, timeoutMs, reserve });
    if (body !== undefined) send(state, response, await invoke(state, request, body, requestId));
  } catch (error) {
    send(state, response, answerError(state, request, error, requestId));
    if (!request.complete) linger(request);
  } finally {
    state.sharedBytes -= heldBytes;
  }
}

async function invoke(state: BridgeState, request: IncomingMessage, body: Buffer, requestId: string): Promise<Answer> {
  const head = readHead(request);
  const handler = state.route(head.rawPath);
  if (handler === undefined) throw new ServiceError('platform/not-found', 'nothing has this path');
  const origin = {
    method: request.method ?? 'GET',
    sourceIp: request.socket.remoteAddress ?? '',
    requestId,
    nowMs: systemNowMs(),
  };
  return toAnswer(await handler(toEvent(head, body, origin), lambdaContext(requestId)));
}

function lambdaContext(requestId: string): Context {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'local',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:local:000000000000:function:local',
    memoryLimitInMB: '0',
    logGroupName: 'local',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => 30_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

function send(state: BridgeState, response: ServerResponse, { status, headers, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (state.closing || status === 408) response.setHeader('connection', 'close');
  // 204 has no body, and says nothing of its length.
  if (status !== 204) response.setHeader('content-length', body.length);
  response.writeHead(status);
  response.end(status === 204 ? undefined : body);
}

const REMOTE_WRITE = '/api/v1/write';

function answerError(state: BridgeState, request: IncomingMessage, error: unknown, requestId: string): Answer {
  const { rawPath: path, headers } = readHead(request);
  const ingestForm = state.ingestFormOf(path);
  const answer = toProblem(path === REMOTE_WRITE ? asRemoteWrite(error) : error, {
    requestId,
    path,
    headers,
    nowMs: systemNowMs(),
    form: ingestForm ?? 'problem',
    retryUnknown: ingestForm !== undefined,
    attempt: 1,
  });
  if (answer.status >= 500) state.log.error('request failed', { requestId, path, status: answer.status, error });
  return toAnswer(toEventResult(answer, requestId));
}

/** Some senders of remote write repeat for ever on 413. */
function asRemoteWrite(error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.code !== 'ingest/payload-too-large') return error;
  return new ServiceError('ingest/payload-invalid', error.message, { cause: error });
}

function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
}

const UNREADABLE: Readonly<Record<string, ServiceError>> = {
  HPE_HEADER_OVERFLOW: new ServiceError('platform/headers-too-large', 'request line and headers are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: new ServiceError('platform/request-timeout', 'the headers did not arrive in time'),
};

/** What Node itself could not read as a request: there is nothing to hand to a handler. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const failure =
    UNREADABLE[error.code ?? ''] ?? new ServiceError('platform/request-invalid', 'this is not an HTTP request');
  const requestId = randomUUID();
  const problem = toProblem(failure, {
    requestId,
    path: '',
    headers: {},
    nowMs: systemNowMs(),
    form: 'problem',
    retryUnknown: false,
    attempt: 1,
  });
  const { headers = {}, body = '' } = toEventResult(problem, requestId);
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${head}\r\n${body}`);
}
