/** Bytes that are written one after another, without knowing how many there will be. */
export class ByteList {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(Math.max(1, expectedBytes));
  }

  get length(): number {
    return this.#length;
  }

  append(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow();
    this.#bytes[this.#length++] = byte;
  }

  /** Of a byte that is there already. */
  replace(at: number, byte: number): void {
    this.#bytes[at] = byte;
  }

  /** A whole number from 0 to 2^53, seven bits in a byte, the lowest first. */
  appendVarint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.append((rest % 0x80) + 0x80);
    this.append(rest);
  }

  /** Small numbers of either sign in few bytes. */
  appendZigzag(value: number): void {
    this.appendVarint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** All of them; not a copy. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(): void {
    const bytes = new Uint8Array(2 * this.#bytes.length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}
