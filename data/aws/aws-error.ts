import { ServiceError } from '../../functions/platform/errors.ts';

/** Runs one call of the SDK; whatever it throws becomes `store/unavailable`, here and nowhere else. */
export async function callAws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw toServiceError(what, cause);
  }
}

export function toServiceError(what: string, cause: unknown): ServiceError {
  const name = errorName(cause);
  const status = httpStatus(cause);
  return new ServiceError('store/unavailable', `${what} failed: ${name}`, {
    retryable: isRetryable(cause, status),
    details: { name, status, message: cause instanceof Error ? cause.message : undefined },
    cause,
  });
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

export function httpStatus(error: unknown): number | undefined {
  const metadata = property(error, '$metadata');
  const status = property(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** No status means that no answer came; throttling is marked by the SDK; the rest of 4xx would fail again. */
function isRetryable(error: unknown, status: number | undefined): boolean {
  if (status === undefined || status >= 500 || status === 429 || status === 409) return true;
  return (
    property(error, '$retryable') !== undefined || /Throttl|TooManyRequests|ThroughputExceeded/.test(errorName(error))
  );
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
