import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { corrupt } from './corrupt.ts';

/** Times within ±2^50 ms (year 37,648) keep every difference of differences exact in a float64. */
const MAX_ABSOLUTE_MS = 2 ** 50;

/**
 * Times of one run after another: the first of a run as its distance from the first of the run before, the second as its
 * distance from the first, every later one as the change of that distance. Regular steps cost one byte.
 */
export class TimestampEncoder {
  readonly #writer: ByteWriter;
  #runStartMs = 0;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** One run: the times from start up to and without end. */
  run(timestampsMs: Float64Array, start: number, end: number): void {
    let lastMs = 0;
    let lastStepMs = 0;
    for (let i = start; i < end; i++) {
      const timestampMs = timestampsMs[i]!;
      if (!Number.isInteger(timestampMs) || Math.abs(timestampMs) > MAX_ABSOLUTE_MS) {
        throw new RangeError(`segment: timestamp must be whole milliseconds within 2^50, got ${timestampMs}`);
      }
      if (i === start) {
        this.#writer.zigzag(timestampMs - this.#runStartMs);
        this.#runStartMs = timestampMs;
      } else {
        const stepMs = timestampMs - lastMs;
        this.#writer.zigzag(stepMs - lastStepMs);
        lastStepMs = stepMs;
      }
      lastMs = timestampMs;
    }
  }
}

export class TimestampDecoder {
  readonly #reader: ByteReader;
  #runStartMs = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** Fills target from start up to and without end. */
  run(target: Float64Array, start: number, end: number): void {
    let stepMs = 0;
    let timestampMs = this.#runStartMs;
    for (let i = start; i < end; i++) {
      if (i === start) {
        timestampMs += this.#reader.zigzag();
        this.#runStartMs = timestampMs;
      } else {
        stepMs += this.#reader.zigzag();
        timestampMs += stepMs;
      }
      if (Math.abs(timestampMs) > MAX_ABSOLUTE_MS) throw corrupt('a timestamp is out of range');
      target[i] = timestampMs;
    }
  }
}
