import { medianInPlace } from '../numeric/median-in-place.ts';
import { normalQuantile } from '../numeric/normal-quantile.ts';
import type { DayStrays } from './day-strays.ts';

/** Days by which the same dates are moved, to see whether they would do as well. */
const FARTHEST_SHIFT_DAYS = 15;
/** Other dates that have so much of the effect: then these dates are nothing special. */
const ELSEWHERE_SHARE = 0.7;

/** Days from..to − 1, and how much they count. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/**
 * Stray of a stretch of days: its mean, less the level of the days before and after it.
 *
 * Output:     NaN where one of the sides or the whole stretch is unknown.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * strayOf(dayStrays(Float64Array.of(1, 1, 1, 5, 1, 1, 1)), 3, 4) // => 4
 */
export function strayOf({ meanOf, before, after }: DayStrays, from: number, to: number): number {
  return meanOf(from, to) - (before[from]! + after[to - 1]!) / 2;
}

/**
 * Strays of all stretches of so many days without a marked one.
 *
 * Output:     in the order of time, the unknown ones left out.
 * Cost:       O(days).
 * Throws:     never.
 *
 * @example
 * [...unmarkedStrays(dayStrays(Float64Array.of(1, 1, 1, 5, 1, 1, 1)), new Uint8Array(7), 1)] // => [4]
 */
export function unmarkedStrays(strays: DayStrays, marks: Uint8Array, length: number): Float64Array {
  return unmarked(marks, length, (from, to) => strayOf(strays, from, to));
}

/** What is measured of each stretch of so many days without a marked one, where it is known. */
function unmarked(marks: Uint8Array, length: number, measure: (from: number, to: number) => number): Float64Array {
  const found = new Float64Array(marks.length);
  let count = 0;
  let days = 0;
  for (let to = 1; to <= marks.length; to++) {
    days = marks[to - 1] === 1 ? 0 : days + 1;
    if (days < length) continue;
    const measured = measure(to - length, to);
    if (!Number.isNaN(measured)) found[count++] = measured;
  }
  return found.subarray(0, count);
}

/**
 * Score of a stray: normal quantile of its rank among others.
 *
 * Output:     finite; 0 in their middle.
 * Cost:       O(others).
 * Throws:     never.
 *
 * @example
 * strayScore(2, Float64Array.of(1, 2, 3)) // => 0
 */
export function strayScore(stray: number, others: Float64Array): number {
  let below = 0.5;
  for (let i = 0; i < others.length; i++) {
    if (others[i]! < stray) below++;
    else if (others[i] === stray) below += 0.5;
  }
  return normalQuantile(below / (others.length + 1));
}

/**
 * Does the level differ across the stretches, and not only within them? So it does in a saw tooth of about a month.
 *
 * Definition: weighted mean of the level after less the level before, against the median of the same over all unmarked
 *             stretches as long as the newest; 0.7 of the size or more, in either direction.
 * Input:      strays; marks, 1 on days of the effect; stretches of it; its size.
 * Cost:       O(days + stretches).
 * Throws:     never.
 *
 * @example
 * isStep(dayStrays(Float64Array.of(1, 1, 1, 5, 1, 1, 1)), new Uint8Array(7), [{ from: 3, to: 4, weight: 1 }], 4) // => false
 */
export function isStep(
  { before, after }: DayStrays,
  marks: Uint8Array,
  stretches: readonly Stretch[],
  size: number,
): boolean {
  const { from, to } = stretches.at(-1)!;
  const usual = medianInPlace(unmarked(marks, to - from, (start, end) => after[end - 1]! - before[start]!));
  let sum = 0;
  let weights = 0;
  for (const one of stretches) {
    sum += one.weight * (after[one.to - 1]! - before[one.from]! - usual);
    weights += one.weight;
  }
  return Math.abs(sum) >= ELSEWHERE_SHARE * Math.abs(size) * weights;
}

/**
 * Do other dates show much of the same effect?
 *
 * Used to tell a month end from a pattern of its own period, such as one of ten days, that meets it now and then.
 *
 * Definition: the same stretches, moved by one to fifteen days to either side, without those that then meet a marked day,
 *             at least two of them; they stray by 0.7 of the size on average, in the same direction.
 * Input:      strays; marks, 1 on days of the effect; stretches of it; its size.
 * Cost:       O(stretches · 30).
 * Throws:     never.
 *
 * @example
 * isSeenElsewhere(dayStrays(new Float64Array(40)), new Uint8Array(40), [{ from: 20, to: 21, weight: 1 }], 5) // => false
 */
export function isSeenElsewhere(
  strays: DayStrays,
  marks: Uint8Array,
  stretches: readonly Stretch[],
  size: number,
): boolean {
  for (let days = -FARTHEST_SHIFT_DAYS; days <= FARTHEST_SHIFT_DAYS; days++) {
    let sum = 0;
    let weights = 0;
    let count = 0;
    for (const { from, to, weight } of stretches) {
      if (from + days < 0 || to + days > marks.length || marks.subarray(from + days, to + days).includes(1)) continue;
      const stray = strayOf(strays, from + days, to + days);
      if (Number.isNaN(stray)) continue;
      sum += weight * stray;
      weights += weight;
      count++;
    }
    if (count >= 2 && sum * Math.sign(size) >= ELSEWHERE_SHARE * Math.abs(size) * weights) return true;
  }
  return false;
}
