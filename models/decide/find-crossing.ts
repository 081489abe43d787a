import { type LimitCourse, limitAt } from '../domain/limit.ts';
import type { RollupColumns } from '../domain/rollup.ts';

export interface Crossing {
  /** Start of the first bucket that reaches the value. */
  readonly atMs: number;
  /** That bucket's maximum for bound `max`, its minimum for `min`. */
  readonly value: number;
}

/**
 * First crossing: when stored data reached a limit, if they did.
 *
 * Used by the decide room to settle predictions.
 *
 * Definition: the first bucket starting at or after fromMs whose maximum is ≥ the limit as it is at its start (bound
 *             max), or whose minimum is ≤ that (bound min). A bucket that began before fromMs is left out: what it holds may be older.
 * Input:      rollups of one series, ascending; course of the limit.
 * Output:     start of the bucket and its extreme; undefined where nothing crosses.
 * Edge:       no rows → undefined.
 * Cost:       O(rows); the input is not changed.
 * Accuracy:   time to one bucket, value exact.
 * Throws:     never.
 */
export function findCrossing(rollups: RollupColumns, course: LimitCourse, fromMs: number): Crossing | undefined {
  const isMax = course.bound === 'max';
  for (let i = 0; i < rollups.startsMs.length; i++) {
    const atMs = rollups.startsMs[i]!;
    if (atMs < fromMs) continue;
    const extreme = isMax ? rollups.maxs[i]! : rollups.mins[i]!;
    const value = limitAt(course, atMs);
    if (isMax ? extreme >= value : extreme <= value) return { atMs, value: extreme };
  }
  return undefined;
}

/**
 * Nearest approach: the extreme value that came closest to a limit.
 *
 * Used by the decide room to say how close a prediction that did not come true was.
 *
 * Definition: the greatest bucket maximum (bound max) or least bucket minimum (bound min) from fromMs on.
 * Edge:       no rows from fromMs on → null.
 * Cost:       O(rows).
 * Throws:     never.
 */
export function nearestApproach(rollups: RollupColumns, bound: 'max' | 'min', fromMs: number): number | null {
  let nearest: number | null = null;
  for (let i = 0; i < rollups.startsMs.length; i++) {
    if (rollups.startsMs[i]! < fromMs) continue;
    const extreme = bound === 'max' ? rollups.maxs[i]! : rollups.mins[i]!;
    if (nearest === null || (bound === 'max' ? extreme > nearest : extreme < nearest)) nearest = extreme;
  }
  return nearest;
}

/**
 * Mean of a stretch: sum over count of all buckets that start in it.
 *
 * Used by the decide room to compare a series before and after a change.
 *
 * Definition: arithmetic mean over samples, not over buckets; half-open stretch.
 * Edge:       no bucket in the stretch → NaN.
 * Cost:       O(rows).
 * Throws:     never.
 */
export function meanBetween(rollups: RollupColumns, fromMs: number, toMs: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < rollups.startsMs.length; i++) {
    const startMs = rollups.startsMs[i]!;
    if (startMs < fromMs || startMs >= toMs) continue;
    sum += rollups.sums[i]!;
    count += rollups.counts[i]!;
  }
  return count === 0 ? Number.NaN : sum / count;
}
