/** Room for a little more than is asked for: a state grows from one write to the next. */
const SPARE = 1.1;
/** Bytes that are so many times as large as what is needed are given up. */
const TOO_LARGE = 4;

export interface ReusedBytes {
  /** So many bytes, which nobody else has until they are given back; they hold what was last written to them. */
  take(sizeBytes: number): Uint8Array;
  giveBack(bytes: Uint8Array): void;
}

/**
 * Keeps one large piece of memory for what is made, written and forgotten again and again. New memory for a state of some
 * ten megabytes costs as much as filling it, and makes the garbage collector look at everything else each time.
 */
export function createReusedBytes(): ReusedBytes {
  let free: ArrayBufferLike | undefined;
  return {
    take(sizeBytes) {
      const kept = free;
      free = undefined;
      const fits = kept !== undefined && kept.byteLength >= sizeBytes && kept.byteLength <= TOO_LARGE * sizeBytes;
      return new Uint8Array(fits ? kept : new ArrayBuffer(Math.ceil(SPARE * sizeBytes)), 0, sizeBytes);
    },
    giveBack({ buffer }) {
      // Of two that were out at once the larger stays.
      if (free === undefined || buffer.byteLength > free.byteLength) free = buffer;
    },
  };
}
