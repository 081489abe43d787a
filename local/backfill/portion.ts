/** One request's worth of the past. */
export interface Portion {
  readonly mediaType: 'application/json' | 'text/csv';
  readonly body: Buffer;
  readonly samples: number;
  /** How far the whole is when it is sent, 0 to 1. */
  readonly ratio: number;
  /** Where to go on when it is sent; absent inside of what must be sent together. */
  readonly position?: number;
}

/** A past to be loaded, in order of time. */
export interface Source {
  /** Portions from a position on; the same again for the same position. */
  portions(position: number): AsyncGenerator<Portion>;
  /** Samples that cannot be sent at all, so far: not numbers. */
  skipped(): number;
}

/** Half of what a request may hold. */
export const SAMPLES_PER_REQUEST = 10_000;
/** Of the 32 MiB that a request may come to, unpacked; 4 MiB packed are reached later. */
export const BYTES_PER_REQUEST = 8 * 1024 * 1024;
