import type { TimeToLimit } from '../domain/forecast.ts';
import { isSameCourse, type Limit, type LimitChange, type LimitCourse, limitAt } from '../domain/limit.ts';
import type { Prediction } from '../domain/prediction.ts';

/**
 * A limit from some time on: its value then, and the changes that come after.
 *
 * Used to compare what a forecast or a claim knew of a limit with what the limit is now.
 *
 * Output:     a course without changes up to fromMs.
 * Throws:     never.
 *
 * @example
 * courseFrom({ bound: 'max', value: 1, changes: [{ fromMs: 5, value: 2 }] }, 5) // => { bound: 'max', value: 2, changes: [] }
 */
export function courseFrom(
  course: LimitCourse,
  fromMs: number,
): LimitCourse & { readonly changes: readonly LimitChange[] } {
  const { bound, changes = [] } = course;
  return { bound, value: limitAt(course, fromMs), changes: changes.filter((change) => change.fromMs > fromMs) };
}

/**
 * Limit as a forecast saw it: with the value that was told, where another series tells it.
 *
 * Input:      limit as it is now; what a forecast made at madeAtMs says of it.
 * Output:     undefined where the limit was changed since the forecast.
 * Throws:     never.
 */
export function limitOfForecast(limit: Limit, time: TimeToLimit, madeAtMs: number): Limit | undefined {
  if (limit.bound !== time.bound) return undefined;
  if (limit.metric !== undefined) {
    return limit.updatedAtMs > madeAtMs ? undefined : { ...limit, value: time.limitValue };
  }
  const seen = { bound: time.bound, value: time.limitValue, changes: time.limitChanges ?? [] };
  return isSameCourse(courseFrom(limit, madeAtMs), seen) ? limit : undefined;
}

/**
 * Does a claim still speak of the limit as it is?
 *
 * Input:      limit as it is now, with its value where another series tells it.
 * Throws:     never.
 */
export function isLimitOfClaim(
  limit: LimitCourse,
  { claim, madeAtMs }: Pick<Prediction, 'claim' | 'madeAtMs'>,
): boolean {
  return isSameCourse(courseFrom(limit, madeAtMs), courseFrom(claim, madeAtMs));
}
