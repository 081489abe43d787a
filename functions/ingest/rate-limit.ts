import { ServiceError } from '../platform/errors.ts';

/** What a workspace may send: on average, and at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateLimits {
  readonly requests: RateLimit;
  readonly samples: RateLimit;
  readonly logRecords: RateLimit;
  readonly logBytes: RateLimit;
}

export type RateLimited = keyof RateLimits;

export interface Take {
  readonly workspace: string;
  readonly what: RateLimited;
  readonly amount: number;
  readonly nowMs: number;
  /** What is refused with it, where that is not the amount itself: records, of bytes. */
  readonly items?: number;
}

/** Throws `ingest/rate-exceeded` with the time until it may be tried again; then nothing was taken. */
export type TakeFromLimit = (take: Take) => void;

const WORDS: Readonly<Record<RateLimited, string>> = {
  requests: 'requests',
  samples: 'samples',
  logRecords: 'log records',
  logBytes: 'bytes of log lines',
};

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/**
 * A token bucket for each workspace and kind, in this process: refilled by time, full at first.
 *
 * Whoever asks for more than a bucket can hold gets it when the bucket is full, and the debt is paid before the next:
 * a permitted request must not be refused for ever.
 */
export function createRateLimit(limitsOf: (workspace: string) => RateLimits): TakeFromLimit {
  const buckets = new Map<string, Bucket>();
  return ({ workspace, what, amount, nowMs, items = amount }) => {
    const { perSecond, burst } = limitsOf(workspace)[what];
    const name = `${what} ${workspace}`;
    const bucket = buckets.get(name) ?? { tokens: burst, filledAtMs: nowMs };
    buckets.set(name, bucket);
    const elapsedMs = Math.max(0, nowMs - bucket.filledAtMs);
    bucket.tokens = Math.min(burst, bucket.tokens + (elapsedMs * perSecond) / 1_000);
    bucket.filledAtMs = nowMs;
    const needed = Math.min(amount, burst);
    if (bucket.tokens < needed) {
      const retryAfterSeconds = Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond));
      throw new ServiceError(
        'ingest/rate-exceeded',
        `${amount} ${WORDS[what]} now are over the limit of ${perSecond} a second (at once: ${burst})`,
        { retryable: true, details: { retryAfterSeconds, amount: items } },
      );
    }
    bucket.tokens -= amount;
  };
}
