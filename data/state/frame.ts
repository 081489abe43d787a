import { crc32 } from 'node:zlib';
import { ServiceError } from '../../functions/platform/errors.ts';

/*
 * What holds a shard's state together (little-endian; see data/formats.md):
 *   0  magic "FWST"   4  version   8  length of the front   12  length of the header
 *   16 CRC-32 of bytes 0 to 16 and 20 to the end of the front   20  CRC-32 of what follows the front
 *   24 header, the rest of the front, then what only the shard's own writer needs
 */
const MAGIC = 0x54535746;
export const STATE_VERSION = 3;
/** The oldest version that is still read. */
const OLDEST_VERSION = 1;
export const PREFIX_BYTES = 24;
const AT = { magic: 0, version: 4, front: 8, header: 12, frontSum: 16, restSum: 20 } as const;

export interface FrameLengths {
  /** From the first byte on: prefix, header, and all that readers need. */
  readonly frontBytes: number;
  readonly headerBytes: number;
}

export function sealFrame(bytes: Uint8Array, { frontBytes, headerBytes }: FrameLengths): void {
  const prefix = new DataView(bytes.buffer, bytes.byteOffset);
  prefix.setUint32(AT.magic, MAGIC, true);
  prefix.setUint32(AT.version, STATE_VERSION, true);
  prefix.setUint32(AT.front, frontBytes, true);
  prefix.setUint32(AT.header, headerBytes, true);
  prefix.setUint32(AT.restSum, crc32(bytes.subarray(frontBytes)), true);
  prefix.setUint32(AT.frontSum, frontChecksum(bytes, frontBytes), true);
}

/** The checksum of the rest is part of it, so that the two halves of different writes never pass as one. */
function frontChecksum(bytes: Uint8Array, frontBytes: number): number {
  return crc32(bytes.subarray(AT.restSum, frontBytes), crc32(bytes.subarray(0, AT.frontSum)));
}

/** How many bytes from the beginning a reader needs; the bytes given need not be all of them. */
export function frontLength(bytes: Uint8Array): number {
  return readPrefix(bytes).frontBytes;
}

/** Throws `store/corrupt` for a damaged front and `store/version-unknown` for that of a newer release. */
export function openFront(bytes: Uint8Array): FrameLengths {
  const lengths = readPrefix(bytes);
  const { frontBytes, headerBytes } = lengths;
  if (headerBytes > frontBytes - PREFIX_BYTES || frontBytes > bytes.length) throw corruptState('shorter than it says');
  if (readWord(bytes, AT.frontSum) !== frontChecksum(bytes, frontBytes)) throw corruptState('checksum does not match');
  return lengths;
}

/** The same for all of it. */
export function openFrame(bytes: Uint8Array): FrameLengths {
  const lengths = openFront(bytes);
  if (readWord(bytes, AT.restSum) !== crc32(bytes.subarray(lengths.frontBytes))) {
    throw corruptState('checksum of the memory does not match');
  }
  return lengths;
}

function readPrefix(bytes: Uint8Array): FrameLengths {
  if (bytes.length < PREFIX_BYTES) throw corruptState(`${bytes.length} bytes are too few`);
  if (readWord(bytes, AT.magic) !== MAGIC) throw corruptState('not a shard state');
  const version = readWord(bytes, AT.version);
  if (version > STATE_VERSION) {
    throw new ServiceError(
      'store/version-unknown',
      `shard state: version ${version}, this release knows ${STATE_VERSION}`,
    );
  }
  if (version < OLDEST_VERSION) throw corruptState(`no release has written version ${version}`);
  return { frontBytes: readWord(bytes, AT.front), headerBytes: readWord(bytes, AT.header) };
}

function readWord(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

export function corruptState(what: string): ServiceError {
  return new ServiceError('store/corrupt', `shard state: ${what}`);
}
