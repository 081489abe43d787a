import { ServiceError } from '../platform/errors.ts';

export interface AdmissionLimits {
  /** What requests in hand may come to together, unpacked. One that is larger than all of it is admitted alone. */
  readonly maxBytes: number;
  /** Who has waited so long is sent away, and comes back later. */
  readonly maxWaitMs: number;
}

/** Runs the work when there is room for its bytes. Throws `store/unavailable` where none was free in time. */
export type Admit = <T>(sizeBytes: number, work: () => Promise<T>) => Promise<T>;

/** Well below the 8 s in which a request must be answered, so that what is begun can be finished. */
const DEFAULT_ADMISSION: AdmissionLimits = { maxBytes: 128 * 1024 * 1024, maxWaitMs: 4_000 };

interface Waiting {
  readonly sizeBytes: number;
  readonly enter: () => void;
}

/**
 * Bounds the memory of all requests together: unpacked and decoded, one request is many times what came over the wire,
 * and a process that takes on two hundred of them at once does not come to answer any.
 *
 * First come, first served. A function that has one request at a time never waits.
 */
export function createAdmission({ maxBytes, maxWaitMs }: AdmissionLimits = DEFAULT_ADMISSION): Admit {
  const waiting: Waiting[] = [];
  let heldBytes = 0;

  const fits = (sizeBytes: number): boolean => heldBytes === 0 || heldBytes + sizeBytes <= maxBytes;

  function admitWaiting(): void {
    for (let next = waiting[0]; next !== undefined && fits(next.sizeBytes); next = waiting[0]) {
      waiting.shift();
      heldBytes += next.sizeBytes;
      next.enter();
    }
  }

  function wait(sizeBytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(new ServiceError('store/unavailable', 'too much is in hand already', { retryable: true }));
        admitWaiting();
      }, maxWaitMs);
      const enter = (): void => {
        clearTimeout(timer);
        // One after another: several let in at once would all be unpacked before the first of them is stored.
        setImmediate(resolve);
      };
      const entry: Waiting = { sizeBytes, enter };
      waiting.push(entry);
    });
  }

  return async (sizeBytes, work) => {
    if (waiting.length === 0 && fits(sizeBytes)) heldBytes += sizeBytes;
    else await wait(sizeBytes);
    try {
      return await work();
    } finally {
      heldBytes -= sizeBytes;
      admitWaiting();
    }
  };
}
