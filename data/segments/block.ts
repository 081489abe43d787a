import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { corrupt } from './corrupt.ts';

/** Below this, compressing costs more than it saves. */
const COMPRESS_FROM_BYTES = 512;
/** No block of a request within the limits comes near; a damaged length must not allocate. */
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;

export const BLOCK_HEADER_BYTES = 9;
const STORED = 0;
const ZSTD = 1;

const zstdOptions = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 1,
    // The part carries its own checksum.
    [constants.ZSTD_c_checksumFlag]: 0,
    [constants.ZSTD_c_contentSizeFlag]: 1,
  },
};

/** One block at rest: codec (u8), stored bytes (u32), plain bytes (u32), then the stored bytes. */
export function packBlock(plain: Uint8Array): Uint8Array {
  const zipped = plain.length >= COMPRESS_FROM_BYTES ? zstdCompressSync(plain, zstdOptions) : undefined;
  const pays = zipped !== undefined && zipped.length < plain.length;
  return pays ? frameBlock(ZSTD, zipped, plain.length) : storeBlock(plain);
}

/** A block of what does not compress, such as hashes. */
export function storeBlock(plain: Uint8Array): Uint8Array {
  return frameBlock(STORED, plain, plain.length);
}

function frameBlock(codec: number, stored: Uint8Array, plainBytes: number): Uint8Array {
  const block = Buffer.allocUnsafe(BLOCK_HEADER_BYTES + stored.length);
  block.writeUInt8(codec, 0);
  block.writeUInt32LE(stored.length, 1);
  block.writeUInt32LE(plainBytes, 5);
  block.set(stored, BLOCK_HEADER_BYTES);
  return block;
}

/** Size of the block that starts here, its header included. */
export function blockSizeBytes(bytes: Buffer, offset: number): number {
  if (offset + BLOCK_HEADER_BYTES > bytes.length) throw corrupt('a block is cut off');
  const sizeBytes = BLOCK_HEADER_BYTES + bytes.readUInt32LE(offset + 1);
  if (offset + sizeBytes > bytes.length) throw corrupt('a block is cut off');
  return sizeBytes;
}

export function unpackBlock(block: Buffer): Uint8Array {
  const codec = block.readUInt8(0);
  const plainBytes = block.readUInt32LE(5);
  const stored = block.subarray(BLOCK_HEADER_BYTES);
  if (plainBytes > MAX_BLOCK_BYTES) throw corrupt(`a block claims ${plainBytes} bytes`);
  const plain = codec === ZSTD ? unzip(stored, plainBytes) : stored;
  if (codec !== ZSTD && codec !== STORED) throw corrupt(`unknown block codec ${codec}`);
  if (plain.length !== plainBytes) throw corrupt(`a block claims ${plainBytes} bytes and has ${plain.length}`);
  return plain;
}

function unzip(stored: Uint8Array, plainBytes: number): Uint8Array {
  try {
    return zstdDecompressSync(stored, { maxOutputLength: Math.max(1, plainBytes) });
  } catch (cause) {
    throw corrupt('a block does not decompress', cause);
  }
}
