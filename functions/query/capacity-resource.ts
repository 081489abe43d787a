import type { BoardRow, CapacityRow } from '../../data/forecasts/capacity-board.ts';
import { limitOfForecast } from '../../models/decide/limit-course.ts';
import type { TimeToLimit } from '../../models/domain/forecast.ts';
import { type Limit, limitAt } from '../../models/domain/limit.ts';
import { probabilityBefore } from '../../models/forecast/time-to-limit.ts';
import { type ForecastFacts, roundedProbability } from './forecast-wire.ts';
import { whyUntold } from './untold-limit.ts';

/** One resource: a series and one of its limits, and what is known of when it is crossed. */
export interface Resource {
  readonly row: Omit<CapacityRow, 'time' | 'abstain'>;
  readonly limit: Limit;
  readonly time: TimeToLimit;
  /** Why nothing is told of the future; null where something is. */
  readonly abstain: ForecastFacts['abstain'];
  /** False where another series tells the limit's value, and it is not known what that is now. */
  readonly isLimitKnown: boolean;
}

const LIMIT_CHANGED = {
  reason: 'limit_changed',
  detail: 'The limit was changed after the newest forecast; its dates come with the next one, within an hour.',
} as const;

export function limitIdOf(row: BoardRow): string {
  return 'untold' in row ? row.untold.limitId : row.time.limitId;
}

/** What the newest forecast says of a resource, under the limit as it is now. */
export function resourceOf(row: BoardRow, limit: Limit, nowMs: number): Resource {
  if ('untold' in row) {
    const abstain = limit.metric === row.untold.metric ? whyUntold(row.untold, row.labels) : LIMIT_CHANGED;
    return unanswered({ row, limit, abstain, currentValue: row.untold.currentValue }, nowMs);
  }
  const { time, abstain, madeAtMs } = row;
  if (limitOfForecast(limit, time, madeAtMs) === undefined) {
    return unanswered({ row, limit, abstain: LIMIT_CHANGED, currentValue: time.currentValue }, nowMs);
  }
  if (limit.updatedAtMs <= madeAtMs) return { row, limit, time, abstain, isLimitKnown: true };
  return { row, limit, time: withLeadTime(time, limit, madeAtMs), abstain, isLimitKnown: true };
}

/** Dates are the same for every lead time; what follows from both is told anew. */
function withLeadTime(time: TimeToLimit, { leadTimeMs }: Limit, madeAtMs: number): TimeToLimit {
  return {
    ...time,
    slackMs: time.p10Ms === null ? null : time.p10Ms - leadTimeMs - madeAtMs,
    probabilityWithinLeadTime: roundedProbability(probabilityBefore(time, madeAtMs, madeAtMs + leadTimeMs)),
  };
}

/** Of this limit the forecast says nothing; whether it is crossed already can be seen. */
function unanswered(
  { row, limit, abstain, currentValue }: Pick<Resource, 'row' | 'limit' | 'abstain'> & { currentValue: number },
  nowMs: number,
): Resource {
  const isLimitKnown = limit.metric === undefined;
  const limitValue = limitAt(limit, nowMs);
  const alreadyCrossed =
    isLimitKnown && (limit.bound === 'max' ? currentValue >= limitValue : currentValue <= limitValue);
  const share = alreadyCrossed ? 1 : 0;
  const time: TimeToLimit = {
    limitId: limit.limitId,
    bound: limit.bound,
    limitValue,
    currentValue,
    p10Ms: null,
    p50Ms: null,
    p90Ms: null,
    probabilityWithinLeadTime: share,
    probabilityWithinHorizon: share,
    alreadyCrossed,
    neverWithinHorizon: false,
    slackMs: alreadyCrossed ? -limit.leadTimeMs : null,
  };
  return { row, limit, time, abstain, isLimitKnown };
}

/**
 * Those beyond their limit first, then by slack; then those without a date, likelier ones first; then those of which
 * nothing is known, and last those that never cross.
 */
export function compareResources(a: Resource, b: Resource): number {
  return (
    rankOf(a) - rankOf(b) ||
    (a.time.slackMs ?? 0) - (b.time.slackMs ?? 0) ||
    b.time.probabilityWithinHorizon - a.time.probabilityWithinHorizon ||
    (idOf(a) < idOf(b) ? -1 : 1)
  );
}

/** Names a resource within a list. */
export function idOf({ row, limit }: Resource): string {
  return `${row.seriesId} ${limit.limitId}`;
}

function rankOf({ time, abstain }: Resource): number {
  if (time.alreadyCrossed) return 0;
  if (time.slackMs !== null) return 1;
  if (abstain !== null) return 3;
  return time.neverWithinHorizon ? 4 : 2;
}
