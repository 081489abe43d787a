import type { HistogramBucket } from '../../models/numeric/histogram-quantile.ts';
import type { IngestLimits } from './limits.ts';
import { BYTES, FIXED64, type FieldReader, VARINT } from './protobuf-fields.ts';
import { isStaleMarker } from './stale-marker.ts';
import type { Refusal } from './validate.ts';

/** Field numbers of a native histogram, in both versions of the protocol. */
const FIELD = {
  countInt: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  zeroCountFloat: 7,
  negativeSpans: 8,
  negativeDeltas: 9,
  negativeCounts: 10,
  positiveSpans: 11,
  positiveDeltas: 12,
  positiveCounts: 13,
  resetHint: 14,
  timestamp: 15,
  customBounds: 16,
} as const;
const SPAN = { offset: 1, length: 2 } as const;
const RESET_HINT_GAUGE = 3;

/** Schema of histograms whose bounds are listed; the others have powers of two. */
const CUSTOM_SCHEMA = -53;
const MIN_SCHEMA = -4;
const MAX_SCHEMA = 8;

interface Side {
  /** Offset and length of each span of buckets in turn. */
  readonly spans: number[];
  /** Of integer histograms: the change from bucket to bucket. */
  readonly deltas: number[];
  readonly counts: number[];
}

/** A native histogram as it came. */
export interface NativeHistogram {
  isFloat: boolean;
  count: number;
  sum: number;
  /** Its sum has the bits of the stale marker: the series ends here. */
  isStale: boolean;
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  readonly negative: Side;
  readonly positive: Side;
  readonly customBounds: number[];
  isGauge: boolean;
  timestampMs: number;
}

/** Reads one; throws `ingest/payload-invalid` where it is no message. Lists are read only as far as a limit allows. */
export function readHistogram(reader: FieldReader, end: number, limits: IngestLimits): NativeHistogram {
  const histogram = emptyHistogram();
  const most = Math.max(limits.exponentialBuckets, limits.explicitBuckets) + 1;
  while (reader.at < end) {
    reader.readTag(end);
    readField(reader, end, histogram, most);
  }
  return histogram;
}

function emptyHistogram(): NativeHistogram {
  const side = (): Side => ({ spans: [], deltas: [], counts: [] });
  return {
    isFloat: false,
    count: 0,
    sum: 0,
    isStale: false,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    negative: side(),
    positive: side(),
    customBounds: [],
    isGauge: false,
    timestampMs: 0,
  };
}

function readField(reader: FieldReader, end: number, histogram: NativeHistogram, most: number): void {
  switch (reader.field) {
    case FIELD.countInt:
    case FIELD.zeroCountInt: {
      const isZero = reader.field === FIELD.zeroCountInt;
      reader.expect(VARINT);
      const value = reader.readInt64(end);
      if (isZero) histogram.zeroCount = value;
      else histogram.count = value;
      return;
    }
    case FIELD.countFloat:
      histogram.isFloat = true;
      histogram.count = readDouble(reader, end);
      return;
    case FIELD.zeroCountFloat:
      histogram.zeroCount = readDouble(reader, end);
      return;
    case FIELD.sum:
      histogram.sum = readDouble(reader, end);
      histogram.isStale = isStaleMarker(reader);
      return;
    case FIELD.schema:
      reader.expect(VARINT);
      histogram.schema = reader.readSint32(end);
      return;
    case FIELD.zeroThreshold:
      histogram.zeroThreshold = readDouble(reader, end);
      return;
    case FIELD.negativeSpans:
      readSpan(reader, end, histogram.negative.spans, most);
      return;
    case FIELD.positiveSpans:
      readSpan(reader, end, histogram.positive.spans, most);
      return;
    case FIELD.negativeDeltas:
      readDeltas(reader, end, histogram.negative.deltas, most);
      return;
    case FIELD.positiveDeltas:
      readDeltas(reader, end, histogram.positive.deltas, most);
      return;
    case FIELD.negativeCounts:
      readDoubles(reader, end, histogram.negative.counts, most);
      return;
    case FIELD.positiveCounts:
      readDoubles(reader, end, histogram.positive.counts, most);
      return;
    case FIELD.customBounds:
      readDoubles(reader, end, histogram.customBounds, most);
      return;
    case FIELD.resetHint:
      reader.expect(VARINT);
      histogram.isGauge = reader.readInt32(end) === RESET_HINT_GAUGE;
      return;
    case FIELD.timestamp:
      reader.expect(VARINT);
      histogram.timestampMs = reader.readInt64(end);
      return;
    default:
      reader.skip(end);
  }
}

function readDouble(reader: FieldReader, end: number): number {
  reader.expect(FIXED64);
  return reader.readFloat64(end);
}

function readSpan(reader: FieldReader, end: number, spans: number[], most: number): void {
  reader.expect(BYTES);
  const spanEnd = reader.readEnd(end);
  let offset = 0;
  let length = 0;
  while (reader.at < spanEnd) {
    reader.readTag(spanEnd);
    if (reader.field === SPAN.offset || reader.field === SPAN.length) {
      reader.expect(VARINT);
      if (reader.field === SPAN.offset) offset = reader.readSint32(spanEnd);
      else length = reader.readUint32(spanEnd);
    } else reader.skip(spanEnd);
  }
  if (spans.length < 2 * most) spans.push(offset, length);
}

/** Repeated numbers come packed, or one by one. */
function readDeltas(reader: FieldReader, end: number, deltas: number[], most: number): void {
  if (reader.wireType === VARINT) {
    const delta = reader.readSint64(end);
    if (deltas.length < most) deltas.push(delta);
    return;
  }
  reader.expect(BYTES);
  const listEnd = reader.readEnd(end);
  while (reader.at < listEnd && deltas.length < most) deltas.push(reader.readSint64(listEnd));
  reader.at = listEnd;
}

function readDoubles(reader: FieldReader, end: number, values: number[], most: number): void {
  if (reader.wireType === FIXED64) {
    const value = reader.readFloat64(end);
    if (values.length < most) values.push(value);
    return;
  }
  reader.expect(BYTES);
  const listEnd = reader.readEnd(end);
  while (reader.at < listEnd && values.length < most) values.push(reader.readFloat64(listEnd));
  reader.at = listEnd;
}

export interface Buckets {
  readonly buckets: readonly HistogramBucket[];
  readonly spread: 'linear' | 'exponential';
}

/** The buckets of a histogram that holds together, in ascending order; or why it does not. */
export function checkNativeHistogram(histogram: NativeHistogram, limits: IngestLimits): Buckets | Refusal {
  const { schema, zeroThreshold, zeroCount, count, negative, positive, customBounds } = histogram;
  const isCustom = schema === CUSTOM_SCHEMA;
  if (!isCustom && (schema < MIN_SCHEMA || schema > MAX_SCHEMA)) {
    return invalid(`schema must be between ${MIN_SCHEMA} and ${MAX_SCHEMA} or ${CUSTOM_SCHEMA}, got ${schema}`);
  }
  if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) return invalid(`count must not be negative, got ${count}`);
  if (!(zeroCount >= 0)) return invalid(`zero count must not be negative, got ${zeroCount}`);
  if (!(zeroThreshold >= 0)) return invalid(`zero threshold must not be negative, got ${zeroThreshold}`);
  if (isCustom && !isAscending(customBounds)) return invalid('custom bounds must ascend');
  const maxBuckets = isCustom ? limits.explicitBuckets : limits.exponentialBuckets;
  const boundsOf = isCustom ? customBoundsOf(customBounds) : exponentialBoundsOf(schema);
  const above = placed(positive, histogram.isFloat, maxBuckets, boundsOf);
  if ('code' in above) return above;
  const below = placed(negative, histogram.isFloat, maxBuckets, boundsOf);
  if ('code' in below) return below;
  if (isCustom && below.length > 0) return invalid('a histogram with custom bounds has no negative side');
  const zero = { lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount };
  const mirrored = below.map((bucket) => ({ lower: -bucket.upper, upper: -bucket.lower, count: bucket.count }));
  const buckets = [...mirrored.reverse(), ...(isCustom ? [] : [zero]), ...above];
  const refusal = histogram.isFloat ? undefined : checkTotal(histogram, buckets);
  return refusal ?? { buckets, spread: isCustom ? 'linear' : 'exponential' };
}

type BoundsOf = (index: number) => readonly [lower: number, upper: number] | undefined;

function exponentialBoundsOf(schema: number): BoundsOf {
  const width = 2 ** -schema;
  return (index) => {
    const lower = 2 ** ((index - 1) * width);
    const upper = 2 ** (index * width);
    return upper > 0 && lower < Number.POSITIVE_INFINITY ? [lower, upper] : undefined;
  };
}

function customBoundsOf(bounds: readonly number[]): BoundsOf {
  return (index) =>
    index >= 0 && index <= bounds.length
      ? [bounds[index - 1] ?? Number.NEGATIVE_INFINITY, bounds[index] ?? Number.POSITIVE_INFINITY]
      : undefined;
}

/** Spans and counts as buckets with bounds; what spans claim is checked before anything is made of it. */
function placed(side: Side, isFloat: boolean, maxBuckets: number, boundsOf: BoundsOf): HistogramBucket[] | Refusal {
  const { spans, deltas, counts } = side;
  const given = isFloat ? counts : deltas;
  let claimed = 0;
  for (let i = 1; i < spans.length; i += 2) claimed += spans[i]!;
  if (claimed > maxBuckets || given.length > maxBuckets) return invalid(`more than ${maxBuckets} buckets`);
  if (claimed !== given.length) return invalid(`spans hold ${claimed} buckets, counts are there for ${given.length}`);
  const buckets: HistogramBucket[] = [];
  let index = 0;
  let count = 0;
  for (let span = 0; span < spans.length; span += 2) {
    if (span > 0 && spans[span]! < 0) return invalid('spans overlap');
    index += spans[span]!;
    for (let i = spans[span + 1]!; i > 0; i--, index++) {
      count = isFloat ? given[buckets.length]! : count + given[buckets.length]!;
      if (!(count >= 0)) return invalid(`a bucket must not hold ${count} values`);
      const bounds = boundsOf(index);
      if (bounds === undefined) return invalid(`there is no bucket ${index}`);
      buckets.push({ lower: bounds[0], upper: bounds[1], count });
    }
  }
  return buckets;
}

/** Values that are no number are in the count and in no bucket, and make the sum none. */
function checkTotal({ count, sum }: NativeHistogram, buckets: readonly HistogramBucket[]): Refusal | undefined {
  let total = 0;
  for (const bucket of buckets) total += bucket.count;
  if (total === count || (Number.isNaN(sum) && total < count)) return undefined;
  return invalid(`the buckets hold ${total} values, count says ${count}`);
}

function isAscending(bounds: readonly number[]): boolean {
  return bounds.every((bound, i) => (i === 0 ? !Number.isNaN(bound) : bound > bounds[i - 1]!));
}

function invalid(detail: string): Refusal {
  return { code: 'histogram_invalid', detail };
}
