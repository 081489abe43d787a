import { FIVE_MINUTES_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import type { RowBuffer } from '../state/row-buffer.ts';
import type { Resolution } from '../state/shard-state.ts';
import { roundSum } from '../value-unit.ts';

/*
 * A bucket of few samples says little that the samples do not say themselves. Its row in a chunk has no values then, and
 * is made again of the raw samples when it is read.
 */

/** A bucket with at most so many samples of a gauge is not stored: what is read instead is no more rows than these. */
export const DERIVED_SAMPLES = 12;

export type RollupResolution = Exclude<Resolution, 'raw'>;

export const STEP_MS: Readonly<Record<RollupResolution, number>> = { '5m': FIVE_MINUTES_MS, '1h': HOUR_MS };

/** Values of a rollup row in their order: count, sum, min, max, last. */
export type RollupValues = readonly [count: number, sum: number, min: number, max: number, last: number];

export interface BucketSums {
  /** Takes in the raw rows of one buffer, in the order of arrival of the buffers. */
  add(samples: RowBuffer): void;
  /** Whether samples of some bucket did not come each after the other: then all buffers must be taken in once more. */
  hasDisorder(): boolean;
  /** What the finite samples of a bucket add up to; undefined where there are none. */
  valuesOf(seriesIndex: number, startMs: number): RollupValues | undefined;
}

/** Buckets of one series, ascending. */
export type WantedBuckets = ReadonlyMap<number, Float64Array>;

/** Sums over the buckets that are wanted, in the order of time; of samples with one time the last that was written. */
export function createBucketSums(wanted: WantedBuckets, stepMs: number): BucketSums {
  const bySeries = new Map([...wanted].map(([index, startsMs]) => [index, createSums(startsMs)]));
  const disordered = new Map<number, Map<number, [timestampMs: number, value: number][]>>();
  let isSecondTime = false;

  function addSample(sums: Sums, seriesIndex: number, timestampMs: number, value: number): void {
    const startMs = Math.floor(timestampMs / stepMs) * stepMs;
    const place = placeOf(sums, startMs);
    if (place === undefined) return;
    if (isSecondTime) disordered.get(seriesIndex)?.get(place)?.push([timestampMs, value]);
    else if (timestampMs > sums.newestMs[place]!) addInOrder(sums, place, timestampMs, value);
    else disorderedOf(seriesIndex).set(place, []);
  }

  function disorderedOf(seriesIndex: number): Map<number, [number, number][]> {
    const places = disordered.get(seriesIndex) ?? new Map<number, [number, number][]>();
    disordered.set(seriesIndex, places);
    return places;
  }

  return {
    add({ rows, seriesIndexes, timestampsMs, columns: [values] }) {
      for (let row = 0; row < rows; row++) {
        const sums = bySeries.get(seriesIndexes[row]!);
        if (sums !== undefined) addSample(sums, seriesIndexes[row]!, timestampsMs[row]!, values![row]!);
      }
    },
    hasDisorder() {
      isSecondTime = true;
      return disordered.size > 0;
    },
    valuesOf(seriesIndex, startMs) {
      const sums = bySeries.get(seriesIndex);
      const place = sums && placeOf(sums, startMs);
      if (sums === undefined || place === undefined) return undefined;
      const samples = disordered.get(seriesIndex)?.get(place);
      return samples === undefined ? valuesAt(sums, place) : sumUp(samples);
    },
  };
}

/** One place for each bucket of a series. */
interface Sums {
  readonly startsMs: Float64Array;
  readonly newestMs: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly lasts: Float64Array;
  /** Where the bucket of the sample before was: that of the next one is mostly the same. */
  latest: number;
}

function createSums(startsMs: Float64Array): Sums {
  const column = (): Float64Array => new Float64Array(startsMs.length);
  return {
    startsMs,
    newestMs: column().fill(Number.NEGATIVE_INFINITY),
    counts: column(),
    sums: column(),
    mins: column(),
    maxs: column(),
    lasts: column(),
    latest: 0,
  };
}

function placeOf(sums: Sums, startMs: number): number | undefined {
  const { startsMs } = sums;
  if (startsMs[sums.latest] === startMs) return sums.latest;
  let low = 0;
  let high = startsMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (startsMs[middle]! < startMs) low = middle + 1;
    else high = middle;
  }
  if (startsMs[low] !== startMs) return undefined;
  sums.latest = low;
  return low;
}

/** As `addToBuckets` does it in the detect room: the two must give the same to the last bit. */
function addInOrder(sums: Sums, place: number, timestampMs: number, value: number): void {
  sums.newestMs[place] = timestampMs;
  if (!Number.isFinite(value)) return;
  const isFirst = sums.counts[place] === 0;
  sums.counts[place]!++;
  sums.sums[place] = isFirst ? value : sums.sums[place]! + value;
  if (isFirst || value < sums.mins[place]!) sums.mins[place] = value;
  if (isFirst || value > sums.maxs[place]!) sums.maxs[place] = value;
  sums.lasts[place] = value;
}

function valuesAt({ counts, sums, mins, maxs, lasts }: Sums, place: number): RollupValues | undefined {
  const count = counts[place]!;
  if (count === 0) return undefined;
  const sum = count === 1 ? sums[place]! : roundSum(sums[place]!);
  return [count, sum, mins[place]!, maxs[place]!, lasts[place]!];
}

function sumUp(samples: readonly (readonly [timestampMs: number, value: number])[]): RollupValues | undefined {
  const sums = createSums(new Float64Array(1));
  const ordered = samples.toSorted(([a], [b]) => a - b);
  for (const [i, [timestampMs, value]] of ordered.entries()) {
    if (timestampMs !== ordered[i + 1]?.[0]) addInOrder(sums, 0, timestampMs, value);
  }
  return valuesAt(sums, 0);
}
