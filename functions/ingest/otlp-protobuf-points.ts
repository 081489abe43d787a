import type { Labels, SeriesKind } from '../../models/domain/series.ts';
import type { ByteIdentities } from './byte-identities.ts';
import { sourceOf } from './byte-keys.ts';
import type { IngestLimits } from './limits.ts';
import { checkExponential, checkHistogram } from './otlp-histograms.ts';
import type { Attributes } from './otlp-labels.ts';
import type { MetricShape } from './otlp-metric.ts';
import { NO_RECORDED_VALUE, type OtlpMetrics, type PointSource, VALUE_MISSING } from './otlp-metrics.ts';
import { exponentialFields, histogramFields, type PointFields, summaryFields } from './otlp-protobuf-histograms.ts';
import { AttributeList } from './otlp-protobuf-values.ts';
import { BYTES, FIXED64, FieldReader, VARINT } from './protobuf-fields.ts';
import type { Identity } from './series-identity.ts';
import type { DecodeContext, Refusal } from './validate.ts';

/** Field numbers of opentelemetry.proto.metrics.v1. */
const DATA = { points: 1 } as const;
const NUMBER = { startTime: 2, time: 3, double: 4, int: 6, attributes: 7, flags: 8 } as const;

/** The fields that all points have, at different numbers. */
interface CommonFields {
  readonly startTime: number;
  readonly time: number;
  readonly attributes: number;
  readonly flags: number;
}
const COMMON: Readonly<Record<'histogram' | 'exponentialHistogram' | 'summary', CommonFields>> = {
  histogram: { startTime: 2, time: 3, attributes: 9, flags: 10 },
  exponentialHistogram: { startTime: 2, time: 3, attributes: 1, flags: 10 },
  summary: { startTime: 2, time: 3, attributes: 7, flags: 8 },
};

const PROTOCOL = 'otlp';
const FIRST_KEY_BYTES = 4096;

/** Reads the points of metrics, and names the series of the one in hand. */
export class PointReader implements PointSource {
  readonly #reader: FieldReader;
  readonly #known: ByteIdentities;
  readonly #limits: IngestLimits;
  readonly #metrics: OtlpMetrics;
  /** Place of the point in hand among those of its metric. */
  place = -1;
  /** Attributes of the point in hand: bytes from one place to another where they stand together, as everybody sends them. */
  #attributesStart = 0;
  #attributesEnd = 0;
  #scattered: Buffer[] | undefined;
  /** What the series in hand is known by: its metric, its role and its attributes as they came, one after the other. */
  #key = sourceOf(Buffer.alloc(FIRST_KEY_BYTES));
  #keyBytes = 0;
  #metric = '';
  #metricBytes = 0;
  readonly #time = { startMs: 0, timeMs: 0, flags: 0 };

  constructor(reader: FieldReader, { workspace, identity, limits }: DecodeContext, metrics: OtlpMetrics) {
    this.#reader = reader;
    this.#known = identity.ofBytes(workspace, PROTOCOL);
    this.#limits = limits;
    this.#metrics = metrics;
  }

  read(shape: MetricShape, end: number): void {
    const reader = this.#reader;
    this.place = -1;
    while (reader.at < end) {
      reader.readTag(end);
      if (reader.field !== DATA.points) {
        reader.skip(end);
        continue;
      }
      reader.expect(BYTES);
      const until = reader.readEnd(end);
      this.place++;
      this.#beginPoint();
      if (shape === 'gauge' || shape === 'sum') this.#number(until);
      else this.#aggregate(shape, until);
      reader.at = until;
    }
  }

  #beginPoint(): void {
    this.#attributesStart = 0;
    this.#attributesEnd = 0;
    this.#scattered = undefined;
    this.#time.startMs = 0;
    this.#time.timeMs = 0;
    this.#time.flags = 0;
  }

  /** The hot path: nothing is made for a point whose series is known but the key that it is found by. */
  #number(end: number): void {
    const reader = this.#reader;
    const time = this.#time;
    let value = 0;
    let hasValue = false;
    while (reader.at < end) {
      const fieldStart = reader.at;
      reader.readTag(end);
      switch (reader.field) {
        case NUMBER.startTime:
          reader.expect(FIXED64);
          time.startMs = reader.readNanosAsMs(end);
          break;
        case NUMBER.time:
          reader.expect(FIXED64);
          time.timeMs = reader.readNanosAsMs(end);
          break;
        case NUMBER.double:
          reader.expect(FIXED64);
          value = reader.readFloat64(end);
          hasValue = true;
          break;
        case NUMBER.int:
          reader.expect(FIXED64);
          value = reader.readSfixed64(end);
          hasValue = true;
          break;
        case NUMBER.attributes:
          this.#attribute(fieldStart, end);
          break;
        case NUMBER.flags:
          reader.expect(VARINT);
          time.flags = reader.readInt32(end);
          break;
        default:
          reader.skip(end);
      }
    }
    if (hasValue || (time.flags & NO_RECORDED_VALUE) !== 0) this.#metrics.number(this, time, value);
    else this.#metrics.refusePoint(VALUE_MISSING);
  }

  #attribute(fieldStart: number, end: number): void {
    const reader = this.#reader;
    reader.expect(BYTES);
    reader.skip(end);
    if (this.#scattered !== undefined) {
      this.#scattered.push(reader.bytes.subarray(fieldStart, reader.at));
    } else if (this.#attributesEnd === 0) {
      this.#attributesStart = fieldStart;
      this.#attributesEnd = reader.at;
    } else if (this.#attributesEnd === fieldStart) {
      this.#attributesEnd = reader.at;
    } else {
      const { bytes } = reader;
      const together = bytes.subarray(this.#attributesStart, this.#attributesEnd);
      this.#scattered = [together, bytes.subarray(fieldStart, reader.at)];
    }
  }

  #aggregate(shape: 'histogram' | 'exponentialHistogram' | 'summary', end: number): void {
    const limits = this.#limits;
    switch (shape) {
      case 'histogram': {
        const fields = histogramFields(limits);
        this.#fields(COMMON[shape], fields, end);
        this.#metrics.histogram(this, this.#time, checkHistogram(fields.point, limits));
        break;
      }
      case 'exponentialHistogram': {
        const fields = exponentialFields(limits);
        this.#fields(COMMON[shape], fields, end);
        this.#metrics.histogram(this, this.#time, checkExponential(fields.point, limits));
        break;
      }
      case 'summary': {
        const fields = summaryFields(limits);
        this.#fields(COMMON[shape], fields, end);
        this.#metrics.summary(this, this.#time, fields.point);
        break;
      }
    }
  }

  #fields(common: CommonFields, own: PointFields<unknown>, end: number): void {
    const reader = this.#reader;
    const time = this.#time;
    while (reader.at < end) {
      const fieldStart = reader.at;
      reader.readTag(end);
      if (reader.field === common.startTime) {
        reader.expect(FIXED64);
        time.startMs = reader.readNanosAsMs(end);
      } else if (reader.field === common.time) {
        reader.expect(FIXED64);
        time.timeMs = reader.readNanosAsMs(end);
      } else if (reader.field === common.attributes) this.#attribute(fieldStart, end);
      else if (reader.field === common.flags) {
        reader.expect(VARINT);
        time.flags = reader.readInt32(end);
      } else if (!own.take(reader, end)) reader.skip(end);
    }
  }

  find(metric: string, role: string): Identity | undefined {
    if (metric !== this.#metric) this.#setMetric(metric);
    const chunks = this.#scattered;
    const attributesBytes = chunks === undefined ? this.#attributesEnd - this.#attributesStart : sizeOf(chunks);
    this.#reserve(this.#metricBytes + role.length + attributesBytes);
    const { bytes } = this.#key;
    let at = this.#metricBytes;
    at += bytes.write(role, at, 'latin1');
    if (chunks === undefined) {
      at += this.#reader.bytes.copy(bytes, at, this.#attributesStart, this.#attributesEnd);
    } else for (const chunk of chunks) at += chunk.copy(bytes, at);
    this.#keyBytes = at;
    return this.#known.find(this.#key, 0, at);
  }

  make(labels: Labels, kind: SeriesKind): Identity {
    return this.#known.make(this.#key, 0, this.#keyBytes, labels, kind);
  }

  attributes(): Attributes | Refusal {
    const chunks = this.#scattered ?? [this.#reader.bytes.subarray(this.#attributesStart, this.#attributesEnd)];
    const list = new AttributeList(this.#limits);
    for (const chunk of chunks) {
      const reader = new FieldReader(chunk);
      while (reader.at < chunk.length) {
        reader.readTag(chunk.length);
        list.read(reader, chunk.length);
      }
    }
    return list.result;
  }

  #setMetric(metric: string): void {
    this.#reserve(Buffer.byteLength(metric));
    this.#metric = metric;
    this.#metricBytes = this.#key.bytes.write(metric, 0, 'utf8');
  }

  #reserve(sizeBytes: number): void {
    const { bytes } = this.#key;
    if (sizeBytes <= bytes.length) return;
    this.#key = sourceOf(Buffer.alloc(sizeBytes * 2));
    bytes.copy(this.#key.bytes, 0, 0, this.#metricBytes);
  }
}

function sizeOf(chunks: readonly Buffer[]): number {
  let sizeBytes = 0;
  for (const chunk of chunks) sizeBytes += chunk.length;
  return sizeBytes;
}
