import type { SeriesBatch } from '../../data/segments/batch.ts';
import type { IngestLimits } from './limits.ts';
import type { Identity } from './series-identity.ts';
import type { Refusal } from './validate.ts';

const FIRST_CAPACITY = 2048;

/** Collects the samples of a request in flat columns, and hands them out by series: ascending, without repeats. */
export class SampleCollector {
  #timestampsMs = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #stale = new Uint8Array(FIRST_CAPACITY);
  #slots = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  #inOrder = true;
  #anyStale = false;
  #slot = 0;
  readonly #identities: Identity[] = [];
  readonly #slotOf = new Map<string, number>();

  get count(): number {
    return this.#count;
  }

  /** The samples that follow belong to this series; it may have come up before. */
  begin(identity: Identity): void {
    const slot = this.#slotOf.get(identity.seriesId);
    if (slot === undefined) {
      this.#slot = this.#identities.length;
      this.#slotOf.set(identity.seriesId, this.#slot);
      this.#identities.push(identity);
    } else {
      this.#slot = slot;
    }
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
    if (stale === 1) this.#anyStale = true;
    this.#slots[at] = this.#slot;
    this.#count = at + 1;
  }

  /** Sorts what came out of order; of samples with the same time the first wins. */
  finish(): { readonly series: SeriesBatch[]; readonly samples: number; readonly duplicates: number } {
    const before = this.#count;
    if (!this.#inOrder) this.#reorder();
    return { series: this.#split(), samples: this.#count, duplicates: before - this.#count };
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

  #split(): SeriesBatch[] {
    const series: SeriesBatch[] = [];
    let start = 0;
    while (start < this.#count) {
      const slot = this.#slots[start]!;
      let end = start + 1;
      while (end < this.#count && this.#slots[end] === slot) end++;
      const { seriesId, labels, kind } = this.#identities[slot]!;
      series.push({
        seriesId,
        labels,
        kind,
        timestampsMs: this.#timestampsMs.subarray(start, end),
        values: this.#values.subarray(start, end),
        stale: this.#anyStale ? this.#stale.subarray(start, end) : notStale(end - start),
      });
      start = end;
    }
    return series;
  }

  #grow(): void {
    const capacity = this.#slots.length * 2;
    this.#timestampsMs = grown(new Float64Array(capacity), this.#timestampsMs);
    this.#values = grown(new Float64Array(capacity), this.#values);
    this.#stale = grown(new Uint8Array(capacity), this.#stale);
    this.#slots = grown(new Uint32Array(capacity), this.#slots);
  }
}

/** Nearly all series of nearly all requests: one view for each length, instead of one for each series. */
const NOT_STALE: Uint8Array[] = [];
const SHARED_LENGTHS = 64;

function notStale(length: number): Uint8Array {
  if (length >= SHARED_LENGTHS) return new Uint8Array(length);
  NOT_STALE[length] ??= new Uint8Array(length);
  return NOT_STALE[length];
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
