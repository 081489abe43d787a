import { ServiceError } from '../platform/errors.ts';

export interface AdmissionLimits {
  /** What requests in hand may come to together, unpacked. One that is larger than all of it is admitted alone. */
  readonly maxBytes: number;
  /** What may be begun in one turn of the event loop: in between others are read, answered and sent away. */
  readonly turnBytes: number;
  /** Who has waited so long is sent away, and comes back later. */
  readonly maxWaitMs: number;
}

export interface Admission {
  /** Runs the work on a request when there is room for its bytes. Throws `store/unavailable` where none was free in time. */
  admit<T>(request: object, sizeBytes: number, work: () => Promise<T>): Promise<T>;
  /** What the work on a request holds besides, as it turns out; until it ends. */
  hold(request: object, sizeBytes: number): void;
}

const MEBIBYTE = 1024 * 1024;
/** Well below the 8 s in which a request must be answered, so that what is begun can be finished. */
const MAX_WAIT_MS = 4_000;
/** Decoding a request also makes garbage, and the store and the caches need room too. */
const HEAP_SHARE = 0.25;

/** What a process with a heap of this size can take on. */
export function admissionLimits(heapBytes: number): AdmissionLimits {
  const maxBytes = Math.min(128 * MEBIBYTE, heapBytes * HEAP_SHARE);
  return { maxBytes, turnBytes: 4 * MEBIBYTE, maxWaitMs: MAX_WAIT_MS };
}

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
export function createAdmission({ maxBytes, turnBytes, maxWaitMs }: AdmissionLimits): Admission {
  const waiting: Waiting[] = [];
  const heldBy = new WeakMap<object, number>();
  let heldBytes = 0;
  let begunBytes = 0;

  const fits = (sizeBytes: number): boolean =>
    (heldBytes === 0 || heldBytes + sizeBytes <= maxBytes) && (begunBytes === 0 || begunBytes + sizeBytes <= turnBytes);

  function hold(request: object, sizeBytes: number): void {
    heldBy.set(request, (heldBy.get(request) ?? 0) + sizeBytes);
    heldBytes += sizeBytes;
  }

  function take(request: object, sizeBytes: number): void {
    hold(request, sizeBytes);
    if (begunBytes === 0) setImmediate(nextTurn);
    begunBytes += Math.max(1, sizeBytes);
  }

  function nextTurn(): void {
    begunBytes = 0;
    admitWaiting();
  }

  function admitWaiting(): void {
    for (let next = waiting[0]; next !== undefined && fits(next.sizeBytes); next = waiting[0]) {
      waiting.shift();
      next.enter();
    }
  }

  function wait(request: object, sizeBytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(new ServiceError('store/unavailable', 'too much is in hand already', { retryable: true }));
        admitWaiting();
      }, maxWaitMs);
      const enter = (): void => {
        clearTimeout(timer);
        take(request, sizeBytes);
        resolve();
      };
      const entry: Waiting = { sizeBytes, enter };
      waiting.push(entry);
    });
  }

  return {
    async admit(request, sizeBytes, work) {
      if (waiting.length === 0 && fits(sizeBytes)) take(request, sizeBytes);
      else await wait(request, sizeBytes);
      try {
        return await work();
      } finally {
        heldBytes -= heldBy.get(request)!;
        heldBy.delete(request);
        admitWaiting();
      }
    },
    hold,
  };
}
