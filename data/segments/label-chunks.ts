const CHUNK_BYTES = 16 * 1024;
/** What is larger has a buffer of its own, so that little of a chunk stays unused. */
const LARGE_BYTES = CHUNK_BYTES / 8;

/** Bytes inside a buffer that others may use too. */
export interface KeptBytes {
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
let usedBytes = 0;

/**
 * Copies the bytes from `from` up to `to` to where they can stay. Labels of many series share one chunk: a buffer object for
 * each would cost the garbage collector more than all the rest of a series.
 */
export function keepBytes(bytes: Buffer, from: number, to: number): KeptBytes {
  const sizeBytes = to - from;
  if (sizeBytes > LARGE_BYTES) {
    const source = Buffer.allocUnsafeSlow(sizeBytes);
    bytes.copy(source, 0, from, to);
    return { source, start: 0, end: sizeBytes };
  }
  if (usedBytes + sizeBytes > CHUNK_BYTES) {
    chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    usedBytes = 0;
  }
  const start = usedBytes;
  usedBytes += sizeBytes;
  bytes.copy(chunk, start, from, to);
  return { source: chunk, start, end: usedBytes };
}
