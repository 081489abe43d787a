import { medianInPlace } from '../numeric/median-in-place.ts';

const WEEK_DAYS = 7;
/** Weeks to each side in which a weekday is compared with its week. */
const NEAR_WEEKS = 4;
/** Days to each side of a stretch that tell its level, and how many of them must be known. */
const SIDE_DAYS = 7;
const NEEDED_SIDE_DAYS = 3;

/** Days without their weekday, and the level before and after each of them. */
export interface DayStrays {
  /** What the weekday usually adds to each day. */
  readonly weekly: Float64Array;
  /** The days without that. */
  readonly rest: Float64Array;
  /** Median of `rest` over the seven days before each day, and over those after it; NaN where fewer than three are known. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** Mean of `rest` over the days from..to − 1, NaN where none is known. */
  meanOf(from: number, to: number): number;
}

/**
 * Strays of days: what is left to compare a stretch of days with the days around it.
 *
 * Definition: weekly = median of day − mean of the seven days around it, over the same weekday of the four weeks before
 *             and after; zero where fewer than two of them are known. Medians, so that a stretch of up to three days
 *             that differs does not change what it is compared with.
 * Input:      days, oldest first, NaN = missing.
 * Output:     see DayStrays.
 * Cost:       O(days); the input is not changed.
 * Throws:     never.
 *
 * @example
 * [...dayStrays(Float64Array.of(1, 2, 3, 4)).before] // => [NaN, NaN, NaN, 2]
 */
export function dayStrays(days: Float64Array): DayStrays {
  const weekly = weeklyPart(days);
  const rest = days.map((day, i) => day - weekly[i]!);
  const found = new Float64Array(SIDE_DAYS);
  const side = (from: number): number => {
    let count = 0;
    for (let i = Math.max(0, from); i < Math.min(rest.length, from + SIDE_DAYS); i++) {
      if (!Number.isNaN(rest[i]!)) found[count++] = rest[i]!;
    }
    return count < NEEDED_SIDE_DAYS ? Number.NaN : medianInPlace(found.subarray(0, count));
  };
  const { sums, counts } = runningSums(rest);
  return {
    weekly,
    rest,
    meanOf: (from, to) => (sums[to]! - sums[from]!) / (counts[to]! - counts[from]!),
    before: rest.map((_, i) => side(i - SIDE_DAYS)),
    after: rest.map((_, i) => side(i + 1)),
  };
}

/** Sum and number of the known values before each index: a mean over any stretch is then one division. */
function runningSums(values: Float64Array): { sums: Float64Array; counts: Uint16Array } {
  const sums = new Float64Array(values.length + 1);
  const counts = new Uint16Array(values.length + 1);
  values.forEach((value, i) => {
    const isKnown = !Number.isNaN(value);
    sums[i + 1] = sums[i]! + (isKnown ? value : 0);
    counts[i + 1] = counts[i]! + (isKnown ? 1 : 0);
  });
  return { sums, counts };
}

function weeklyPart(days: Float64Array): Float64Array {
  const half = (WEEK_DAYS - 1) / 2;
  const around = days.map((day, i) => {
    if (i < half || i >= days.length - half) return Number.NaN;
    let mean = 0;
    for (let near = i - half; near <= i + half; near++) mean += days[near]! / WEEK_DAYS;
    return day - mean;
  });
  const found = new Float64Array(2 * NEAR_WEEKS + 1);
  return days.map((_, i) => {
    let count = 0;
    for (let week = -NEAR_WEEKS; week <= NEAR_WEEKS; week++) {
      const value = around[i + WEEK_DAYS * week] ?? Number.NaN;
      if (!Number.isNaN(value)) found[count++] = value;
    }
    return count < 2 ? 0 : medianInPlace(found.subarray(0, count));
  });
}
