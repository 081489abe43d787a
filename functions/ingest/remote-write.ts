import type { SeriesHead } from '../../data/segments/batch.ts';
import type { ByteIdentities } from './byte-identities.ts';
import { type ByteSource, sourceOf } from './byte-keys.ts';
import { PlainLabels } from './plain-labels.ts';
import { BYTES, FieldReader, invalid } from './protobuf-fields.ts';
import { type RemoteWriteBatch, RemoteWriteItems } from './remote-write-items.ts';
import { addPlainLabels, parseLabelBlock } from './remote-write-labels.ts';
import { readSnappyBlock } from './snappy-block.ts';
import type { DecodeContext, Refusal } from './validate.ts';
import { checkSeriesLabels } from './validate-labels.ts';

/** Field numbers of prometheus.WriteRequest and of what it holds. */
const REQUEST = { timeseries: 1, metadata: 3, symbols2: 4, timeseries2: 5 } as const;
const SERIES = { labels: 1, samples: 2, exemplars: 3, histograms: 4 } as const;
const LABEL_TAG = (SERIES.labels << 3) | BYTES;
const SAMPLE_TAG = (SERIES.samples << 3) | BYTES;
const PROTOCOL = 'remote-write-1';
/** A series with few labels and one sample. */
const USUAL_SERIES_BYTES = 128;

/**
 * Decodes a Prometheus remote write 1.0 request: a snappy block that holds a prometheus.WriteRequest.
 *
 * What is wrong with one series or sample refuses only that. What cannot be read refuses the request with
 * `ingest/payload-invalid`, what is too large with `ingest/payload-too-large`; nothing else is thrown, whatever the bytes.
 * Decoding twice gives the same batch.
 */
export function decodeRemoteWrite(body: Uint8Array, context: DecodeContext): RemoteWriteBatch {
  const { decodedBodyBytes } = context.limits;
  return readSnappyBlock(body, decodedBodyBytes, (request) => new WriteRequestDecoder(request, context).decode());
}

class WriteRequestDecoder {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #known: ByteIdentities;
  readonly #items: RemoteWriteItems;
  #plain: PlainLabels | undefined;

  constructor(request: Buffer, context: DecodeContext) {
    this.#reader = new FieldReader(request);
    this.#context = context;
    this.#known = context.identity.ofBytes(context.workspace, PROTOCOL);
    this.#items = new RemoteWriteItems(this.#reader, context, PROTOCOL, request.length / USUAL_SERIES_BYTES);
  }

  decode(): RemoteWriteBatch {
    const reader = this.#reader;
    const end = reader.bytes.length;
    let looksLikeVersion2 = false;
    let hasSeries = false;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === REQUEST.timeseries) {
        reader.expect(BYTES);
        hasSeries = true;
        this.#items.next();
        this.#series(reader.readEnd(end));
        continue;
      }
      if (reader.field === REQUEST.metadata) {
        reader.expect(BYTES);
        this.#items.discard('metadata');
      }
      if (reader.field === REQUEST.symbols2 || reader.field === REQUEST.timeseries2) looksLikeVersion2 = true;
      reader.skip(end);
    }
    if (looksLikeVersion2 && !hasSeries) {
      throw invalid('message does not match content type: this looks like remote write 2.0, sent as 1.0');
    }
    return this.#items.finish();
  }

  #series(end: number): void {
    const reader = this.#reader;
    const labelsStart = reader.at;
    const followed = this.#known.follow(reader, labelsStart, end);
    if (followed !== undefined) {
      reader.at = labelsStart + this.#known.followedBytes;
      if (reader.bytes[reader.at] !== LABEL_TAG && this.#isOneSample(end)) {
        this.#items.begin(followed);
        reader.at += 2;
        this.#items.sample(end);
        return;
      }
      reader.at = labelsStart;
    }
    this.#skipLabels(end);
    const fieldsStart = reader.at;
    if (this.#hasLabels(end)) {
      this.#scatteredSeries(labelsStart, end);
      return;
    }
    reader.at = fieldsStart;
    this.#fields(reader, labelsStart, fieldsStart, end);
  }

  /** Whether nothing but one short sample is left: nearly always so, and then no labels can follow. */
  #isOneSample(end: number): boolean {
    const { bytes, at } = this.#reader;
    return at + 2 < end && bytes[at] === SAMPLE_TAG && bytes[at + 1]! === end - at - 2 && end - at < 0x80;
  }

  /** Passes over the labels at the beginning of a series: where every sender puts them. */
  #skipLabels(end: number): void {
    const reader = this.#reader;
    while (reader.at < end && reader.bytes[reader.at] === LABEL_TAG) {
      reader.at++;
      reader.at = reader.readEnd(end);
    }
  }

  /** Protobuf allows labels anywhere; whether some come later. */
  #hasLabels(end: number): boolean {
    const reader = this.#reader;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === SERIES.labels) return true;
      reader.skip(end);
    }
    return false;
  }

  #scatteredSeries(start: number, end: number): void {
    const reader = this.#reader;
    const chunks: Buffer[] = [];
    reader.at = start;
    while (reader.at < end) {
      const fieldStart = reader.at;
      reader.readTag(end);
      if (reader.field === SERIES.labels) reader.expect(BYTES);
      const isLabel = reader.field === SERIES.labels;
      reader.skip(end);
      if (isLabel && chunks.length <= this.#context.limits.labelsPerSeries)
        chunks.push(reader.bytes.subarray(fieldStart, reader.at));
    }
    reader.at = start;
    const block = Buffer.concat(chunks);
    this.#fields(sourceOf(block), 0, block.length, end);
  }

  #identify(labels: ByteSource, start: number, end: number): SeriesHead | Refusal {
    const known = this.#known.find(labels, start, end);
    if (known !== undefined) return known;
    return this.#makePlain(labels, start, end) ?? this.#make(labels, start, end);
  }

  #makePlain(labels: ByteSource, start: number, end: number): SeriesHead | undefined {
    this.#plain ??= new PlainLabels(this.#context.workspace, this.#context.limits);
    this.#plain.begin();
    const head = addPlainLabels(this.#plain, labels, start, end) ? this.#plain.finish() : undefined;
    return head && this.#known.keep(labels, start, end, head);
  }

  #make(labels: ByteSource, start: number, end: number): SeriesHead | Refusal {
    const { limits } = this.#context;
    const parsed = parseLabelBlock(labels.bytes.subarray(start, end), limits.labelsPerSeries);
    if ('refusal' in parsed) return parsed.refusal;
    const checked = checkSeriesLabels(parsed.pairs, limits);
    return 'refusal' in checked ? checked.refusal : this.#known.make(labels, start, end, checked.labels);
  }

  /** Reads what a series has besides the labels, which stand at another place or are passed over. */
  #fields(labels: ByteSource, labelsStart: number, labelsEnd: number, end: number): void {
    const reader = this.#reader;
    const items = this.#items;
    const series = this.#identify(labels, labelsStart, labelsEnd);
    items.begin('code' in series ? undefined : series);
    let found = 0;
    while (reader.at < end) {
      reader.readTag(end);
      const { field } = reader;
      if (field !== SERIES.samples && field !== SERIES.histograms && field !== SERIES.exemplars) {
        reader.skip(end);
        continue;
      }
      reader.expect(BYTES);
      const fieldEnd = reader.readEnd(end);
      if (field === SERIES.exemplars) {
        items.exemplar(fieldEnd);
        continue;
      }
      found++;
      if (field === SERIES.samples) items.sample(fieldEnd);
      else items.histogram(fieldEnd, { source: labels, start: labelsStart, end: labelsEnd });
    }
    if ('code' in series) items.refuse(series, Math.max(1, found));
  }
}
