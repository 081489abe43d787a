/** Every failure of the world has a stable code: the room it happened in, and what happened. */
export type ErrorCode =
  | 'ingest/payload-invalid'
  | 'ingest/payload-too-large'
  | 'ingest/media-type-unsupported'
  | 'ingest/rate-exceeded'
  | 'ingest/key-reused'
  | 'ingest/key-in-flight'
  | 'platform/unauthorized'
  | 'platform/forbidden'
  | 'platform/not-found'
  | 'platform/method-not-allowed'
  | 'platform/request-timeout'
  | 'platform/headers-too-large'
  | 'platform/request-invalid'
  | 'platform/deadline-exceeded'
  | 'platform/env-invalid'
  | 'platform/internal'
  | 'store/unavailable'
  | 'store/conflict'
  | 'store/corrupt'
  | 'store/version-unknown'
  | 'store/locked'
  | 'notify/channel-refused'
  | 'query/cursor-invalid'
  | 'query/range-invalid'
  | 'query/keys-too-many'
  | 'query/key-needed'
  | 'query/too-many'
  | 'query/too-slow'
  | 'query/answer-too-large';

export interface ServiceErrorOptions {
  readonly retryable?: boolean;
  /** Safe to log: no payloads, no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The world failed, or a request was refused. Broken promises of our own throw RangeError or TypeError instead. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}
