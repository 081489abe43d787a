import type { TimeToLimit } from '../domain/forecast.ts';
import type { Limit } from '../domain/limit.ts';
import { createRandom } from '../numeric/random.ts';
import { crossingSimulator } from './future-path.ts';
import type { ForecastOutcome, FutureSource } from './outcome.ts';

export interface TimeToLimitInput {
  readonly outcome: ForecastOutcome;
  readonly limit: Limit;
  readonly nowMs: number;
  /** Newest value of the series. */
  readonly currentValue: number;
  readonly seed: number;
}

/** Simulated futures: enough to tell a probability to two or three hundredths. */
const PATHS = 400;
/** Fewer crossings than this are the tail of the simulation, and no warning. */
const NEGLIGIBLE_SHARE = 0.02;

/**
 * Time to a limit: when a series will cross it, as a distribution over simulated futures.
 *
 * Definition: 400 futures around the published path, hourly for two days and then daily with the usual rise or fall
 *             within a day, up to 90 days. Their errors have the published p10 and p90, keep a part for the whole
 *             future (a wrong slope) and let the rest fade from step to step, as held-out errors did. A date is the
 *             quantile of the first crossings; null where that share of the futures does not cross within the horizon.
 * Input:      see TimeToLimitInput; the same seed gives the same answer.
 * Output:     p10Ms ≤ p50Ms ≤ p90Ms, none before nowMs; neverWithinHorizon when fewer than one future in fifty crosses.
 * Edge:       already crossed → all dates nowMs and probability 1, also when the forecast abstains. Abstained and not
 *             crossed → no date, probability 0 and neverWithinHorizon false: nothing is claimed either way.
 * Cost:       400 × (48 + 88) steps, about 4 ms.
 * Throws:     RangeError when seed or nowMs is not finite.
 */
export function timeToLimit(input: TimeToLimitInput): TimeToLimit {
  const { outcome, limit, nowMs, currentValue } = input;
  if (!Number.isFinite(nowMs)) throw new RangeError(`time to limit: nowMs must be finite, got ${nowMs}`);
  const base = { limitId: limit.limitId, bound: limit.bound, limitValue: limit.value, currentValue };
  if (limit.bound === 'max' ? currentValue >= limit.value : currentValue <= limit.value) {
    return { ...base, ...summarise([nowMs], 1, input), alreadyCrossed: true };
  }
  if (outcome.kind === 'abstain') {
    return { ...base, ...summarise([], 1, input), alreadyCrossed: false, neverWithinHorizon: false };
  }
  const crossings = simulateCrossings(outcome.source, input);
  return { ...base, ...summarise(crossings, PATHS, input), alreadyCrossed: false };
}

function simulateCrossings(source: FutureSource, input: TimeToLimitInput): number[] {
  const random = createRandom(input.seed);
  const drawCrossing = crossingSimulator(source, input.limit);
  const crossings: number[] = [];
  for (let path = 0; path < PATHS; path++) {
    const crossedMs = drawCrossing(random);
    if (crossedMs !== null) crossings.push(Math.max(input.nowMs, crossedMs));
  }
  return crossings.sort((left, right) => left - right);
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
  };
}
