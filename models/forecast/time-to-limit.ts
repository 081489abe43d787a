import { LIMIT_HORIZON_DAYS, type LimitAddition, type TimeToLimit } from '../domain/forecast.ts';
import { type Limit, type LimitCourse, limitAt } from '../domain/limit.ts';
import { DAY_MS } from '../domain/rollup.ts';
import { createRandom } from '../numeric/random.ts';
import { type FutureOutcome, futureDrawer, limitComparer, type ToldHours } from './future-path.ts';
import type { ForecastOutcome, FutureSource } from './outcome.ts';

export interface TimesToLimitInput {
  readonly outcome: ForecastOutcome;
  /** Where another series tells one: with the value that was told, see resolveLimit. */
  readonly limits: readonly Limit[];
  readonly nowMs: number;
  /** Newest value of the series. */
  readonly currentValue: number;
  readonly seed: number;
  /** Hours that come as they are told, whatever is forecast. */
  readonly told?: ToldHours;
}

export interface TimeToLimitInput extends Omit<TimesToLimitInput, 'limits'> {
  readonly limit: Limit;
}

/** Simulated futures: enough to tell a probability to two or three hundredths. */
const PATHS = 400;
/** Fewer crossings than this are the tail of the simulation, and no warning. */
const NEGLIGIBLE_SHARE = 0.02;
/** Shares of the futures whose dates are kept, so that the probability of any window can be told; the first is one path. */
const DATE_SHARES = [1 / PATHS, 0.01, 0.025, ...Array.from({ length: 20 }, (_, k) => (k + 1) / 20)];
/** For so many days it is told what must be added to be safe; for the days between see additionFor. */
export const ADDITION_DAYS = [7, 14, 30, 60, 90, 120, 180, 270, 365, 400] as const;
/** Safe: this share of the futures stays within the limit. */
const SAFE_SHARE = 0.9;

/**
 * Time to a limit: when a series will cross it, as a distribution over simulated futures.
 *
 * Definition: 400 futures of 400 days (see futureSimulator), each compared with the limit as it is at that time. A date
 *             is the quantile of the first crossings; null where that share of the futures does not cross within the
 *             horizon. An addition is the 90th percentile of how far the futures come beyond the limit in so many days,
 *             negative where so much would be left.
 * Input:      see TimeToLimitInput; the same seed gives the same answer.
 * Output:     p10Ms ≤ p50Ms ≤ p90Ms, none before nowMs; neverWithinHorizon when fewer than one future in fifty crosses.
 * Edge:       already crossed → all dates nowMs and probability 1, also when the forecast abstains. Abstained and not
 *             crossed → no date, probability 0 and neverWithinHorizon false: nothing is claimed either way, and nothing
 *             is said of additions.
 * Cost:       400 × (48 + 398) steps, some 5 ms.
 * Throws:     RangeError when seed or nowMs is not finite.
 */
export function timeToLimit({ limit, ...input }: TimeToLimitInput): TimeToLimit {
  return timesToLimit({ ...input, limits: [limit] })[0]!;
}

/**
 * Times to several limits of one series: the same as timeToLimit says of each, from futures that are drawn once.
 *
 * Input:      see TimesToLimitInput.
 * Output:     one for each limit, in their order.
 * Cost:       that of one limit for each bound, and a sixth of it for each limit.
 * Throws:     RangeError when seed or nowMs is not finite.
 *
 * @example
 * timesToLimit({ outcome: { kind: 'abstain' }, limits: [], nowMs: 0, currentValue: 1, seed: 1 }).length // => 0
 */
export function timesToLimit(input: TimesToLimitInput): readonly TimeToLimit[] {
  const { outcome, limits, nowMs } = input;
  if (!Number.isFinite(nowMs)) throw new RangeError(`time to limit: nowMs must be finite, got ${nowMs}`);
  const courses = limits.map((limit) => courseFrom(limit, nowMs));
  const futures = outcome.kind === 'abstain' ? courses.map(() => []) : simulate(outcome.source, courses, input);
  return limits.map((limit, k) => timeOf(limit, courses[k]!, futures[k]!, input));
}

type CourseFromNow = Required<LimitCourse>;

/** Hours before now that the forecast still tells are judged by the limit of now: one that was lifted since is not crossed. */
function courseFrom(limit: Limit, nowMs: number): CourseFromNow {
  const later = (limit.changes ?? []).filter(({ fromMs }) => fromMs > nowMs);
  return { bound: limit.bound, value: limitAt(limit, nowMs), changes: later };
}

function timeOf(
  limit: Limit,
  { bound, value: limitValue, changes }: CourseFromNow,
  futures: readonly FutureOutcome[],
  { outcome, nowMs, currentValue }: TimesToLimitInput,
): TimeToLimit {
  const base = {
    limitId: limit.limitId,
    bound,
    limitValue,
    ...(changes.length > 0 && { limitChanges: changes }),
    currentValue,
  };
  const given = { limit, nowMs };
  const additions = futures.length === 0 ? {} : { additions: additionsOf(futures) };
  if (bound === 'max' ? currentValue >= limitValue : currentValue <= limitValue) {
    return { ...base, ...summarise([nowMs], 1, given), ...additions, alreadyCrossed: true };
  }
  if (outcome.kind === 'abstain') {
    return { ...base, ...summarise([], 1, given), alreadyCrossed: false, neverWithinHorizon: false };
  }
  const crossings = futures
    .flatMap(({ crossedMs }) => (crossedMs === null ? [] : [Math.max(nowMs, crossedMs)]))
    .sort((left, right) => left - right);
  return { ...base, ...summarise(crossings, PATHS, given), ...additions, alreadyCrossed: false };
}

/**
 * Probability of a crossing before some time, by what is kept of the crossings.
 *
 * Definition: straight lines between the kept dates, from nothing at the time of the forecast; after the last of them,
 *             to the probability within the horizon at its end.
 * Input:      time to a limit; madeAtMs of its forecast; atMs.
 * Output:     0 to 1; 1 where it has crossed already, 0 before the forecast was made.
 * Cost:       O(dates).
 * Throws:     never.
 *
 * @example
 * probabilityBefore({ alreadyCrossed: true }, 0, 1) // => 1
 */
export function probabilityBefore(
  time: Pick<TimeToLimit, 'alreadyCrossed' | 'datesMs' | 'probabilityWithinHorizon'>,
  madeAtMs: number,
  atMs: number,
): number {
  if (time.alreadyCrossed) return 1;
  if (atMs <= madeAtMs) return 0;
  let before = { ms: madeAtMs, share: 0 };
  const dates = (time.datesMs ?? []).map((ms, k) => ({ ms, share: DATE_SHARES[k]! }));
  const end = { ms: madeAtMs + LIMIT_HORIZON_DAYS * DAY_MS, share: time.probabilityWithinHorizon };
  for (const after of [...dates, end]) {
    if (atMs < after.ms)
      return before.share + ((after.share - before.share) * (atMs - before.ms)) / (after.ms - before.ms);
    before = after;
  }
  return time.probabilityWithinHorizon;
}

/** The futures under each of the limits. */
function simulate(
  source: FutureSource,
  courses: readonly LimitCourse[],
  { seed, told }: TimesToLimitInput,
): readonly (readonly FutureOutcome[])[] {
  const found: FutureOutcome[][] = courses.map(() => []);
  for (const bound of ['max', 'min'] as const) {
    const own = courses.flatMap((course, k) =>
      course.bound === bound ? [{ into: found[k]!, compare: limitComparer(source, course, ADDITION_DAYS) }] : [],
    );
    if (own.length === 0) continue;
    const random = createRandom(seed);
    const draw = futureDrawer(source, bound, { paths: PATHS, told });
    for (let path = 0; path < PATHS; path++) {
      const future = draw(path, random);
      for (const { into, compare } of own) into.push(compare(future));
    }
  }
  return found;
}

function additionsOf(futures: readonly FutureOutcome[]): readonly LimitAddition[] {
  const ascending = new Float64Array(futures.length);
  return ADDITION_DAYS.map((days, k) => {
    for (let path = 0; path < futures.length; path++) ascending[path] = futures[path]!.excess[k]!;
    ascending.sort();
    return { days, amount: ascending[Math.ceil(SAFE_SHARE * PATHS) - 1]! };
  });
}

type Summary = Omit<TimeToLimit, 'limitId' | 'bound' | 'limitValue' | 'currentValue' | 'alreadyCrossed'>;

/** Dates and shares from the ascending crossings of so many paths. */
function summarise(
  crossings: readonly number[],
  paths: number,
  { limit, nowMs }: Pick<TimeToLimitInput, 'limit' | 'nowMs'>,
): Summary {
  const dateMs = (share: number): number | null => crossings[Math.ceil(share * paths) - 1] ?? null;
  const deadlineMs = nowMs + limit.leadTimeMs;
  const p10Ms = dateMs(0.1);
  return {
    p10Ms,
    p50Ms: dateMs(0.5),
    p90Ms: dateMs(0.9),
    probabilityWithinLeadTime: crossings.filter((crossedMs) => crossedMs <= deadlineMs).length / paths,
    probabilityWithinHorizon: crossings.length / paths,
    neverWithinHorizon: crossings.length / paths < NEGLIGIBLE_SHARE,
    slackMs: p10Ms === null ? null : p10Ms - deadlineMs,
    datesMs: DATE_SHARES.flatMap((share) => dateMs(share) ?? []),
  };
}
