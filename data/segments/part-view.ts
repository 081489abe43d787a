import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import type { DecodedPart, LogBatch } from './batch.ts';
import { unpackBlock } from './block.ts';
import { corrupt } from './corrupt.ts';
import { decodeLabels } from './label-block.ts';
import { decodeLogColumns } from './log-columns.ts';
import type { Frame } from './part-frame.ts';
import { decodeSeriesColumns, kindOf, type PartColumns, SERIES_ID_BYTES } from './series-columns.ts';

/** A part whose samples are decoded at once, and its labels and logs when first asked for. */
export class PartView implements DecodedPart {
  readonly workspace: string;
  readonly shard: number;
  readonly seriesCount: number;
  readonly logRecordCount: number;
  readonly #frame: Frame;
  readonly #ids: Buffer;
  readonly #columns: PartColumns;
  #labels: Uint8Array | undefined;
  #logs: readonly LogBatch[] | undefined;

  constructor(frame: Frame) {
    const { head, blocks } = frame;
    this.workspace = head.workspace;
    this.shard = head.shard;
    this.seriesCount = head.series;
    this.logRecordCount = head.logRecords;
    this.#frame = frame;
    const ids = unpackBlock(blocks[0]);
    if (ids.length !== head.series * SERIES_ID_BYTES) throw corrupt('identifiers do not add up');
    this.#ids = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
    this.#columns = decodeSeriesColumns(unpackBlock(blocks[1]), head);
  }

  get sampleStarts(): Uint32Array {
    return this.#columns.sampleStarts;
  }

  get timestampsMs(): Float64Array {
    return this.#columns.timestampsMs;
  }

  get values(): Float64Array {
    return this.#columns.values;
  }

  get stale(): Uint8Array {
    return this.#columns.stale;
  }

  get logs(): readonly LogBatch[] {
    const { head, blocks } = this.#frame;
    const shape = { streams: head.streams, records: head.logRecords, hasRests: head.hasRests };
    this.#logs ??= decodeLogColumns(unpackBlock(blocks[3]), shape);
    return this.#logs;
  }

  get seriesIds(): Uint8Array {
    return this.#ids;
  }

  seriesIdAt(i: number): string {
    this.#mustHave(i);
    return this.#ids.toString('hex', i * SERIES_ID_BYTES, (i + 1) * SERIES_ID_BYTES);
  }

  kindAt(i: number): SeriesKind {
    this.#mustHave(i);
    return kindOf(this.#columns.kinds[i]);
  }

  labelsAt(i: number): Labels {
    this.#mustHave(i);
    const labels = this.#labelBytes();
    const { labelStarts } = this.#columns;
    return decodeLabels(labels.subarray(labelStarts[i], labelStarts[i + 1]));
  }

  #labelBytes(): Uint8Array {
    this.#labels ??= unpackBlock(this.#frame.blocks[2]);
    if (this.#labels.length !== this.#columns.labelStarts[this.seriesCount]) throw corrupt('labels do not add up');
    return this.#labels;
  }

  #mustHave(i: number): void {
    if (!Number.isInteger(i) || i < 0 || i >= this.seriesCount) {
      throw new RangeError(`segment: there is no series ${i} among ${this.seriesCount}`);
    }
  }
}
