import { ServiceError } from '../platform/errors.ts';
import { type ByteSource, sourceOf } from './byte-keys.ts';

const FRAME_START = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]);
/** The best a block can do is a copy of 64 bytes in 3, so a larger claim is a lie and is not allocated. */
const MAX_EXPANSION = 22;
/** From here a native copy is cheaper than a loop. */
const NATIVE_COPY_BYTES = 96;
/** Copies go by whole words, and may write this much beyond their end; what follows overwrites it. */
const SLACK_BYTES = 3;

/** No peak is held for ever: only memory up to this size is used again. */
const MAX_SPARE_BYTES = 4 * 1024 * 1024;
/** For the next request, where none is being read. */
let spare: Buffer | undefined;

/**
 * Decompresses one snappy block (not the framed format).
 *
 * Throws `ingest/payload-too-large` where the declared length is above the limit, before anything is allocated, and
 * `ingest/payload-invalid` for anything that is not exactly one block.
 */
export function decompressSnappyBlock(body: Uint8Array, maxBytes: number): Buffer {
  const block = openBlock(body, maxBytes);
  return fill(block, Buffer.allocUnsafeSlow(block.declaredBytes + SLACK_BYTES));
}

/**
 * The same for whoever keeps nothing of the bytes when it returns. They lie in memory that is used again: half a megabyte
 * for each request would otherwise be most of what the garbage collector has to do.
 */
export function readSnappyBlock<T>(body: Uint8Array, maxBytes: number, read: (bytes: Buffer) => T): T {
  const block = openBlock(body, maxBytes);
  const neededBytes = block.declaredBytes + SLACK_BYTES;
  const target = takeMemory(neededBytes);
  try {
    return read(fill(block, target));
  } finally {
    if (target.length <= MAX_SPARE_BYTES) spare = target;
  }
}

function takeMemory(neededBytes: number): Buffer {
  if (neededBytes > MAX_SPARE_BYTES) return Buffer.allocUnsafeSlow(neededBytes);
  const taken = spare;
  spare = undefined;
  if (taken !== undefined && taken.length >= neededBytes) return taken;
  return Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(neededBytes)));
}

interface Block {
  readonly source: Buffer;
  readonly startAt: number;
  readonly declaredBytes: number;
}

function openBlock(body: Uint8Array, maxBytes: number): Block {
  const source = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (source.subarray(0, FRAME_START.length).equals(FRAME_START)) {
    throw invalid('this is framed snappy; remote write uses the block format');
  }
  const { declaredBytes, startAt } = readDeclaredLength(source);
  if (declaredBytes > maxBytes) {
    throw new ServiceError(
      'ingest/payload-too-large',
      `snappy: ${declaredBytes} bytes after decompression, at most ${maxBytes}`,
      { details: { declaredBytes, maxBytes } },
    );
  }
  if (declaredBytes > source.length * MAX_EXPANSION) {
    throw invalid(`${source.length} bytes cannot hold the declared ${declaredBytes}`);
  }
  return { source, startAt, declaredBytes };
}

/** The block in the first bytes of target, which has room for it and for the slack. */
function fill({ source, startAt, declaredBytes }: Block, target: Buffer): Buffer {
  const room = target.subarray(0, declaredBytes + SLACK_BYTES);
  if (expand(sourceOf(source), startAt, sourceOf(room)) !== declaredBytes)
    throw invalid('shorter than its declared length');
  return room.subarray(0, declaredBytes);
}

function readDeclaredLength(source: Buffer): { declaredBytes: number; startAt: number } {
  let declaredBytes = 0;
  for (let i = 0; i < 5; i++) {
    const byte = source[i];
    if (byte === undefined) throw invalid(source.length === 0 ? 'the body is empty' : 'its length is cut off');
    declaredBytes += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { declaredBytes, startAt: i + 1 };
  }
  throw invalid('its declared length is no 32-bit number');
}

/** Literals and copies, one after another; every index is checked before it is used. */
function expand(from: ByteSource, startAt: number, to: ByteSource): number {
  const source = from.bytes;
  const limit = to.bytes.length - SLACK_BYTES;
  let at = startAt;
  let filled = 0;
  while (at < source.length) {
    const tag = source[at++]!;
    const kind = tag & 3;
    let length = (tag >>> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const extra = length - 60;
        if (at + extra > source.length) throw invalid('a literal is cut off');
        length = source.readUIntLE(at, extra) + 1;
        at += extra;
      }
      if (length > source.length - at) throw invalid('a literal is cut off');
      if (length > limit - filled) throw invalid('longer than its declared length');
      copyLiteral(from, at, to, filled, length);
      at += length;
    } else {
      const size = kind === 3 ? 4 : kind;
      if (at + size > source.length) throw invalid('a copy is cut off');
      let distance = source[at]!;
      if (kind === 1) {
        length = ((tag >>> 2) & 7) + 4;
        distance |= (tag >>> 5) << 8;
      } else {
        distance = kind === 2 ? distance | (source[at + 1]! << 8) : from.view.getUint32(at, true);
      }
      at += size;
      if (distance === 0 || distance > filled) throw invalid('a copy points outside of what was decompressed');
      if (length > limit - filled) throw invalid('longer than its declared length');
      copyBack(to, distance, filled, length);
    }
    filled += length;
  }
  return filled;
}

function copyLiteral(from: ByteSource, at: number, to: ByteSource, filled: number, length: number): void {
  if (length >= NATIVE_COPY_BYTES || at + length + SLACK_BYTES > from.bytes.length) {
    from.bytes.copy(to.bytes, filled, at, at + length);
    return;
  }
  for (let i = 0; i < length; i += 4) to.view.setInt32(filled + i, from.view.getInt32(at + i));
}

/** Nearer than a word, a byte may be the copy of one that was written just before it. */
function copyBack({ bytes, view }: ByteSource, distance: number, filled: number, length: number): void {
  const end = filled + length;
  if (distance >= 4) for (let i = filled; i < end; i += 4) view.setInt32(i, view.getInt32(i - distance));
  else for (let i = filled; i < end; i++) bytes[i] = bytes[i - distance]!;
}

function invalid(what: string): ServiceError {
  return new ServiceError('ingest/payload-invalid', `snappy: ${what}`);
}
