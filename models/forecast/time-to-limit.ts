import { LIMIT_HORIZON_DAYS, type LimitAddition, type TimeToLimit } from '../domain/forecast.ts';
import { type Limit, type LimitCourse, limitAt } from '../domain/limit.ts';
import { DAY_MS } from '../domain/rollup.ts';
import { createRandom } from '../numeric/random.ts';
import { type FutureOutcome, futureSimulator, type ToldHours } from './future-path.ts';
import type { ForecastOutcome, FutureSource } from './outcome.ts';

export interface TimeToLimitInput {
  readonly outcome: ForecastOutcome;
  /** Where another series tells it: with the value that was told, see resolveLimit. */
  readonly limit: Limit;
  readonly nowMs: number;
  /** Newest value of the series. */
  readonly currentValue: number;
  readonly seed: number;
  /** Hours that come as they are told, whatever is forecast. */
  readonly told?: ToldHours;
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
 *             horizon. An addition is the 90th percentile of how far the futures come beyond the limit in so many days.
 * Input:      see TimeToLimitInput; the same seed gives the same answer.
 * Output:     p10Ms ≤ p50Ms ≤ p90Ms, none before nowMs; neverWithinHorizon when fewer than one future in fifty crosses.
 * Edge:       already crossed → all dates nowMs and probability 1, also when the forecast abstains. Abstained and not
 *             crossed → no date, probability 0 and neverWithinHorizon false: nothing is claimed either way, and nothing
 *             is said of additions.
 * Cost:       400 × (48 + 398) steps, about 5 ms.
 * Throws:     RangeError when seed or nowMs is not finite.
 */
export function timeToLimit(input: TimeToLimitInput): TimeToLimit {
  const { outcome, limit, nowMs, currentValue } = input;
  if (!Number.isFinite(nowMs)) throw new RangeError(`time to limit: nowMs must be finite, got ${nowMs}`);
  const limitValue = limitAt(limit, nowMs);
  const later = (limit.changes ?? []).filter(({ fromMs }) => fromMs > nowMs);
  const base = {
    limitId: limit.limitId,
    bound: limit.bound,
    limitValue,
    ...(later.length > 0 && { limitChanges: later }),
    currentValue,
  };
  // Hours before now that the forecast still tells are judged by the limit of now: one that was lifted since is not crossed.
  const course = { bound: limit.bound, value: limitValue, changes: later };
  const futures = outcome.kind === 'abstain' ? [] : simulate(outcome.source, course, input);
  const additions = futures.length === 0 ? {} : { additions: additionsOf(futures) };
  if (limit.bound === 'max' ? currentValue >= limitValue : currentValue <= limitValue) {
    return { ...base, ...summarise([nowMs], 1, input), ...additions, alreadyCrossed: true };
  }
  if (outcome.kind === 'abstain') {
    return { ...base, ...summarise([], 1, input), alreadyCrossed: false, neverWithinHorizon: false };
  }
  const crossings = futures
    .flatMap(({ crossedMs }) => (crossedMs === null ? [] : [Math.max(nowMs, crossedMs)]))
    .sort((left, right) => left - right);
  return { ...base, ...summarise(crossings, PATHS, input), ...additions, alreadyCrossed: false };
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

function simulate(source: FutureSource, course: LimitCourse, input: TimeToLimitInput): readonly FutureOutcome[] {
  const random = createRandom(input.seed);
  const draw = futureSimulator(source, course, { paths: PATHS, excessDays: ADDITION_DAYS, told: input.told });
  return Array.from({ length: PATHS }, (_, path) => draw(path, random));
}

function additionsOf(futures: readonly FutureOutcome[]): readonly LimitAddition[] {
  return ADDITION_DAYS.map((days, k) => {
    const ascending = Float64Array.from(futures, ({ excess }) => excess[k]!).sort();
    return { days, amount: Math.max(0, ascending[Math.ceil(SAFE_SHARE * PATHS) - 1]!) };
  });
}

type Summary = Omit<TimeToLimit, 'limitId' | 'bound' | 'limitValue' | 'currentValue' | 'alreadyCrossed'>;

/** Dates and shares from the ascending crossings of so many paths. */
function summarise(crossings: readonly number[], paths: number, { limit, nowMs }: TimeToLimitInput): Summary {
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
