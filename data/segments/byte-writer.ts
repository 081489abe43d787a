const FIRST_CAPACITY_BYTES = 4096;
/** No peak is held for ever. */
const MAX_KEPT_BYTES = 1024 * 1024;

/** Bytes appended one after another; little-endian; grows by doubling. */
export class ByteWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(capacityBytes: number = FIRST_CAPACITY_BYTES) {
    this.#bytes = Buffer.allocUnsafe(Math.max(16, capacityBytes));
    this.#view = viewOf(this.#bytes);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** Unsigned LEB128 of an integer from 0 to 2^53. */
  varint(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let rest = value;
    let at = this.#length;
    while (rest > 0x7fffffff) {
      bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.#length = at;
  }

  /** Small numbers of either sign in few bytes: 0, −1, 1, −2 … as 0, 1, 2, 3 …; from −2^52 to 2^52. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Values from start up to and without end. All NaN are written alike, so that equal samples give equal bytes. */
  float64s(values: Float64Array, start: number, end: number): void {
    this.#reserve((end - start) * 8);
    const view = this.#view;
    let at = this.#length;
    for (let i = start; i < end; i++, at += 8) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        view.setUint32(at, 0, true);
        view.setUint32(at + 4, 0x7ff80000, true);
      } else {
        view.setFloat64(at, value, true);
      }
    }
    this.#length = at;
  }

  /** A word with the highest byte first, as identifiers have it. */
  wordBigEndian(word: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, word);
    this.#length += 4;
  }

  raw(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** Appends the bytes of source from start up to and without end. */
  rawRange(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    this.#length += source.copy(this.#bytes, this.#length, start, end);
  }

  /** Appends the same byte so many times. */
  repeated(value: number, count: number): void {
    this.#reserve(count);
    this.#bytes.fill(value, this.#length, this.#length + count);
    this.#length += count;
  }

  /** Appends the bytes of a text of hexadecimal digits; says how many bytes were written. */
  hex(digits: string): number {
    this.#reserve(digits.length >>> 1);
    const written = this.#bytes.write(digits, this.#length, 'hex');
    this.#length += written;
    return written;
  }

  /** Appends a text as UTF-8 with its length before it. */
  text(value: string): void {
    const sizeBytes = Buffer.byteLength(value);
    this.varint(sizeBytes);
    this.#reserve(sizeBytes);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  /** Appends a text as UTF-8 with its length before it in four bytes, the highest first. */
  sizedText(value: string): void {
    this.#reserve(4 + 3 * value.length);
    const at = this.#length + 4;
    const sizeBytes = this.#bytes.write(value, at, 'utf8');
    this.#view.setUint32(this.#length, sizeBytes);
    this.#length = at + sizeBytes;
  }

  /** Begins anew, with the memory that it has unless that is much. */
  reset(): void {
    this.#length = 0;
    if (this.#bytes.length <= MAX_KEPT_BYTES) return;
    this.#bytes = Buffer.allocUnsafe(FIRST_CAPACITY_BYTES);
    this.#view = viewOf(this.#bytes);
  }

  /** What was written so far; a view, valid until the next write or reset. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#length + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
