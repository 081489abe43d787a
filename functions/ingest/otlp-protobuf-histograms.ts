import type { IngestLimits } from './limits.ts';
import type { ExponentialBuckets, ExponentialPoint, HistogramPoint } from './otlp-histograms.ts';
import { BYTES, FIXED64, type FieldReader, VARINT } from './protobuf-fields.ts';

/** Field numbers of the points of opentelemetry.proto.metrics.v1. */
const HISTOGRAM = { count: 4, sum: 5, bucketCounts: 6, explicitBounds: 7, min: 11, max: 12 } as const;
const EXPONENTIAL = {
  count: 4,
  sum: 5,
  scale: 6,
  zeroCount: 7,
  positive: 8,
  negative: 9,
  min: 12,
  max: 13,
  zeroThreshold: 14,
} as const;
const BUCKETS = { offset: 1, counts: 2 } as const;
const SUMMARY = { count: 4, sum: 5, quantiles: 6 } as const;
const QUANTILE = { quantile: 1, value: 2 } as const;

const NO_BUCKETS: ExponentialBuckets = { offset: 0, counts: [] };

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the fields of a kind of point one by one; `take` says whether the field in hand was one of them. */
export interface PointFields<T> {
  readonly point: T;
  take(reader: FieldReader, end: number): boolean;
}

export function histogramFields(limits: IngestLimits): PointFields<HistogramPoint> {
  const counts: number[] = [];
  const bounds: number[] = [];
  const most = limits.explicitBuckets + 1;
  const point: Mutable<HistogramPoint> = { count: 0, sum: undefined, min: undefined, max: undefined, counts, bounds };
  return {
    point,
    take(reader, end) {
      switch (reader.field) {
        case HISTOGRAM.count:
          point.count = readCount(reader, end);
          return true;
        case HISTOGRAM.sum:
          point.sum = readDouble(reader, end);
          return true;
        case HISTOGRAM.bucketCounts:
          readFixedList(reader, end, (until) => pushUpTo(counts, most, reader.readFixed64(until)));
          return true;
        case HISTOGRAM.explicitBounds:
          readFixedList(reader, end, (until) => pushUpTo(bounds, most, reader.readFloat64(until)));
          return true;
        case HISTOGRAM.min:
          point.min = readDouble(reader, end);
          return true;
        case HISTOGRAM.max:
          point.max = readDouble(reader, end);
          return true;
        default:
          return false;
      }
    },
  };
}

export function exponentialFields(limits: IngestLimits): PointFields<ExponentialPoint> {
  const point: Mutable<ExponentialPoint> = {
    count: 0,
    sum: undefined,
    min: undefined,
    max: undefined,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: NO_BUCKETS,
    negative: NO_BUCKETS,
  };
  return { point, take: (reader, end) => takeExponential(point, reader, end, limits.exponentialBuckets + 1) };
}

function takeExponential(point: Mutable<ExponentialPoint>, reader: FieldReader, end: number, most: number): boolean {
  switch (reader.field) {
    case EXPONENTIAL.count:
      point.count = readCount(reader, end);
      return true;
    case EXPONENTIAL.sum:
      point.sum = readDouble(reader, end);
      return true;
    case EXPONENTIAL.scale:
      reader.expect(VARINT);
      point.scale = reader.readSint32(end);
      return true;
    case EXPONENTIAL.zeroCount:
      point.zeroCount = readCount(reader, end);
      return true;
    case EXPONENTIAL.positive:
      point.positive = readBuckets(reader, end, most);
      return true;
    case EXPONENTIAL.negative:
      point.negative = readBuckets(reader, end, most);
      return true;
    case EXPONENTIAL.min:
      point.min = readDouble(reader, end);
      return true;
    case EXPONENTIAL.max:
      point.max = readDouble(reader, end);
      return true;
    case EXPONENTIAL.zeroThreshold:
      point.zeroThreshold = readDouble(reader, end);
      return true;
    default:
      return false;
  }
}

export interface SummaryPoint {
  readonly count: number;
  readonly sum: number;
  /** By share. */
  readonly quantiles: ReadonlyMap<number, number>;
}

export function summaryFields(limits: IngestLimits): PointFields<SummaryPoint> {
  const quantiles = new Map<number, number>();
  const point: Mutable<SummaryPoint> = { count: 0, sum: 0, quantiles };
  return {
    point,
    take(reader, end) {
      switch (reader.field) {
        case SUMMARY.count:
          point.count = readCount(reader, end);
          return true;
        case SUMMARY.sum:
          point.sum = readDouble(reader, end);
          return true;
        case SUMMARY.quantiles: {
          reader.expect(BYTES);
          const [share, value] = readQuantile(reader, reader.readEnd(end));
          if (quantiles.size <= limits.explicitBuckets) quantiles.set(share, value);
          return true;
        }
        default:
          return false;
      }
    },
  };
}

function readQuantile(reader: FieldReader, end: number): readonly [share: number, value: number] {
  let share = 0;
  let value = 0;
  while (reader.at < end) {
    reader.readTag(end);
    if (reader.field === QUANTILE.quantile) share = readDouble(reader, end);
    else if (reader.field === QUANTILE.value) value = readDouble(reader, end);
    else reader.skip(end);
  }
  return [share, value];
}

function readBuckets(reader: FieldReader, outer: number, most: number): ExponentialBuckets {
  reader.expect(BYTES);
  const end = reader.readEnd(outer);
  const counts: number[] = [];
  let offset = 0;
  while (reader.at < end) {
    reader.readTag(end);
    if (reader.field === BUCKETS.offset) {
      reader.expect(VARINT);
      offset = reader.readSint32(end);
    } else if (reader.field === BUCKETS.counts) readVarintList(reader, end, (value) => pushUpTo(counts, most, value));
    else reader.skip(end);
  }
  return { offset, counts };
}

function readCount(reader: FieldReader, end: number): number {
  reader.expect(FIXED64);
  return reader.readFixed64(end);
}

function readDouble(reader: FieldReader, end: number): number {
  reader.expect(FIXED64);
  return reader.readFloat64(end);
}

/** One element, or all of them packed into one field: senders may do either. */
function readFixedList(reader: FieldReader, outer: number, read: (end: number) => void): void {
  if (reader.wireType === FIXED64) {
    read(outer);
    return;
  }
  reader.expect(BYTES);
  const end = reader.readEnd(outer);
  while (reader.at < end) read(end);
}

function readVarintList(reader: FieldReader, outer: number, push: (value: number) => void): void {
  const readOne = (end: number): void => {
    const value = reader.readInt64(end);
    // The same bits without a sign.
    push(value < 0 ? value + 2 ** 64 : value);
  };
  if (reader.wireType === VARINT) {
    readOne(outer);
    return;
  }
  reader.expect(BYTES);
  const end = reader.readEnd(outer);
  while (reader.at < end) readOne(end);
}

/** One more than allowed is enough to know that there are too many. */
function pushUpTo(list: number[], most: number, value: number): void {
  if (list.length < most) list.push(value);
}
