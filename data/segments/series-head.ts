import type { Labels, SeriesId, SeriesKind } from '../../models/domain/series.ts';
import type { SeriesHead } from './batch.ts';
import { ByteWriter } from './byte-writer.ts';
import { writeLabels } from './label-block.ts';

const IDENTIFIER = /^[0-9a-f]{32}$/;

/** What every segment with this series needs of it. Labels must be sorted. */
export function createSeriesHead(seriesId: SeriesId, labels: Labels, kind: SeriesKind): SeriesHead {
  if (!IDENTIFIER.test(seriesId)) {
    throw new RangeError(`segment: an identifier must be 32 hexadecimal digits, got "${seriesId}"`);
  }
  const idWords = Int32Array.from({ length: 4 }, (_, i) => Number.parseInt(seriesId.slice(i * 8, i * 8 + 8), 16));
  const writer = new ByteWriter(256);
  writeLabels(writer, labels);
  // A copy out of Node's pool: a buffer of its own for each series would cost more than the labels.
  return { seriesId, labels, kind, idWords, labelBytes: Buffer.from(writer.view()) };
}
