import { corruptState } from './frame.ts';

/** Sections begin at multiples of eight bytes. */
export function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 8) * 8;
}

export type SectionValues = Uint8Array | Uint32Array | Float64Array;

/** Writes one section after the other into bytes that are large enough. */
export function createSectionWriter(bytes: Uint8Array, startByte: number) {
  let at = startByte;
  /** The bytes may have been used before: what lies between two sections is zero. */
  const endSection = (endByte: number): void => {
    at = padded(endByte);
    bytes.fill(0, endByte, at);
  };
  return {
    write(values: SectionValues): void {
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
      endSection(at + values.byteLength);
    },
    /** Texts of hexadecimal digits, each of so many bytes. */
    writeHex(texts: Iterable<string>, bytesEach: number): void {
      const target = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (const digits of texts) {
        if (digits.length !== 2 * bytesEach || target.write(digits, at, 'hex') !== bytesEach) {
          throw new RangeError(`shard state: ids have ${2 * bytesEach} hexadecimal digits, got ${digits}`);
        }
        at += bytesEach;
      }
      endSection(at);
    },
  };
}

export interface SectionReader {
  bytes(count: number): Uint8Array<ArrayBuffer>;
  indexes(count: number): Uint32Array<ArrayBuffer>;
  floats(count: number): Float64Array<ArrayBuffer>;
  hex(count: number, bytesEach: number): string[];
}

/** Copies out of the bytes, whose own alignment is not ours to choose. */
export function createSectionReader(bytes: Uint8Array, startByte: number): SectionReader {
  let at = startByte;
  const next = (sizeBytes: number): Uint8Array => {
    const view = bytes.subarray(at, at + sizeBytes);
    if (view.length < sizeBytes) throw corruptState('shorter than its header says');
    at += padded(sizeBytes);
    return view;
  };
  const fill = <T extends SectionValues>(target: T): T => {
    new Uint8Array(target.buffer).set(next(target.byteLength));
    return target;
  };
  return {
    bytes: (count) => fill(new Uint8Array(count)),
    indexes: (count) => fill(new Uint32Array(count)),
    floats: (count) => fill(new Float64Array(count)),
    hex(count, bytesEach) {
      const view = next(count * bytesEach);
      const source = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
      return Array.from({ length: count }, (_, i) => source.toString('hex', i * bytesEach, (i + 1) * bytesEach));
    },
  };
}
