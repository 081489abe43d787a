/** So many values lie above lower and up to upper; bounds may be infinite. */
export interface HistogramBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * Quantile of values of which only a histogram is known: estimated within the bucket that holds it.
 *
 * Definition: the bucket is the first with which the running count reaches share · total. Within it values are taken to be
 *             spread evenly (`linear`), or evenly over their logarithms (`exponential`) where the bounds allow that.
 * Input:      buckets ascending and without overlap, counts ≥ 0; share between 0 and 1.
 * Output:     same unit as the bounds, within the bucket.
 * Edge:       no value → NaN; a bucket without upper bound → its lower one; without lower bound → from 0 where its upper
 *             one is above 0, else the upper one.
 * Cost:       O(n) time, O(1) memory.
 * Throws:     RangeError when share is not within 0 and 1.
 * Source:     Prometheus, functions histogram_quantile for classic (`linear`) and native (`exponential`) histograms.
 *
 * @example
 * histogramQuantile([{ lower: 0, upper: 10, count: 5 }, { lower: 10, upper: 20, count: 5 }], 0.75) // => 15
 * histogramQuantile([{ lower: 1, upper: 4, count: 8 }], 0.5, 'exponential') // => 2
 * histogramQuantile([{ lower: 10, upper: Infinity, count: 5 }], 0.5) // => 10
 * histogramQuantile([], 0.5) // => NaN
 */
export function histogramQuantile(
  buckets: readonly HistogramBucket[],
  share: number,
  spread: 'linear' | 'exponential' = 'linear',
): number {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`histogramQuantile: share must be between 0 and 1, got ${share}`);
  }
  let total = 0;
  for (const { count } of buckets) total += count;
  const rank = share * total;
  let below = 0;
  let last: HistogramBucket | undefined;
  for (const bucket of buckets) {
    if (bucket.count === 0) continue;
    last = bucket;
    if (below + bucket.count >= rank) return within(bucket, (rank - below) / bucket.count, spread);
    below += bucket.count;
  }
  // Rounding may leave the rank a hair above the sum of all.
  return last === undefined ? Number.NaN : within(last, 1, spread);
}

function within({ lower, upper }: HistogramBucket, part: number, spread: 'linear' | 'exponential'): number {
  if (upper === Number.POSITIVE_INFINITY) return lower === Number.NEGATIVE_INFINITY ? 0 : lower;
  const from = lower === Number.NEGATIVE_INFINITY ? Math.min(0, upper) : lower;
  if (spread === 'exponential' && from * upper > 0) return from * (upper / from) ** part;
  return from + (upper - from) * part;
}
