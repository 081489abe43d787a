import { ServiceError } from '../../functions/platform/errors.ts';

/** Stored bytes are not what was written: quarantined by the reader, never repaired by guessing. */
export function corrupt(what: string, cause?: unknown): ServiceError {
  return new ServiceError('store/corrupt', `segment: ${what}`, cause === undefined ? {} : { cause });
}
