import type { SeriesKind } from '../../models/domain/series.ts';
import type { SeriesColumns, SeriesHead } from './batch.ts';
import { packBlock, storeBlock } from './block.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { corrupt } from './corrupt.ts';
import { TimestampDecoder, TimestampEncoder } from './timestamps.ts';
import { MIN_CODED_SAMPLES, readValues, writeValues } from './value-columns.ts';

export const SERIES_ID_BYTES = 16;
const KIND_GAUGE = 0;
const KIND_COUNTER = 1;

/** Used for one part after another: what they hold is packed, and so copied, before the next begins. */
const writers = { ids: new ByteWriter(), columns: new ByteWriter(), labels: new ByteWriter() };

function emptyWriters(): typeof writers {
  for (const writer of Object.values(writers)) writer.reset();
  return writers;
}

/** What a part has of its series alone, whatever their samples: the same for one request after another. */
export interface SeriesHeads {
  /** Of its series in the batch. */
  readonly places: Uint32Array;
  /** Identifiers, packed. */
  readonly ids: Uint8Array;
  /** The beginning of the columns: kind and size of the labels of each. */
  readonly kindsAndSizes: Uint8Array;
  /** Packed; a reader seldom needs them. */
  readonly labels: Uint8Array;
}

/** The series at some places of a batch. */
export function encodeSeriesHeads(heads: readonly SeriesHead[], places: Uint32Array): SeriesHeads {
  const { ids, columns: kindsAndSizes, labels } = emptyWriters();
  for (const place of places) {
    const { idA, idB, idC, idD, kind, labelSource, labelStart, labelEnd } = heads[place]!;
    ids.wordBigEndian(idA);
    ids.wordBigEndian(idB);
    ids.wordBigEndian(idC);
    ids.wordBigEndian(idD);
    kindsAndSizes.u8(kind === 'counter' ? KIND_COUNTER : KIND_GAUGE);
    labels.rawRange(labelSource, labelStart, labelEnd);
  }
  for (const place of places) kindsAndSizes.varint(heads[place]!.labelEnd - heads[place]!.labelStart);
  return {
    places,
    ids: storeBlock(ids.view()),
    kindsAndSizes: Buffer.from(kindsAndSizes.view()),
    labels: packBlock(labels.view()),
  };
}

export interface SeriesBlocks {
  /** Identifiers, columns, and labels. */
  readonly blocks: readonly Uint8Array[];
  /** Values are written in units of their series (`value-columns.ts`), as is worth it where a series has many. */
  readonly hasUnits: boolean;
}

/** The blocks of some series of a batch, with so many samples in all. */
export function encodeSeriesBlocks(
  { sampleStarts, timestampsMs, values, stale }: SeriesColumns,
  { places, ids, kindsAndSizes, labels }: SeriesHeads,
  samples: number,
): SeriesBlocks {
  const { columns } = emptyWriters();
  const hasUnits = places.some((place) => sampleStarts[place + 1]! - sampleStarts[place]! >= MIN_CODED_SAMPLES);
  if (!hasUnits) for (const place of places) columns.float64s(values, sampleStarts[place]!, sampleStarts[place + 1]!);
  columns.raw(kindsAndSizes);
  // Each series has one at least.
  if (samples === places.length) columns.repeated(1, samples);
  else for (const place of places) columns.varint(sampleStarts[place + 1]! - sampleStarts[place]!);
  if (hasUnits)
    for (const place of places) writeValues(columns, values, sampleStarts[place]!, sampleStarts[place + 1]!);
  const times = new TimestampEncoder(columns);
  for (const place of places) times.run(timestampsMs, sampleStarts[place]!, sampleStarts[place + 1]!);
  writeStale(columns, staleAmong(places, sampleStarts, stale));
  return { blocks: [ids, packBlock(columns.view()), labels], hasUnits };
}

export function writeId(writer: ByteWriter, id: string): void {
  if (id.length !== SERIES_ID_BYTES * 2 || writer.hex(id) !== SERIES_ID_BYTES) {
    throw new RangeError(`segment: an identifier must be ${SERIES_ID_BYTES * 2} hexadecimal digits, got "${id}"`);
  }
}

/** Which samples are stale markers, counted over the series of a part. */
function staleAmong(places: Uint32Array, sampleStarts: Uint32Array, stale: Uint8Array): number[] {
  if (!stale.includes(1)) return [];
  const found: number[] = [];
  let sample = 0;
  for (const place of places) {
    const end = sampleStarts[place + 1]!;
    for (let i = sampleStarts[place]!; i < end; i++, sample++) if (stale[i] === 1) found.push(sample);
  }
  return found;
}

/** Stale markers are rare: how many there are, then the distance from each to the one before. */
function writeStale(columns: ByteWriter, samples: readonly number[]): void {
  columns.varint(samples.length);
  let last = 0;
  for (const sample of samples) {
    columns.varint(sample - last);
    last = sample;
  }
}

export interface PartColumns {
  readonly kinds: Uint8Array;
  /** Labels of series i are the bytes from labelStarts[i] up to labelStarts[i + 1] of the labels block. */
  readonly labelStarts: Uint32Array;
  readonly sampleStarts: Uint32Array;
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint8Array;
}

export interface SeriesColumnsShape {
  readonly series: number;
  readonly samples: number;
  readonly hasUnits: boolean;
}

export function decodeSeriesColumns(
  plain: Uint8Array,
  { series: seriesCount, samples, hasUnits }: SeriesColumnsShape,
): PartColumns {
  const reader = new ByteReader(plain);
  const leastBytes = hasUnits ? seriesCount * 4 + samples * 2 : seriesCount * 3 + samples * 9;
  if (leastBytes > reader.left) throw corrupt('fewer columns than the header says');
  const values = hasUnits ? new Float64Array(samples) : reader.float64s(samples);
  const kinds = reader.take(seriesCount);
  for (const kind of kinds) if (kind > KIND_COUNTER) throw corrupt(`unknown kind ${kind}`);
  const labelStarts = readStarts(reader, seriesCount);
  const sampleStarts = readStarts(reader, seriesCount);
  if (sampleStarts[seriesCount] !== samples) throw corrupt('samples of the series do not add up');
  if (hasUnits) {
    for (let i = 0; i < seriesCount; i++) readValues(reader, values, sampleStarts[i]!, sampleStarts[i + 1]!);
  }
  const timestampsMs = new Float64Array(samples);
  const times = new TimestampDecoder(reader);
  for (let i = 0; i < seriesCount; i++) times.run(timestampsMs, sampleStarts[i]!, sampleStarts[i + 1]!);
  const stale = readStale(reader, samples);
  reader.end();
  return { kinds, labelStarts, sampleStarts, timestampsMs, values, stale };
}

export function kindOf(code: number | undefined): SeriesKind {
  return code === KIND_COUNTER ? 'counter' : 'gauge';
}

/** Lengths on disk, starts in memory: one more entry than there are lengths. */
export function readStarts(reader: ByteReader, count: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  let start = 0;
  for (let i = 0; i < count; i++) {
    start += reader.varint();
    if (start > 0xffffffff) throw corrupt('lengths are too large');
    starts[i + 1] = start;
  }
  return starts;
}

function readStale(reader: ByteReader, samples: number): Uint8Array {
  const stale = new Uint8Array(samples);
  const count = reader.varint();
  if (count > samples) throw corrupt('more stale markers than samples');
  let place = 0;
  for (let i = 0; i < count; i++) {
    place += reader.varint();
    if (place >= samples) throw corrupt('a stale marker lies beyond the samples');
    stale[place] = 1;
  }
  return stale;
}
