import { corrupt } from './corrupt.ts';

/** Reads what ByteWriter wrote; anything that cannot be read is `store/corrupt`. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  varint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      if (at >= bytes.length) throw corrupt('a number runs beyond the end');
      // The line above proves that the index is inside.
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.#at = at;
        return value;
      }
      scale *= 128;
    }
    throw corrupt('a number is longer than 8 bytes');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A view of the next bytes. */
  take(sizeBytes: number): Buffer {
    if (sizeBytes > this.left) throw corrupt(`${sizeBytes} bytes expected, ${this.left} left`);
    const view = this.#bytes.subarray(this.#at, this.#at + sizeBytes);
    this.#at += sizeBytes;
    return view;
  }

  float64s(count: number): Float64Array {
    const source = this.take(count * 8);
    const values = new Float64Array(count);
    new Uint8Array(values.buffer).set(source);
    return values;
  }

  text(): string {
    return this.take(this.varint()).toString('utf8');
  }

  end(): void {
    if (this.left !== 0) throw corrupt(`${this.left} bytes too many`);
  }
}
