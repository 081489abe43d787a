import { ServiceError } from '../platform/errors.ts';
import { BYTES, FIXED64, FieldReader, invalid, VARINT } from './protobuf-fields.ts';
import { parseLabelBlock } from './remote-write-labels.ts';
import type { Identity } from './series-identity.ts';
import { decompressSnappyBlock } from './snappy-block.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';
import { checkSeriesLabels } from './validate-labels.ts';
import { RejectionTally } from './validate-rejections.ts';
import { checkTime, SampleCollector } from './validate-samples.ts';

/** Field numbers of prometheus.WriteRequest and of what it holds. */
const REQUEST = { timeseries: 1, metadata: 3, symbols2: 4, timeseries2: 5 } as const;
const SERIES = { labels: 1, samples: 2, exemplars: 3, histograms: 4 } as const;
const SAMPLE = { value: 1, timestamp: 2 } as const;
const LABEL_TAG = (SERIES.labels << 3) | BYTES;

/** The value by which Prometheus says that a series has ended: a NaN with these bits. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 0x00000002;

/**
 * Decodes a Prometheus remote write 1.0 request: a snappy block that holds a prometheus.WriteRequest.
 *
 * What is wrong with one series or sample refuses only that. What cannot be read refuses the request with
 * `ingest/payload-invalid`, what is too large with `ingest/payload-too-large`; nothing else is thrown, whatever the bytes.
 * Decoding twice gives the same batch.
 */
export function decodeRemoteWrite(body: Uint8Array, context: DecodeContext): MetricsBatch {
  const request = decompressSnappyBlock(body, context.limits.decodedBodyBytes);
  return new WriteRequestDecoder(request, context).decode();
}

class WriteRequestDecoder {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #samples = new SampleCollector();
  readonly #rejected = new RejectionTally();
  readonly #discarded = new Map<string, number>();
  #seriesIndex = 0;
  #samplesSeen = 0;

  constructor(request: Buffer, context: DecodeContext) {
    this.#reader = new FieldReader(request);
    this.#context = context;
  }

  decode(): MetricsBatch {
    const reader = this.#reader;
    const end = reader.bytes.length;
    let looksLikeVersion2 = false;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === REQUEST.timeseries) {
        reader.expect(BYTES);
        this.#series(reader.readEnd(end));
        this.#seriesIndex++;
        this.#checkCount(this.#seriesIndex, 'series');
        continue;
      }
      if (reader.field === REQUEST.metadata) {
        reader.expect(BYTES);
        this.#discard('metadata', 1);
      }
      if (reader.field === REQUEST.symbols2 || reader.field === REQUEST.timeseries2) looksLikeVersion2 = true;
      reader.skip(end);
    }
    if (looksLikeVersion2 && this.#seriesIndex === 0) {
      throw invalid('message does not match content type: this looks like remote write 2.0, sent as 1.0');
    }
    return this.#batch();
  }

  #batch(): MetricsBatch {
    const { series, samples, duplicates } = this.#samples.finish();
    this.#discard('duplicate', duplicates);
    return {
      series,
      acceptedSamples: samples,
      rejected: this.#rejected,
      discarded: this.#discarded,
      warnings: [],
    };
  }

  #series(end: number): void {
    const reader = this.#reader;
    const labelsStart = reader.at;
    this.#skipLabels(end);
    const fieldsStart = reader.at;
    if (this.#hasLabels(end)) {
      this.#scatteredSeries(labelsStart, end);
      return;
    }
    reader.at = fieldsStart;
    const identity = this.#identify(reader.bytes, labelsStart, fieldsStart);
    this.#fields(identity, end);
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
    this.#fields(this.#identify(block, 0, block.length), end);
  }

  #identify(bytes: Buffer, start: number, end: number): Identity | Refusal {
    const { workspace, identity, limits } = this.#context;
    // One character for each byte: different bytes are different keys, whatever they mean.
    const key = bytes.toString('latin1', start, end);
    const known = identity.find(workspace, key);
    if (known !== undefined) return known;
    const parsed = parseLabelBlock(bytes.subarray(start, end), limits.labelsPerSeries);
    if ('refusal' in parsed) return parsed.refusal;
    const checked = checkSeriesLabels(parsed.pairs, limits);
    return 'refusal' in checked ? checked.refusal : identity.make(workspace, key, checked.labels);
  }

  #fields(series: Identity | Refusal, end: number): void {
    const reader = this.#reader;
    const refused = 'code' in series;
    if (!refused) this.#samples.begin(series);
    let items = 0;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === SERIES.samples) {
        reader.expect(BYTES);
        items++;
        this.#checkCount(++this.#samplesSeen, 'samples');
        this.#sample(refused, reader.readEnd(end));
        continue;
      }
      if (reader.field === SERIES.exemplars) this.#discard('exemplar', 1);
      if (reader.field === SERIES.histograms) {
        reader.expect(BYTES);
        items++;
        this.#checkCount(++this.#samplesSeen, 'samples');
        if (!refused) this.#rejected.add(this.#seriesIndex, HISTOGRAM_UNSUPPORTED);
      }
      reader.skip(end);
    }
    if (refused) this.#rejected.add(this.#seriesIndex, series, Math.max(1, items));
  }

  #sample(seriesRefused: boolean, end: number): void {
    const reader = this.#reader;
    let value = 0;
    let timestampMs = 0;
    let stale: 0 | 1 = 0;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === SAMPLE.value) {
        reader.expect(FIXED64);
        value = reader.readFloat64(end);
        stale = Number.isNaN(value) && this.#isStaleMarker() ? 1 : 0;
      } else if (reader.field === SAMPLE.timestamp) {
        reader.expect(VARINT);
        timestampMs = reader.readInt64(end);
      } else reader.skip(end);
    }
    if (seriesRefused) return;
    const refusal = checkTime(timestampMs, this.#context.nowMs, this.#context.limits);
    if (refusal === undefined) this.#samples.add(timestampMs, value, stale);
    else this.#rejected.add(this.#seriesIndex, refusal);
  }

  /** Compares the bits on the wire, since a NaN may lose its own as soon as it is a number. */
  #isStaleMarker(): boolean {
    const reader = this.#reader;
    return reader.rawWord(reader.at - 4) === STALE_HIGH && reader.rawWord(reader.at - 8) === STALE_LOW;
  }

  /** What is not kept costs as much as a sample does, and a request has room for millions of it. */
  #checkCount(count: number, what: string): void {
    const { samplesPerRequest } = this.#context.limits;
    if (count > samplesPerRequest) {
      throw new ServiceError('ingest/payload-invalid', `more than ${samplesPerRequest} ${what} in one request`, {
        details: { limit: samplesPerRequest },
      });
    }
  }

  #discard(reason: string, items: number): void {
    if (items === 0) return;
    const count = (this.#discarded.get(reason) ?? 0) + items;
    this.#checkCount(count, `items of ${reason}`);
    this.#discarded.set(reason, count);
  }
}

const HISTOGRAM_UNSUPPORTED: Refusal = {
  code: 'histogram_unsupported',
  detail: 'native histograms are not supported; send classic ones',
};
