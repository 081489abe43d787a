/** One label condition of a selector; all conditions of a selector must hold. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
}

/** What a limit will be, or has been, from some date on. */
export interface LimitChange {
  readonly fromMs: number;
  readonly value: number;
}

/** A limit over time: the value, until the first change; then that of the newest change. */
export interface LimitCourse {
  /** `max`: crossed when the value rises to it; `min`: crossed when the value falls to it. */
  readonly bound: 'max' | 'min';
  readonly value: number;
  /** Ascending; absent where the limit stays as it is. */
  readonly changes?: readonly LimitChange[];
}

/** A limit that resources must stay within, and how long before it people need to know. */
export interface Limit extends LimitCourse {
  readonly limitId: string;
  /** What it applies to, for people: "data disks". */
  readonly title: string;
  readonly selector: readonly Matcher[];
  /**
   * Where the limit is another series: its metric's name, its labels being those of the series that is limited. The
   * limit is `value` times its newest value; there are no changes.
   */
  readonly metric?: string;
  /** Unit of the value, for people: `bytes`, `%`, `ratio`. */
  readonly unit: string;
  /** Time to act: how long before the crossing people must be told. */
  readonly leadTimeMs: number;
  /** Warn when the probability of crossing within the lead time (see Prediction) reaches this, 0 to 1. */
  readonly probability: number;
  /** What to do about it, shown in the report. */
  readonly action: string;
  readonly updatedAtMs: number;
}

/** The value of a limit at a time. */
export function limitAt({ value, changes = [] }: LimitCourse, atMs: number): number {
  return changes.findLast(({ fromMs }) => fromMs <= atMs)?.value ?? value;
}

/** Do two limits say the same at all times? */
export function isSameCourse(one: LimitCourse, other: LimitCourse): boolean {
  const words = ({ bound, value, changes = [] }: LimitCourse): string =>
    [bound, value, ...changes.flatMap((change) => [change.fromMs, change.value])].join(' ');
  return words(one) === words(other);
}

/** A limit of a series whose value, where it is told by another series, is known. */
export function resolveLimit(limit: Limit, newestValue: number): Limit {
  return { ...limit, value: limit.value * newestValue };
}
