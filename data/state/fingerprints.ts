const FIRST_CAPACITY = 8;
/** Fuller than this it becomes slow, and doubles. */
const MOST_FULL = 0.6;

/**
 * A set of 32-bit words that are evenly spread, as hashes are: 7 to 14 bytes for each.
 *
 * Words stand in ascending order, with gaps: each at the place that its highest bits say, or as soon after it as the order
 * allows. So reading them in order needs no sorting, and equal sets read alike however they came about. 0 is kept as 1.
 */
export class Fingerprints {
  #size = 0;
  /** 0 is a gap. Beyond the capacity there is room for those that are pushed over the end. */
  #slots = new Uint32Array(FIRST_CAPACITY * 2);
  #capacity = FIRST_CAPACITY;

  static from(words: Uint32Array): Fingerprints {
    const made = new Fingerprints();
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(FIRST_CAPACITY, words.length / MOST_FULL)));
    made.#make(capacity);
    for (const word of words) made.add(word);
    return made;
  }

  get size(): number {
    return this.#size;
  }

  /** False where it is there already. */
  add(fingerprint: number): boolean {
    const word = fingerprint >>> 0 || 1;
    const slots = this.#slots;
    let at = this.#home(word);
    while (slots[at]! !== 0 && slots[at]! < word) at++;
    if (slots[at] === word) return false;
    let end = at;
    while (slots[end] !== 0) end++;
    slots.copyWithin(at + 1, at, end);
    slots[at] = word;
    this.#size++;
    // The last slot stays a gap, at which every walk ends.
    if (this.#size > this.#capacity * MOST_FULL || end >= slots.length - 2) this.#grow();
    return true;
  }

  /** In ascending order. */
  toArray(): Uint32Array {
    return this.#slots.filter((word) => word !== 0);
  }

  #home(word: number): number {
    return Math.floor((word / 2 ** 32) * this.#capacity);
  }

  #make(capacity: number): void {
    this.#capacity = capacity;
    this.#slots = new Uint32Array(capacity + Math.max(FIRST_CAPACITY, capacity / 8));
  }

  #grow(): void {
    const words = this.toArray();
    this.#make(this.#capacity * 2);
    this.#size = 0;
    for (const word of words) this.add(word);
  }
}
