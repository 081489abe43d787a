import type { Labels, SeriesId, SeriesKind } from '../../models/domain/series.ts';
import type { SeriesHead } from './batch.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeLabels, writeLabels } from './label-block.ts';
import { type KeptBytes, keepBytes } from './label-chunks.ts';
import { digestOfSeriesId, type SeriesDigest } from './series-id.ts';

/** Used again and again, as what it wrote is copied at once. */
const writer = new ByteWriter();

/**
 * What every segment with this series needs of it. Labels must be sorted.
 *
 * Unless told to keep the texts, it holds only their bytes, and makes them anew for whoever asks: a hundred thousand heads
 * are kept in memory, and hardly anyone does.
 */
export function createSeriesHead(seriesId: SeriesId, labels: Labels, kind: SeriesKind, keepsTexts = false): SeriesHead {
  const digest = digestOfSeriesId(seriesId);
  writer.reset();
  writeLabels(writer, labels);
  const written = writer.view();
  return new Head(digest, kind, keepBytes(written, 0, written.length), keepsTexts ? { seriesId, labels } : undefined);
}

/** The same from labels as they are written, the first bytes of a buffer, which are copied. */
export function createSeriesHeadOfBytes(
  digest: SeriesDigest,
  written: Buffer,
  writtenBytes: number,
  kind: SeriesKind,
): SeriesHead {
  return new Head(digest, kind, keepBytes(written, 0, writtenBytes), undefined);
}

type Texts = Pick<SeriesHead, 'seriesId' | 'labels'>;

class Head implements SeriesHead {
  readonly kind: SeriesKind;
  readonly idA: number;
  readonly idB: number;
  readonly idC: number;
  readonly idD: number;
  labelSource: Buffer;
  labelStart: number;
  labelEnd: number;
  mark: object | undefined = undefined;
  readonly #kept: Texts | undefined;

  constructor(digest: SeriesDigest, kind: SeriesKind, { source, start, end }: KeptBytes, kept: Texts | undefined) {
    this.kind = kind;
    this.idA = wordAt(digest, 0);
    this.idB = wordAt(digest, 4);
    this.idC = wordAt(digest, 8);
    this.idD = wordAt(digest, 12);
    this.labelSource = source;
    this.labelStart = start;
    this.labelEnd = end;
    this.#kept = kept;
  }

  moveLabels(): void {
    const { source, start, end } = keepBytes(this.labelSource, this.labelStart, this.labelEnd);
    this.labelSource = source;
    this.labelStart = start;
    this.labelEnd = end;
  }

  get seriesId(): SeriesId {
    return this.#kept?.seriesId ?? digits(this.idA) + digits(this.idB) + digits(this.idC) + digits(this.idD);
  }

  get labels(): Labels {
    return this.#kept?.labels ?? decodeLabels(this.labelSource.subarray(this.labelStart, this.labelEnd));
  }
}

/** Four bytes as a signed word, which an engine keeps in less room than an unsigned one. */
function wordAt(digest: SeriesDigest, start: number): number {
  return (
    (digest.charCodeAt(start) << 24) |
    (digest.charCodeAt(start + 1) << 16) |
    (digest.charCodeAt(start + 2) << 8) |
    digest.charCodeAt(start + 3)
  );
}

function digits(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
