import { hash } from 'node:crypto';
import type { Labels, SeriesId } from '../../models/domain/series.ts';
import { ByteWriter } from './byte-writer.ts';

const DIGITS = 32;
const IDENTIFIER = /^[0-9a-f]{32}$/;
/** Used again and again: an identifier is made at once, and nothing of its bytes is read afterwards. */
const writer = new ByteWriter();

/** A text with a character for each byte of a hash: its first 16 are the identifier of a series. */
export type SeriesDigest = string;

/**
 * The name of a series, or of a stream of logs, for ever: workspace, then names and values of its sorted labels, each as
 * UTF-8 with its length (u32, big-endian) before it; SHA-256; the first 16 bytes in hexadecimal digits.
 */
export function seriesIdOf(workspace: string, labels: Labels): SeriesId {
  writer.reset();
  writer.sizedText(workspace);
  for (const [name, value] of labels) {
    writer.sizedText(name);
    writer.sizedText(value);
  }
  return hash('sha256', writer.view(), 'hex').slice(0, DIGITS);
}

/** The same as a digest, from workspace and labels that are written in that form already. */
export function digestOfBytes(written: Uint8Array): SeriesDigest {
  return hash('sha256', written, 'binary');
}

/** Throws RangeError for what is no identifier. */
export function digestOfSeriesId(seriesId: SeriesId): SeriesDigest {
  if (!IDENTIFIER.test(seriesId)) {
    throw new RangeError(`segment: an identifier must be ${DIGITS} hexadecimal digits, got "${seriesId}"`);
  }
  return Buffer.from(seriesId, 'hex').toString('latin1');
}
