import { ServiceError } from '../platform/errors.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/**
 * Walks over the fields of a protobuf message.
 *
 * Groups are refused: no version of the protocol has any, and skipping them is how parsers overflow their stack.
 */
export class FieldReader {
  readonly bytes: Buffer;
  readonly #view: DataView;
  /** Place of the next byte to read. */
  at = 0;
  /** What readTag() found last. */
  field = 0;
  wireType = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  readTag(end: number): void {
    const tag = this.#readUint32(end);
    this.field = tag >>> 3;
    this.wireType = tag & 7;
    if (this.field === 0) throw invalid('field number 0');
  }

  expect(wireType: number): void {
    if (this.wireType !== wireType) throw invalid(`field ${this.field} has wire type ${this.wireType}`);
  }

  /** Reads a length and says where the bytes that follow it end: inside the surrounding message. */
  readEnd(end: number): number {
    const length = this.#readUint32(end);
    if (length > end - this.at) throw invalid('a field runs beyond its message');
    return this.at + length;
  }

  /** An int64 as a number: exact within 2^53, and beyond that merely far away. */
  readInt64(end: number): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#readByte(end);
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) return high * 0x100000000 + (low >>> 0);
    }
    throw invalid('a number is longer than 10 bytes');
  }

  readFloat64(end: number): number {
    const at = this.#skipBytes(8, end);
    return this.#view.getFloat64(at, true);
  }

  /** 32 of the bits that a number is made of. A float64 in JavaScript may change those of a NaN. */
  rawWord(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** Passes over the value of an unknown field. */
  skip(end: number): void {
    if (this.wireType === VARINT) this.readInt64(end);
    else if (this.wireType === FIXED64) this.#skipBytes(8, end);
    else if (this.wireType === FIXED32) this.#skipBytes(4, end);
    else if (this.wireType === BYTES) this.at = this.readEnd(end);
    else throw invalid(`field ${this.field} has wire type ${this.wireType}`);
  }

  #skipBytes(count: number, end: number): number {
    const at = this.at;
    if (count > end - at) throw invalid('a field runs beyond its message');
    this.at = at + count;
    return at;
  }

  #readUint32(end: number): number {
    const first = this.#readByte(end);
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      const byte = this.#readByte(end);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw invalid('a tag or a length is no 32-bit number');
  }

  #readByte(end: number): number {
    if (this.at >= end) throw invalid('a field runs beyond its message');
    // The line above proves that the index is inside.
    return this.bytes[this.at++]!;
  }
}

export function invalid(what: string): ServiceError {
  return new ServiceError('ingest/payload-invalid', `protobuf: ${what}`);
}
