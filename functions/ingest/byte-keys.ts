/** Bytes to look in: the same memory twice, as one reads bytes and the other words. */
export interface ByteSource {
  readonly bytes: Buffer;
  readonly view: DataView;
}

const FIRST_ARENA_BYTES = 4096;
const FIRST_TABLE_SLOTS = 64;
/** Keys that a sender chose to meet in one place cost this much and no more: beyond it the newer one takes the place. */
const MAX_PROBES = 64;

/**
 * A table whose keys are bytes inside larger messages, which are never made into strings. Entries are numbered from 0 in
 * the order in which they came.
 *
 * Senders repeat themselves in order. So each entry remembers which one was asked for after it, and that one is compared
 * first, without a hash.
 */
export class ByteKeys {
  #arena = sourceOf(Buffer.alloc(FIRST_ARENA_BYTES));
  #starts = new Uint32Array(FIRST_TABLE_SLOTS);
  #hashes = new Int32Array(FIRST_TABLE_SLOTS);
  #followers = new Int32Array(FIRST_TABLE_SLOTS);
  /** Entry + 1 at the place that its hash says, or at one of the next. */
  #table = new Int32Array(FIRST_TABLE_SLOTS);
  #count = 0;
  #last = 0;

  get count(): number {
    return this.#count;
  }

  keyBytes(entry: number): number {
    return this.#starts[entry + 1]! - this.#starts[entry]!;
  }

  /** The entry that followed the last one before, where its key begins here; −1 where it does not. */
  follow(source: ByteSource, start: number, limit: number): number {
    const entry = this.#followers[this.#last]!;
    if (entry >= this.#count) return -1;
    const end = start + this.keyBytes(entry);
    if (end > limit || !this.#equals(entry, source, start, end)) return -1;
    this.#last = entry;
    return entry;
  }

  /** The number of a key whose both ends are known; −1 where it is unknown. */
  get(source: ByteSource, start: number, end: number): number {
    if (this.#count === 0) return -1;
    const followed = this.#followers[this.#last]!;
    if (followed < this.#count && this.keyBytes(followed) === end - start) {
      const entry = this.follow(source, start, end);
      if (entry >= 0) return entry;
    }
    return this.#find(source, start, end);
  }

  #find(source: ByteSource, start: number, end: number): number {
    const hash = hashBytes(source, start, end);
    const mask = this.#table.length - 1;
    for (let i = 0; i < MAX_PROBES; i++) {
      const entry = this.#table[(hash + i) & mask]! - 1;
      if (entry === -1) return -1;
      if (this.#hashes[entry] !== hash || this.keyBytes(entry) !== end - start) continue;
      if (!this.#equals(entry, source, start, end)) continue;
      this.#goTo(entry);
      return entry;
    }
    return -1;
  }

  /** Adds a key that was not found. */
  add(source: ByteSource, start: number, end: number): number {
    const entry = this.#count;
    if (entry + 2 > this.#starts.length) this.#growEntries();
    const keyStart = this.#starts[entry]!;
    const keyEnd = keyStart + end - start;
    if (keyEnd > this.#arena.bytes.length) this.#growArena(keyEnd);
    source.bytes.copy(this.#arena.bytes, keyStart, start, end);
    this.#starts[entry + 1] = keyEnd;
    this.#hashes[entry] = hashBytes(source, start, end);
    this.#count++;
    if (this.#count * 2 > this.#table.length) this.#growTable();
    else this.#place(entry);
    this.#followers[entry] = this.#count;
    this.#goTo(entry);
    return entry;
  }

  #goTo(entry: number): void {
    this.#followers[this.#last] = entry;
    this.#last = entry;
  }

  #equals(entry: number, { bytes, view }: ByteSource, start: number, end: number): boolean {
    const arena = this.#arena;
    const shift = this.#starts[entry]! - start;
    let at = start;
    for (; at + 4 <= end; at += 4) if (view.getInt32(at) !== arena.view.getInt32(at + shift)) return false;
    for (; at < end; at++) if (bytes[at] !== arena.bytes[at + shift]) return false;
    return true;
  }

  #place(entry: number): void {
    const mask = this.#table.length - 1;
    const hash = this.#hashes[entry]!;
    let i = 0;
    while (i < MAX_PROBES && this.#table[(hash + i) & mask] !== 0) i++;
    this.#table[(hash + (i % MAX_PROBES)) & mask] = entry + 1;
  }

  #growTable(): void {
    this.#table = new Int32Array(this.#table.length * 4);
    for (let entry = 0; entry < this.#count; entry++) this.#place(entry);
  }

  #growEntries(): void {
    const capacity = this.#starts.length * 2;
    this.#starts = copied(new Uint32Array(capacity), this.#starts);
    this.#hashes = copied(new Int32Array(capacity), this.#hashes);
    this.#followers = copied(new Int32Array(capacity), this.#followers);
  }

  #growArena(neededBytes: number): void {
    const grown = Buffer.alloc(Math.max(neededBytes, this.#arena.bytes.length * 2));
    this.#arena.bytes.copy(grown);
    this.#arena = sourceOf(grown);
  }
}

export function sourceOf(bytes: Buffer): ByteSource {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Two halves, since neither has to wait for the other. */
function hashBytes({ bytes, view }: ByteSource, start: number, end: number): number {
  let even = end - start;
  let odd = 0x27d4eb2f;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    even = Math.imul(even ^ view.getInt32(at), 0x9e3779b1);
    even ^= even >>> 15;
    odd = Math.imul(odd ^ view.getInt32(at + 4), 0x85ebca77);
    odd ^= odd >>> 13;
  }
  for (; at < end; at++) even = Math.imul(even ^ bytes[at]!, 0xc2b2ae35);
  const hash = Math.imul(even ^ (odd << 7) ^ (odd >>> 25), 0x9e3779b1);
  return hash ^ (hash >>> 13);
}

function copied<T extends Uint32Array | Int32Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
