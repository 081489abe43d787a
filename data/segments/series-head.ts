import type { Labels, SeriesId, SeriesKind } from '../../models/domain/series.ts';
import type { SeriesHead } from './batch.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeLabels, writeLabels } from './label-block.ts';

const IDENTIFIER = /^[0-9a-f]{32}$/;
/** Used again and again, as what it wrote is copied at once. */
const writer = new ByteWriter();

/**
 * What every segment with this series needs of it. Labels must be sorted.
 *
 * Unless told to keep the labels, it holds only their bytes, and makes them anew for whoever asks: a hundred thousand heads
 * are kept in memory, and hardly anyone does.
 */
export function createSeriesHead(
  seriesId: SeriesId,
  labels: Labels,
  kind: SeriesKind,
  keepsLabels = false,
): SeriesHead {
  if (!IDENTIFIER.test(seriesId)) {
    throw new RangeError(`segment: an identifier must be 32 hexadecimal digits, got "${seriesId}"`);
  }
  writer.reset();
  writeLabels(writer, labels);
  return new Head(seriesId, kind, kept(writer.view()), keepsLabels ? labels : undefined);
}

/** The same from labels as they are written, which are copied. */
export function createSeriesHeadOfBytes(seriesId: SeriesId, labelBytes: Uint8Array, kind: SeriesKind): SeriesHead {
  return new Head(seriesId, kind, kept(labelBytes), undefined);
}

/** A copy out of Node's pool: a buffer of its own for each series would cost more than the labels. */
function kept(labelBytes: Uint8Array): Uint8Array {
  return Buffer.from(labelBytes);
}

class Head implements SeriesHead {
  readonly seriesId: SeriesId;
  readonly kind: SeriesKind;
  readonly idA: number;
  readonly idB: number;
  readonly idC: number;
  readonly idD: number;
  readonly labelBytes: Uint8Array;
  mark: object | undefined = undefined;
  readonly #labels: Labels | undefined;

  constructor(seriesId: SeriesId, kind: SeriesKind, labelBytes: Uint8Array, labels: Labels | undefined) {
    this.seriesId = seriesId;
    this.kind = kind;
    this.idA = wordAt(seriesId, 0);
    this.idB = wordAt(seriesId, 8);
    this.idC = wordAt(seriesId, 16);
    this.idD = wordAt(seriesId, 24);
    this.labelBytes = labelBytes;
    this.#labels = labels;
  }

  get labels(): Labels {
    return this.#labels ?? decodeLabels(this.labelBytes);
  }
}

/** Eight digits as a signed word, which an engine keeps in less room than an unsigned one. */
function wordAt(digits: string, start: number): number {
  return Number.parseInt(digits.slice(start, start + 8), 16) | 0;
}
