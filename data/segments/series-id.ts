import { hash } from 'node:crypto';
import type { Labels, SeriesId } from '../../models/domain/series.ts';
import { ByteWriter } from './byte-writer.ts';

const DIGITS = 32;
/** Used again and again: an identifier is made at once, and nothing of its bytes is read afterwards. */
const writer = new ByteWriter();

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
  return seriesIdOfBytes(writer.view());
}

/** The same from workspace and labels that are written in that form already. */
export function seriesIdOfBytes(written: Uint8Array): SeriesId {
  return hash('sha256', written, 'hex').slice(0, DIGITS);
}
