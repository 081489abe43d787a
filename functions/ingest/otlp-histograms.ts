import type { HistogramBucket } from '../../models/numeric/histogram-quantile.ts';
import type { IngestLimits } from './limits.ts';
import type { Refusal } from './validate.ts';

/** What all points of histograms say. A value that was not sent is undefined. */
interface HistogramHead {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface HistogramPoint extends HistogramHead {
  readonly counts: readonly number[];
  readonly bounds: readonly number[];
}

export interface ExponentialBuckets {
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface ExponentialPoint extends HistogramHead {
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

/** A histogram that holds together: ascending buckets for its quantiles, none where nothing says how values are spread. */
export interface CheckedHistogram {
  readonly count: number;
  readonly sum: number | undefined;
  readonly buckets: readonly HistogramBucket[];
  readonly spread: 'linear' | 'exponential';
}

/** Checks a point with bounds of its own. Its smallest and largest value, where sent, close the outer buckets. */
export function checkHistogram(point: HistogramPoint, limits: IngestLimits): CheckedHistogram | Refusal {
  const { counts, bounds } = point;
  if (counts.length > limits.explicitBuckets || bounds.length > limits.explicitBuckets) {
    return invalid(`more than ${limits.explicitBuckets} buckets`);
  }
  const bare = counts.length === 0 && bounds.length === 0;
  if (!bare && counts.length !== bounds.length + 1) {
    return invalid(`bucketCounts has ${counts.length} entries, expected ${bounds.length + 1}`);
  }
  for (let i = 0; i < bounds.length; i++) {
    const ascends = i === 0 ? !Number.isNaN(bounds[0]) : bounds[i]! > bounds[i - 1]!;
    if (!ascends) return invalid(`explicitBounds must ascend, got ${bounds[i]} at place ${i}`);
  }
  const refusal = checkHead(point, bare ? undefined : sumOf(counts));
  if (refusal !== undefined) return refusal;
  const known = bare ? [point.count] : counts;
  return { count: point.count, sum: point.sum, buckets: explicitBuckets(known, bounds, point), spread: 'linear' };
}

function explicitBuckets(counts: readonly number[], bounds: readonly number[], head: HistogramHead): HistogramBucket[] {
  if (bounds.length === 0 && (head.min === undefined || head.max === undefined)) return [];
  const buckets = counts.map((count, i) => ({
    lower: bounds[i - 1] ?? Number.NEGATIVE_INFINITY,
    upper: bounds[i] ?? Number.POSITIVE_INFINITY,
    count,
  }));
  return clamp(buckets, head);
}

/** A histogram of lower scale has wider buckets; beyond these no clock and no size ever needs one. */
const MIN_SCALE = -10;
const MAX_SCALE = 20;

/** Checks a point whose bounds are powers of 2^(2^-scale). */
export function checkExponential(point: ExponentialPoint, limits: IngestLimits): CheckedHistogram | Refusal {
  const { scale, zeroCount, zeroThreshold, positive, negative } = point;
  if (scale < MIN_SCALE || scale > MAX_SCALE)
    return invalid(`scale must be between ${MIN_SCALE} and ${MAX_SCALE}, got ${scale}`);
  if (!(zeroThreshold >= 0 && zeroThreshold < Number.POSITIVE_INFINITY)) return invalid('zeroThreshold is no width');
  for (const { offset, counts } of [positive, negative]) {
    if (counts.length > limits.exponentialBuckets) return invalid(`more than ${limits.exponentialBuckets} buckets`);
    if (counts.length > 0 && !hasBounds(offset, counts.length, scale))
      return invalid(`offset ${offset} is beyond all numbers`);
  }
  const total = zeroCount + sumOf(positive.counts) + sumOf(negative.counts);
  const refusal = checkHead(point, total);
  if (refusal !== undefined) return refusal;
  const above = exponentialBuckets(positive, scale);
  const below = exponentialBuckets(negative, scale).map(({ lower, upper, count }) => ({
    lower: -upper,
    upper: -lower,
    count,
  }));
  const zero = { lower: -zeroThreshold, upper: zeroThreshold, count: zeroCount };
  const buckets = clamp([...below.reverse(), zero, ...above], point);
  return { count: point.count, sum: point.sum, buckets, spread: 'exponential' };
}

function hasBounds(offset: number, length: number, scale: number): boolean {
  return 2 ** (offset * 2 ** -scale) > 0 && 2 ** ((offset + length) * 2 ** -scale) < Number.POSITIVE_INFINITY;
}

function exponentialBuckets({ offset, counts }: ExponentialBuckets, scale: number): HistogramBucket[] {
  const width = 2 ** -scale;
  return counts.map((count, i) => ({
    lower: 2 ** ((offset + i) * width),
    upper: 2 ** ((offset + i + 1) * width),
    count,
  }));
}

function checkHead({ count, min, max }: HistogramHead, total: number | undefined): Refusal | undefined {
  if (total !== undefined && total !== count) return invalid(`the buckets hold ${total} values, count says ${count}`);
  if (min !== undefined && max !== undefined && min > max) return invalid(`min ${min} is above max ${max}`);
  return undefined;
}

/** No value lies outside of what was seen. */
function clamp(buckets: readonly HistogramBucket[], { min, max }: HistogramHead): HistogramBucket[] {
  const least = min ?? Number.NEGATIVE_INFINITY;
  const most = max ?? Number.POSITIVE_INFINITY;
  return buckets
    .filter(({ count }) => count > 0)
    .map(({ lower, upper, count }) => {
      const low = Math.min(Math.max(lower, least), most);
      return { lower: low, upper: Math.max(low, Math.min(upper, most)), count };
    });
}

function sumOf(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

function invalid(detail: string): Refusal {
  return { code: 'histogram_invalid', detail };
}
