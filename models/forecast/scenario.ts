import { type LimitChange, type LimitCourse, limitAt } from '../domain/limit.ts';

/** What if: changes to load and capacity that nobody has made yet. */
export interface Scenario {
  /** The load is this much more than forecast, in percent: above −100. */
  readonly growthPct: number;
  /** Capacity that is added, in the unit of the limit, and the share of today's that is taken away, in percent. */
  readonly addCapacity: number;
  readonly removeCapacityPct: number;
  /** From when all of that holds. */
  readonly fromMs: number;
}

/**
 * Can a limit be asked about a scenario? More load and less capacity mean nothing where the limit is a `min`: of what is
 * left nobody can tell what it is the rest of.
 *
 * Throws:     never.
 *
 * @example
 * allowsScenario({ bound: 'min', value: 1 }, { growthPct: 5, addCapacity: 0, removeCapacityPct: 0, fromMs: 0 }) // => false
 */
export function allowsScenario({ bound }: LimitCourse, { growthPct, removeCapacityPct }: Scenario): boolean {
  return bound === 'max' || (growthPct === 0 && removeCapacityPct === 0);
}

/**
 * Limit under a scenario: what the forecast as it is must be compared with.
 *
 * Used by simulations. A load that is a fifth more reaches a limit where the load as forecast reaches the limit over 1.2:
 * so one limit stands for all parts of a scenario, and nothing is fitted anew.
 *
 * Definition: from fromMs on, (limit · (1 − removed) + added) / (1 + growth); added capacity lowers a `min`.
 * Input:      course of the limit; scenario. See allowsScenario.
 * Output:     a course with a change at fromMs, later changes of the limit included.
 * Cost:       O(changes).
 * Throws:     RangeError for growth or removal with a `min`, growth of −100 % or less, or removal outside 0 to 100.
 *
 * @example
 * scenarioCourse({ bound: 'max', value: 120 }, { growthPct: 20, addCapacity: 0, removeCapacityPct: 0, fromMs: 5 }).changes // => [{ fromMs: 5, value: 100 }]
 */
export function scenarioCourse(
  course: LimitCourse,
  scenario: Scenario,
): LimitCourse & { readonly changes: readonly LimitChange[] } {
  const { growthPct, addCapacity, removeCapacityPct, fromMs } = scenario;
  if (!allowsScenario(course, scenario)) {
    throw new RangeError('scenario: growth and removed capacity are for limits with max');
  }
  if (!(growthPct > -100)) throw new RangeError(`scenario: growth must be above -100 %, got ${growthPct}`);
  if (!(removeCapacityPct >= 0 && removeCapacityPct <= 100)) {
    throw new RangeError(`scenario: removed capacity must be 0 to 100 %, got ${removeCapacityPct}`);
  }
  const added = course.bound === 'max' ? addCapacity : -addCapacity;
  const under = (value: number): number => (value * (1 - removeCapacityPct / 100) + added) / (1 + growthPct / 100);
  const { changes = [], ...rest } = course;
  const before = changes.filter((change) => change.fromMs < fromMs);
  const after = changes.filter((change) => change.fromMs > fromMs);
  return {
    ...rest,
    changes: [
      ...before,
      { fromMs, value: under(limitAt(course, fromMs)) },
      ...after.map((change) => ({ fromMs: change.fromMs, value: under(change.value) })),
    ],
  };
}
