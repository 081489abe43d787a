import type { Labels } from '../../models/domain/series.ts';
import { Column } from '../backfill/csv-rows.ts';

/** One series of a file: times ascend without repeats, and every value is a number or NaN for missing. */
export interface FileSeries {
  readonly labels: Labels;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly missing: number;
  readonly repeats: number;
  readonly outOfOrder: number;
}

/** Samples of one series as they come; in order at the end. */
export class SeriesColumns {
  readonly #labels: Labels;
  readonly #times = new Column();
  readonly #values = new Column();
  #newestMs = Number.NEGATIVE_INFINITY;
  #outOfOrder = 0;

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  push(timestampMs: number, value: number): void {
    if (timestampMs < this.#newestMs) this.#outOfOrder++;
    else this.#newestMs = timestampMs;
    this.#times.push(timestampMs);
    this.#values.push(value);
  }

  /** Of two samples of one time the first counts, as in the service. */
  finish(): FileSeries {
    const given = this.#times.values();
    const order = Uint32Array.from(given, (_, i) => i);
    if (this.#outOfOrder > 0) order.sort((a, b) => given[a]! - given[b]! || a - b);
    const kept = order.filter((row, i) => i === 0 || given[row] !== given[order[i - 1]!]);
    const values = Float64Array.from(kept, (row) => this.#values.values()[row]!);
    return {
      labels: this.#labels,
      timestampsMs: Float64Array.from(kept, (row) => given[row]!),
      values,
      missing: values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
      repeats: order.length - kept.length,
      outOfOrder: this.#outOfOrder,
    };
  }
}
