import { createHash } from 'node:crypto';
import type { Labels, SeriesId } from '../../models/domain/series.ts';

/**
 * The name of a series, or of a stream of logs, for ever: workspace, then names and values of its sorted labels, each as
 * UTF-8 with its length (u32, big-endian) before it; SHA-256; the first 16 bytes in hexadecimal digits.
 */
export function seriesIdOf(workspace: string, labels: Labels): SeriesId {
  const chunks: Buffer[] = [lengthPrefixed(workspace)];
  for (const [name, value] of labels) chunks.push(lengthPrefixed(name), lengthPrefixed(value));
  return createHash('sha256').update(Buffer.concat(chunks)).digest('hex').slice(0, 32);
}

function lengthPrefixed(text: string): Buffer {
  const sizeBytes = Buffer.byteLength(text);
  const chunk = Buffer.allocUnsafe(4 + sizeBytes);
  chunk.writeUInt32BE(sizeBytes, 0);
  chunk.write(text, 4, 'utf8');
  return chunk;
}
