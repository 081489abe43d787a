import type { SeriesHead } from '../../data/segments/batch.ts';
import { createSeriesHeadOfBytes } from '../../data/segments/series-head.ts';
import { digestOfBytes } from '../../data/segments/series-id.ts';
import type { SeriesKind } from '../../models/domain/series.ts';
import { type ByteSource, sourceOf } from './byte-keys.ts';
import type { IngestLimits } from './limits.ts';
import { kindOfName } from './series-identity.ts';
import { ALWAYS_FITTING_CHARACTERS } from './validate-labels.ts';

/** Of what is written for every label besides its texts: at most two lengths of four bytes. */
const LABEL_OVERHEAD_BYTES = 8;
const MAX_LABELS = 0x7f;
const MAX_KEPT_VIEW_BYTES = 1024;
/** As a varint of two bytes can tell. */
const MAX_TEXT_BYTES = 0x3fff;
/** `__name__` as two words. */
const NAME_HIGH = 0x5f5f6e61;
const NAME_LOW = 0x6d655f5f;
const NAME_BYTES = 8;

/**
 * Makes series of labels that have nothing to be checked twice, without making their texts: sorted, ASCII, none twice, none
 * empty, within the limits, and with a metric name. So nearly all labels are. Whatever is not so must take the long way of
 * checkSeriesLabels, which gives the same series where it gives one.
 */
export class PlainLabels {
  readonly #limits: IngestLimits;
  readonly #workspaceBytes: number;
  /** What the identifier is made of: workspace, then texts with their lengths in four bytes. */
  readonly #hashed: ByteSource;
  /** As in a segment: the number of labels in one byte, then texts with their lengths as varints. */
  readonly #written: ByteSource;
  /** By size. */
  readonly #views: Buffer[] = [];
  #hashedBytes = 0;
  #writtenBytes = 0;
  #labels = 0;
  #characters = 0;
  #lastNameAt = 0;
  #lastNameBytes = 0;
  #metricName: string | undefined;

  constructor(workspace: string, limits: IngestLimits) {
    this.#limits = limits;
    const roomBytes = ALWAYS_FITTING_CHARACTERS + (MAX_LABELS + 1) * LABEL_OVERHEAD_BYTES;
    this.#hashed = sourceOf(Buffer.alloc(roomBytes + workspace.length));
    this.#written = sourceOf(Buffer.alloc(roomBytes));
    this.#hashed.view.setUint32(0, workspace.length);
    this.#workspaceBytes = 4 + this.#hashed.bytes.write(workspace, 4, 'latin1');
  }

  begin(): void {
    this.#hashedBytes = this.#workspaceBytes;
    this.#writtenBytes = 1;
    this.#labels = 0;
    this.#characters = 0;
    this.#lastNameAt = 0;
    this.#lastNameBytes = 0;
    this.#metricName = undefined;
  }

  /** Adds a label of the bytes [nameStart, nameEnd) and [valueStart, valueEnd); false where it is not a plain one. */
  add(source: ByteSource, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): boolean {
    const nameBytes = nameEnd - nameStart;
    const valueBytes = valueEnd - valueStart;
    this.#characters += nameBytes + valueBytes;
    const { labelNameBytes, labelValueBytes, labelsPerSeries } = this.#limits;
    if (nameBytes === 0 || nameBytes > labelNameBytes || valueBytes === 0 || valueBytes > labelValueBytes) return false;
    if (Math.max(nameBytes, valueBytes) > MAX_TEXT_BYTES || this.#characters > ALWAYS_FITTING_CHARACTERS) return false;
    if (++this.#labels > Math.min(labelsPerSeries, MAX_LABELS)) return false;
    const nameAt = this.#text(source, nameStart, nameEnd);
    if (nameAt < 0 || !this.#isAfterLast(nameAt, nameBytes)) return false;
    const { bytes, view } = source;
    if (
      nameBytes === NAME_BYTES &&
      view.getInt32(nameStart) === NAME_HIGH &&
      view.getInt32(nameStart + 4) === NAME_LOW
    ) {
      this.#metricName = bytes.toString('latin1', valueStart, valueEnd);
    }
    return this.#text(source, valueStart, valueEnd) >= 0;
  }

  /** The series of the labels added; undefined where it has no metric name. The kind is what its name suggests, or as told. */
  finish(kindOf: (metricName: string) => SeriesKind = kindOfName): SeriesHead | undefined {
    if (this.#metricName === undefined) return undefined;
    this.#written.bytes[0] = this.#labels;
    const digest = digestOfBytes(this.#hashedView());
    return createSeriesHeadOfBytes(digest, this.#written.bytes, this.#writtenBytes, kindOf(this.#metricName));
  }

  /** What is hashed. Most series of a request have one of a few sizes, and an object for each would be garbage at once. */
  #hashedView(): Buffer {
    const size = this.#hashedBytes;
    if (size > MAX_KEPT_VIEW_BYTES) return this.#hashed.bytes.subarray(0, size);
    this.#views[size] ??= this.#hashed.bytes.subarray(0, size);
    return this.#views[size];
  }

  /** Writes a text in both forms; where it stands in the second one, or −1 where it is not ASCII. */
  #text({ bytes, view }: ByteSource, start: number, end: number): number {
    const sizeBytes = end - start;
    this.#hashed.view.setUint32(this.#hashedBytes, sizeBytes);
    const hashedAt = this.#hashedBytes + 4;
    const written = this.#written.bytes;
    let writtenAt = this.#writtenBytes;
    if (sizeBytes > 0x7f) {
      written[writtenAt++] = (sizeBytes & 0x7f) | 0x80;
      written[writtenAt++] = sizeBytes >>> 7;
    } else written[writtenAt++] = sizeBytes;
    const hashed = this.#hashed.bytes;
    let all = 0;
    let i = 0;
    for (; i + 4 <= sizeBytes; i += 4) {
      const word = view.getInt32(start + i);
      all |= word;
      this.#hashed.view.setInt32(hashedAt + i, word);
      this.#written.view.setInt32(writtenAt + i, word);
    }
    for (; i < sizeBytes; i++) {
      const byte = bytes[start + i]!;
      all |= byte;
      hashed[hashedAt + i] = byte;
      written[writtenAt + i] = byte;
    }
    this.#hashedBytes = hashedAt + sizeBytes;
    this.#writtenBytes = writtenAt + sizeBytes;
    return (all & 0x80808080) === 0 ? writtenAt : -1;
  }

  /** Whether the name comes after the one before it, in the order of bytes. */
  #isAfterLast(nameAt: number, nameBytes: number): boolean {
    const { bytes } = this.#written;
    const shorter = Math.min(nameBytes, this.#lastNameBytes);
    let i = 0;
    while (i < shorter && bytes[this.#lastNameAt + i] === bytes[nameAt + i]) i++;
    const isAfter = i < shorter ? bytes[this.#lastNameAt + i]! < bytes[nameAt + i]! : nameBytes > this.#lastNameBytes;
    this.#lastNameAt = nameAt;
    this.#lastNameBytes = nameBytes;
    return isAfter;
  }
}
