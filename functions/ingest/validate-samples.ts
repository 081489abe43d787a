import type { SeriesColumns, SeriesHead } from '../../data/segments/batch.ts';
import type { IngestLimits } from './limits.ts';
import { hashId } from './seeded-hash.ts';
import type { Refusal } from './validate.ts';

const FIRST_CAPACITY = 256;

/** Collects the samples of a request in flat columns, and hands them out by series: ascending, without repeats. */
export class SampleCollector {
  #timestampsMs: Float64Array;
  #values: Float64Array;
  #stale: Uint8Array;
  #slots: Uint32Array;
  #count = 0;
  #inOrder = true;
  #slot = 0;
  readonly #heads: SeriesHead[] = [];
  /** Slot + 1 of each series at the place that its hash says, or at the next free one. */
  #table: Int32Array;

  /** With how many samples there may be, where that is known: room for them is made at once. */
  constructor(expectedSamples = 0) {
    const capacity = Math.max(FIRST_CAPACITY, expectedSamples);
    this.#timestampsMs = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#stale = new Uint8Array(capacity);
    this.#slots = new Uint32Array(capacity);
    this.#table = new Int32Array(2 ** Math.ceil(Math.log2(2 * capacity)));
  }

  /** The samples that follow belong to this series; it may have come up before. */
  begin(head: SeriesHead): void {
    const place = this.#find(head);
    const known = this.#table[place]!;
    if (known > 0) {
      this.#slot = known - 1;
      return;
    }
    this.#slot = this.#heads.length;
    this.#heads.push(head);
    this.#table[place] = this.#slot + 1;
    if (this.#heads.length * 2 > this.#table.length) this.#growTable();
  }

  add(timestampMs: number, value: number, stale: 0 | 1): void {
    const at = this.#count;
    if (at === this.#slots.length) this.#grow();
    if (at > 0) {
      // The line above proves that the sample before exists.
      const lastSlot = this.#slots[at - 1]!;
      if (this.#slot < lastSlot || (this.#slot === lastSlot && timestampMs <= this.#timestampsMs[at - 1]!)) {
        this.#inOrder = false;
      }
    }
    this.#timestampsMs[at] = timestampMs;
    this.#values[at] = value;
    this.#stale[at] = stale;
    this.#slots[at] = this.#slot;
    this.#count = at + 1;
  }

  /** Sorts what came out of order; of samples with the same time the first wins. */
  finish(): { readonly series: SeriesColumns; readonly samples: number; readonly duplicates: number } {
    const before = this.#count;
    if (!this.#inOrder) this.#reorder();
    return { series: this.#columns(), samples: this.#count, duplicates: before - this.#count };
  }

  #reorder(): void {
    const slots = this.#slots;
    const times = this.#timestampsMs;
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    // Places as the last key keep what came first in front.
    order.sort((a, b) => slots[a]! - slots[b]! || times[a]! - times[b]! || a - b);
    let last = -1;
    const kept = order.filter((at) => {
      const repeats = last >= 0 && slots[at] === slots[last] && times[at] === times[last];
      last = at;
      return !repeats;
    });
    const values = this.#values;
    const stale = this.#stale;
    this.#timestampsMs = Float64Array.from(kept, (at) => times[at]!);
    this.#values = Float64Array.from(kept, (at) => values[at]!);
    this.#stale = Uint8Array.from(kept, (at) => stale[at]!);
    this.#slots = Uint32Array.from(kept, (at) => slots[at]!);
    this.#count = kept.length;
  }

  /** A series whose samples were all refused is left out. */
  #columns(): SeriesColumns {
    const heads: SeriesHead[] = [];
    const sampleStarts = new Uint32Array(this.#heads.length + 1);
    let last = -1;
    for (let i = 0; i < this.#count; i++) {
      const slot = this.#slots[i]!;
      if (slot === last) continue;
      last = slot;
      sampleStarts[heads.length] = i;
      heads.push(this.#heads[slot]!);
    }
    sampleStarts[heads.length] = this.#count;
    return {
      heads,
      sampleStarts: sampleStarts.subarray(0, heads.length + 1),
      timestampsMs: this.#timestampsMs.subarray(0, this.#count),
      values: this.#values.subarray(0, this.#count),
      stale: this.#stale.subarray(0, this.#count),
    };
  }

  /** The place of this series in the table, or the free one where it belongs. */
  #find(head: SeriesHead): number {
    const mask = this.#table.length - 1;
    let place = hashId(head) & mask;
    for (;;) {
      const known = this.#table[place]!;
      if (known === 0 || isSame(this.#heads[known - 1]!, head)) return place;
      place = (place + 1) & mask;
    }
  }

  #growTable(): void {
    this.#table = new Int32Array(this.#table.length * 4);
    for (let slot = 0; slot < this.#heads.length; slot++) {
      this.#table[this.#find(this.#heads[slot]!)] = slot + 1;
    }
  }

  #grow(): void {
    const capacity = this.#slots.length * 4;
    this.#timestampsMs = grown(new Float64Array(capacity), this.#timestampsMs);
    this.#values = grown(new Float64Array(capacity), this.#values);
    this.#stale = grown(new Uint8Array(capacity), this.#stale);
    this.#slots = grown(new Uint32Array(capacity), this.#slots);
  }
}

function isSame(a: SeriesHead, b: SeriesHead): boolean {
  return a.idA === b.idA && a.idB === b.idB && a.idC === b.idC && a.idD === b.idD;
}

function grown<T extends Float64Array | Uint8Array | Uint32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}

/** Why a sample's or a record's time is refused, if it is. */
export function checkTime(timestampMs: number, nowMs: number, limits: IngestLimits): Refusal | undefined {
  if (timestampMs > nowMs + limits.aheadMs) {
    const detail = `${formatTime(timestampMs)} is more than ${limits.aheadMs / 1000} s ahead of the server's clock`;
    return { code: 'timestamp_too_far_ahead', detail };
  }
  if (timestampMs < limits.oldestMs) {
    return { code: 'timestamp_too_old', detail: `${formatTime(timestampMs)} is before ${formatTime(limits.oldestMs)}` };
  }
  return undefined;
}

const LAST_DATE_MS = 8.64e15;

function formatTime(timestampMs: number): string {
  return Math.abs(timestampMs) <= LAST_DATE_MS ? new Date(timestampMs).toISOString() : `${timestampMs} ms`;
}
