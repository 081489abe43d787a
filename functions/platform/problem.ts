import { createHash } from 'node:crypto';
import { type ErrorCode, ServiceError } from './errors.ts';

/** How an error is answered: fits an HttpResponse by shape. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface ProblemContext {
  readonly requestId: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly nowMs: number;
  readonly form: ErrorForm;
  /** True where a sender would throw its data away on 500: what we do not know is then answered 503. */
  readonly retryUnknown: boolean;
  /** Which attempt of the sender this is, where it says so; 1 otherwise. */
  readonly attempt: number;
}

/** What went wrong, without its wording: of a failure of ours nothing but that it happened. */
export interface Problem {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  /** The first few refused items. */
  readonly examples: readonly ProblemExample[];
  /** What the error carries besides; never for the sender as it stands. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ProblemExample {
  readonly detail: string;
  readonly index?: number;
  readonly pointer?: string;
  readonly code?: string;
}

/** How errors are worded: our own JSON, plain text, or as a protocol wants it. */
export type ErrorForm = 'problem' | 'text' | ((problem: Problem, context: ProblemContext) => WordedProblem);

export interface WordedProblem {
  /** Only where the protocol's senders need another than that of the problem. */
  readonly status?: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export const MAX_PROBLEM_BYTES = 1_024;
const MAX_EXAMPLES = 5;
const MAX_DETAIL_BYTES = 400;
const MAX_EXAMPLE_BYTES = 100;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** Codes without an entry here are failures of ours, whose words stay inside. */
const REFUSALS: Partial<Record<ErrorCode, number>> = {
  'ingest/payload-invalid': 400,
  'ingest/payload-too-large': 413,
  'ingest/media-type-unsupported': 415,
  'ingest/rate-exceeded': 429,
  'ingest/key-reused': 422,
  'ingest/key-in-flight': 409,
  'platform/unauthorized': 401,
  'platform/forbidden': 403,
  'platform/not-found': 404,
  'platform/method-not-allowed': 405,
  'platform/request-timeout': 408,
  'platform/headers-too-large': 431,
  'platform/request-invalid': 400,
  'query/cursor-invalid': 400,
  'query/range-invalid': 400,
  'query/keys-too-many': 409,
  'query/key-needed': 409,
  'query/too-many': 429,
  'query/too-slow': 400,
  'query/answer-too-large': 400,
};

/** The one mapping from what went wrong to what the sender is told. */
export function toProblem(error: unknown, context: ProblemContext): ProblemAnswer {
  const failure = error instanceof ServiceError ? error : undefined;
  const code = failure?.code ?? 'platform/internal';
  const status = statusOf(failure, context.retryUnknown);
  const detail = status < 500 || status === 409 ? (failure?.message ?? '') : ourFault(status);
  const problem: Problem = {
    code,
    status,
    detail,
    examples: status < 500 ? examplesOf(failure) : [],
    details: failure?.details ?? {},
  };
  const { status: answered = status, contentType, headers: own, body } = worded(problem, context);
  const headers = { ...own, ...extraHeaders(answered, failure, context), 'content-type': contentType };
  return { status: answered, headers, body };
}

function worded(problem: Problem, context: ProblemContext): WordedProblem {
  switch (context.form) {
    case 'problem':
      return { contentType: 'application/problem+json', body: jsonBody(problem, context) };
    case 'text':
      return plainText(problem, context);
    default:
      return context.form(problem, context);
  }
}

function statusOf(failure: ServiceError | undefined, retryUnknown: boolean): number {
  const refusal = failure && REFUSALS[failure.code];
  if (refusal !== undefined) return refusal;
  if (retryUnknown || failure?.retryable === true) return 503;
  switch (failure?.code) {
    case 'store/unavailable':
    case 'platform/deadline-exceeded':
      return 503;
    case 'store/conflict':
      return 409;
    case 'store/corrupt':
    case 'store/version-unknown':
    case 'store/locked':
    case 'notify/channel-refused':
      return 502;
    default:
      return 500;
  }
}

function ourFault(status: number): string {
  return status === 503
    ? 'the service cannot do this now and has promised nothing; send the same request again'
    : 'the service failed; its log has the cause under this request id';
}

function extraHeaders(
  status: number,
  failure: ServiceError | undefined,
  context: ProblemContext,
): Readonly<Record<string, string>> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  const { allow, retryAfterSeconds: refill } = failure?.details ?? {};
  if (status === 405 && typeof allow === 'string') return { allow };
  // Somebody is at the same thing right now: no reason to stay away for long.
  if (status === 409 && typeof refill === 'number') return { 'retry-after': String(refill) };
  if (status !== 429 && status !== 503) return {};
  const refillSeconds = typeof refill === 'number' ? refill : 0;
  return { 'retry-after': String(retryAfterSeconds(context.attempt, context.requestId, refillSeconds)) };
}

/**
 * 6 s, doubled with each attempt up to 96 s, and spread by half to either side; never below a limit's refill time.
 *
 * The spread is drawn from the request id, so that senders refused together do not come back together, and yet the
 * answer to a request can be worked out again.
 */
export function retryAfterSeconds(attempt: number, requestId: string, refillSeconds: number): number {
  const doublings = Math.min(Math.max(1, attempt) - 1, 10);
  const baseSeconds = Math.min(96, Math.max(1, 6 * 2 ** doublings));
  const unit = createHash('sha256').update(requestId).digest().readUInt32BE(0) / 2 ** 32;
  const seconds = Math.max(1, Math.round(baseSeconds * (0.5 + unit)));
  return Math.max(seconds, Math.ceil(refillSeconds));
}

/** The form `text`, for protocols that add to it. */
export function plainText({ code, detail, examples }: Problem, { requestId }: ProblemContext): WordedProblem {
  const first = examples.map((example) => `#${example.index ?? '?'} ${example.code ?? ''}: ${example.detail}`);
  const text = truncateBytes([`${code}: ${detail}`, ...first].join('; '), MAX_PROBLEM_BYTES - 80);
  const body = `${text} (request ${requestId.slice(0, 64)})\n`;
  return { contentType: 'text/plain; charset=utf-8', body };
}

function examplesOf(failure: ServiceError | undefined): readonly ProblemExample[] {
  const errors = failure?.details.errors;
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, MAX_EXAMPLES).map((raw: unknown) => {
    const { index, pointer, code, detail } = (raw ?? {}) as Record<string, unknown>;
    return {
      ...(typeof index === 'number' && { index }),
      ...(typeof pointer === 'string' && { pointer: truncateBytes(pointer, MAX_EXAMPLE_BYTES) }),
      ...(typeof code === 'string' && { code: truncateBytes(code, MAX_EXAMPLE_BYTES) }),
      detail: typeof detail === 'string' ? truncateBytes(detail, MAX_EXAMPLE_BYTES) : '',
    };
  });
}

function jsonBody(problem: Problem, context: ProblemContext): string {
  const { code, status, detail } = problem;
  for (let kept = problem.examples.length; kept >= 0; kept--) {
    const body = JSON.stringify({
      type: `urn:forewarn:error:${code}`,
      title: TITLES[status] ?? 'Error',
      status,
      code,
      detail: truncateBytes(detail, MAX_DETAIL_BYTES),
      instance: truncateBytes(context.path, MAX_EXAMPLE_BYTES),
      ...(kept > 0 && { errors: problem.examples.slice(0, kept) }),
      request_id: context.requestId.slice(0, 64),
    });
    if (Buffer.byteLength(body) <= MAX_PROBLEM_BYTES) return body;
  }
  // Quotes and control characters grow sixfold as JSON: leave out what the sender wrote.
  return JSON.stringify({ type: `urn:forewarn:error:${code}`, title: TITLES[status], status, code });
}

/** At most so many bytes of UTF-8, never half a character. */
export function truncateBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= maxBytes) return bytes.toString('utf8');
  let end = maxBytes - 3;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return `${bytes.subarray(0, end).toString('utf8')}…`;
}
