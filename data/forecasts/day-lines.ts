import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ServiceError } from '../../functions/platform/errors.ts';

/** Lines of JSON that belong to a day, as one object: see data/formats.md. */
export interface DayLines {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly lines: readonly string[];
}

const MAGIC = 'FWDL';
const VERSION = 1;
/** Magic, version (u32), day (u32), CRC-32 of what follows (u32), all little-endian. */
export const DAY_LINES_HEAD_BYTES = 16;
/** What is inflated is never larger than a whole shard's forecasts may be. */
const MAX_TEXT_BYTES = 1 << 29;

export function encodeDayLines({ day, lines }: DayLines): Uint8Array {
  const payload = deflateRawSync(lines.join('\n'));
  const bytes = Buffer.alloc(DAY_LINES_HEAD_BYTES + payload.length);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(VERSION, 4);
  bytes.writeUInt32LE(day, 8);
  bytes.writeUInt32LE(crc32(payload), 12);
  payload.copy(bytes, DAY_LINES_HEAD_BYTES);
  return bytes;
}

/** The day alone, from the first bytes. Throws `store/corrupt` and `store/version-unknown`. */
export function dayOfLines(head: Uint8Array): number {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < DAY_LINES_HEAD_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC) throw corrupt('no such object');
  const version = bytes.readUInt32LE(4);
  if (version !== VERSION) {
    throw new ServiceError('store/version-unknown', `lines of a day: version ${version}, known is ${VERSION}`);
  }
  return bytes.readUInt32LE(8);
}

/** Throws `store/corrupt` and `store/version-unknown`. */
export function decodeDayLines(bytes: Uint8Array): DayLines {
  const day = dayOfLines(bytes);
  const payload = bytes.subarray(DAY_LINES_HEAD_BYTES);
  const sum = new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
  if (crc32(payload) !== sum) throw corrupt('its checksum differs');
  const text = inflateRawSync(payload, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8');
  return { day, lines: text === '' ? [] : text.split('\n') };
}

function corrupt(why: string): ServiceError {
  return new ServiceError('store/corrupt', `lines of a day: ${why}`);
}
