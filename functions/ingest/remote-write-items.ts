import type { SeriesHead } from '../../data/segments/batch.ts';
import { histogramQuantile } from '../../models/numeric/histogram-quantile.ts';
import { ServiceError } from '../platform/errors.ts';
import type { ByteSource } from './byte-keys.ts';
import { type HistogramHeads, HistogramSeries } from './histogram-heads.ts';
import { HISTOGRAM_QUANTILES } from './histogram-series.ts';
import { FIXED64, type FieldReader, VARINT } from './protobuf-fields.ts';
import { type Buckets, checkNativeHistogram, type NativeHistogram, readHistogram } from './remote-write-histogram.ts';
import { isStaleMarker } from './stale-marker.ts';
import type { DecodeContext, MetricsBatch, Refusal } from './validate.ts';
import { RejectionTally } from './validate-rejections.ts';
import { checkTime, SampleCollector } from './validate-samples.ts';

const SAMPLE = { value: 1, timestamp: 2 } as const;
const EXEMPLAR_TIMESTAMP = 3;
/** A sample as every sender writes it: the value's tag, its 8 bytes, the time's tag. */
const VALUE_TAG = (SAMPLE.value << 3) | FIXED64;
const TIMESTAMP_TAG = (SAMPLE.timestamp << 3) | VARINT;

/** Where the labels of a series stand, as a key. */
export interface SeriesKey {
  readonly source: ByteSource;
  readonly start: number;
  readonly end: number;
}

/** What was accepted of a request, repeats included, as version 2.0 answers it. */
export interface WrittenItems {
  samples: number;
  histograms: number;
  exemplars: number;
}

export interface RemoteWriteBatch extends MetricsBatch {
  readonly written: Readonly<WrittenItems>;
}

/** What both versions of the protocol do with samples, histograms and exemplars, one series after another. */
export class RemoteWriteItems {
  readonly #reader: FieldReader;
  readonly #context: DecodeContext;
  readonly #histogramSeries: HistogramSeries;
  readonly #samples: SampleCollector;
  readonly #written: WrittenItems = { samples: 0, histograms: 0, exemplars: 0 };
  readonly #discarded = new Map<string, number>();
  readonly rejected = new RejectionTally();
  #head: SeriesHead | undefined;
  #seriesIndex = -1;
  #samplesSeen = 0;

  constructor(reader: FieldReader, context: DecodeContext, protocol: string, expectedSamples: number) {
    this.#samples = new SampleCollector(Math.min(expectedSamples, context.limits.samplesPerRequest));
    this.#reader = reader;
    this.#context = context;
    this.#histogramSeries = new HistogramSeries(context, protocol);
  }

  /** The next series of the request: known from now on by its place. */
  next(): void {
    this.#seriesIndex++;
    this.#checkCount(this.#seriesIndex + 1, 'series');
  }

  /** What follows belongs to this series; undefined: to one that is refused. */
  begin(head: SeriesHead | undefined): void {
    this.#head = head;
    if (head !== undefined) this.#samples.begin(head);
  }

  refuse(refusal: Refusal, items = 1): void {
    this.rejected.add(this.#seriesIndex, refusal, items);
  }

  sample(end: number): void {
    this.#checkCount(++this.#samplesSeen, 'samples');
    const reader = this.#reader;
    let value = 0;
    let timestampMs = 0;
    let stale: 0 | 1 = 0;
    const { at, bytes } = reader;
    if (at + 10 < end && bytes[at] === VALUE_TAG && bytes[at + 9] === TIMESTAMP_TAG) {
      reader.at = at + 1;
      value = reader.readFloat64(end);
      if (Number.isNaN(value) && isStaleMarker(reader)) stale = 1;
      reader.at++;
      timestampMs = reader.readInt64(end);
    }
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === SAMPLE.value) {
        reader.expect(FIXED64);
        value = reader.readFloat64(end);
        stale = Number.isNaN(value) && isStaleMarker(reader) ? 1 : 0;
      } else if (reader.field === SAMPLE.timestamp) {
        reader.expect(VARINT);
        timestampMs = reader.readInt64(end);
      } else reader.skip(end);
    }
    if (this.#head === undefined || !this.#isInTime(timestampMs)) return;
    this.#samples.add(timestampMs, value, stale);
    this.#written.samples++;
  }

  histogram(end: number, key: SeriesKey, isGauge = false): void {
    this.#checkCount(++this.#samplesSeen, 'samples');
    const { limits } = this.#context;
    const histogram = readHistogram(this.#reader, end, limits);
    const head = this.#head;
    if (head === undefined || !this.#isInTime(histogram.timestampMs)) return;
    const checked = checkNativeHistogram(histogram, limits);
    if ('code' in checked) {
      this.refuse(checked);
      return;
    }
    const { source, start, end: keyEnd } = key;
    const heads = this.#histogramSeries.of(source, start, keyEnd, isGauge || histogram.isGauge, () => head.labels);
    if ('code' in heads) {
      this.refuse(heads);
      return;
    }
    this.#addHistogram(heads, histogram, checked);
    this.#samples.begin(head);
    this.#written.histograms++;
  }

  #addHistogram(heads: HistogramHeads, histogram: NativeHistogram, { buckets, spread }: Buckets): void {
    const { timestampMs, isStale, count, sum } = histogram;
    this.#add(heads.count, timestampMs, count, isStale);
    this.#add(heads.sum, timestampMs, sum, isStale);
    for (let i = 0; i < HISTOGRAM_QUANTILES.length; i++) {
      const value = histogramQuantile(buckets, HISTOGRAM_QUANTILES[i]!, spread);
      // An empty histogram has no quantiles; one that has ended ends them too.
      if (isStale || !Number.isNaN(value)) this.#add(heads.quantiles[i]!, timestampMs, value, isStale);
    }
  }

  /** Exemplars are taken note of, and not kept. */
  exemplar(end: number): void {
    this.discard('exemplar');
    const reader = this.#reader;
    let timestampMs = 0;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field === EXEMPLAR_TIMESTAMP) {
        reader.expect(VARINT);
        timestampMs = reader.readInt64(end);
      } else reader.skip(end);
    }
    if (this.#head === undefined) return;
    if (timestampMs !== 0) this.#written.exemplars++;
    else this.refuse({ code: 'exemplar_timestamp_missing', detail: 'an exemplar needs a timestamp' });
  }

  /** Left out without refusing anything. */
  discard(reason: string): void {
    const count = (this.#discarded.get(reason) ?? 0) + 1;
    this.#checkCount(count, `items of ${reason}`);
    this.#discarded.set(reason, count);
  }

  finish(): RemoteWriteBatch {
    const { series, samples, duplicates } = this.#samples.finish();
    if (duplicates > 0) this.#discarded.set('duplicate', duplicates);
    return {
      series,
      acceptedSamples: samples,
      rejected: this.rejected,
      discarded: this.#discarded,
      warnings: [],
      written: this.#written,
    };
  }

  #add(head: SeriesHead, timestampMs: number, value: number, isStale: boolean): void {
    this.#samples.begin(head);
    this.#samples.add(timestampMs, isStale ? Number.NaN : value, isStale ? 1 : 0);
  }

  #isInTime(timestampMs: number): boolean {
    const refusal = checkTime(timestampMs, this.#context.nowMs, this.#context.limits);
    if (refusal !== undefined) this.refuse(refusal);
    return refusal === undefined;
  }

  /** What is not kept costs as much as a sample does, and a request has room for millions of it. */
  #checkCount(count: number, what: string): void {
    const { samplesPerRequest } = this.#context.limits;
    if (count <= samplesPerRequest) return;
    throw new ServiceError('ingest/payload-invalid', `more than ${samplesPerRequest} ${what} in one request`, {
      details: { limit: samplesPerRequest },
    });
  }
}
