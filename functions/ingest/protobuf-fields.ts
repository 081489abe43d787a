import { isUtf8 } from 'node:buffer';
import { ServiceError } from '../platform/errors.ts';

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/**
 * Walks over the fields of a protobuf message; shared by all protocols that speak it.
 *
 * Groups are refused: none of them has any, and skipping them is how parsers overflow their stack.
 */
export class FieldReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Place of the next byte to read. */
  at = 0;
  /** What readNanosAsMs() cut off last. */
  restNanos = 0;
  /** What readTag() found last. */
  field = 0;
  wireType = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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

  readBool(end: number): boolean {
    return this.readInt64(end) !== 0;
  }

  /** Of an int64 the low half, as the protocol cuts it for int32 and for enums. */
  readInt32(end: number): number {
    return this.readInt64(end) | 0;
  }

  /** A zigzag number: sint32. */
  readSint32(end: number): number {
    const raw = this.#readUint32(end);
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A zigzag number: sint64; exact within 2^53. */
  readSint64(end: number): number {
    const start = this.at;
    const isNegative = (this.#readByte(end) & 1) === 1;
    this.at = start;
    const raw = this.readInt64(end);
    // Beyond 2^63 the number came back as negative.
    const half = Math.floor((raw < 0 ? raw + 2 ** 64 : raw) / 2);
    return isNegative ? -half - 1 : half;
  }

  readUint32(end: number): number {
    return this.#readUint32(end);
  }

  readFixed32(end: number): number {
    return this.view.getUint32(this.#skipBytes(4, end), true);
  }

  /** A fixed64 as a number: exact within 2^53. */
  readFixed64(end: number): number {
    const at = this.#skipBytes(8, end);
    return this.view.getUint32(at + 4, true) * 0x100000000 + this.view.getUint32(at, true);
  }

  /** As readFixed64, with a sign. */
  readSfixed64(end: number): number {
    const at = this.#skipBytes(8, end);
    return this.view.getInt32(at + 4, true) * 0x100000000 + this.view.getUint32(at, true);
  }

  /** Nanoseconds since 1970 as whole milliseconds: exact, although no number holds the nanoseconds. */
  readNanosAsMs(end: number): number {
    const at = this.#skipBytes(8, end);
    const high = this.view.getUint32(at + 4, true);
    // 2^32 ns are 4294 ms and 967296 ns.
    const rest = high * 967_296 + this.view.getUint32(at, true);
    this.restNanos = rest % 1e6;
    return high * 4294 + (rest - this.restNanos) / 1e6;
  }

  /** Bytes of a field, as a view of the message. */
  readBytes(end: number): Buffer {
    this.expect(BYTES);
    const until = this.readEnd(end);
    const bytes = this.bytes.subarray(this.at, until);
    this.at = until;
    return bytes;
  }

  /** A text; undefined where it is not UTF-8: never replaced. */
  readText(end: number): string | undefined {
    const bytes = this.readBytes(end);
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  }

  /** An int64 with all its digits; slower than readInt64. */
  readBigInt64(end: number): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#readByte(end);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw invalid('a number is longer than 10 bytes');
  }

  readFloat64(end: number): number {
    const at = this.#skipBytes(8, end);
    return this.view.getFloat64(at, true);
  }

  /** 32 of the bits that a number is made of. A float64 in JavaScript may change those of a NaN. */
  rawWord(at: number): number {
    return this.view.getUint32(at, true);
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
    let value = this.#readByte(end);
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.#readByte(end);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    // What is left of 32 bits would make a shifted number negative.
    const last = this.#readByte(end);
    if (last < 0x10) return value + last * 2 ** 28;
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
