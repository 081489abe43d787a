import type { Forecast, QuantilePath, TimeToLimit } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { CrossedRow, ResourceAtLimit, TrendRow } from './digest.ts';
import { freesOf } from './frees.ts';

const AHEAD_MS = 30 * DAY_MS;
const RECENT_DAYS = 14;
const WEEK_DAYS = 7;

export type TrendCandidate = Omit<TrendRow, 'recentDays'>;

/** Resources that stand beyond their limit already. */
export function crossedRows(forecast: Forecast, limits: ReadonlyMap<string, Limit>): CrossedRow[] {
  return forecast.timeToLimit.flatMap((time) => {
    const limit = limits.get(time.limitId);
    if (!time.alreadyCrossed || !limit) return [];
    return [{ ...atLimit(forecast, time, limit), action: limit.action, frees: freesOf(time, forecast.madeAtMs) }];
  });
}

/** How each limited series moves within 30 days; nothing for those that have crossed or move away from the limit. */
export function trendCandidates(
  forecast: Forecast,
  limits: ReadonlyMap<string, Limit>,
  nowMs: number,
): TrendCandidate[] {
  const ahead = forecast.daily && quantilesAt(forecast.daily, nowMs + AHEAD_MS);
  const moved = forecast.daily && moveAhead(forecast.daily, nowMs);
  if (!ahead || moved === null) return [];
  return forecast.timeToLimit.flatMap((time) => {
    const limit = limits.get(time.limitId);
    const headroomUsed = moved / (time.limitValue - time.currentValue);
    if (!limit || time.alreadyCrossed || !(headroomUsed > 0)) return [];
    return [{ ...atLimit(forecast, time, limit), ahead, headroomUsed, p50Ms: time.p50Ms }];
  });
}

/** Those that use up most of their headroom first. */
export function compareTrends(a: TrendCandidate, b: TrendCandidate): number {
  return b.headroomUsed - a.headroomUsed || (a.seriesId < b.seriesId ? -1 : 1);
}

/** Means of the last 14 times 24 hours up to now, each hour counted where its middle lies; NaN for one without data. */
export function recentDailyMeans(hours: RollupColumns, nowMs: number): number[] {
  const sums = new Float64Array(RECENT_DAYS);
  const counts = new Float64Array(RECENT_DAYS);
  for (const [row, startMs] of hours.startsMs.entries()) {
    const day = RECENT_DAYS - 1 - Math.floor((nowMs - startMs - HOUR_MS / 2) / DAY_MS);
    if (day < 0 || day >= RECENT_DAYS) continue;
    sums[day] = (sums[day] ?? 0) + (hours.sums[row] ?? 0);
    counts[day] = (counts[day] ?? 0) + (hours.counts[row] ?? 0);
  }
  return Array.from(sums, (sum, day) => sum / (counts[day] ?? 0));
}

function atLimit(forecast: Forecast, time: TimeToLimit, limit: Limit): ResourceAtLimit {
  return {
    seriesId: forecast.seriesId,
    labels: forecast.labels,
    title: limit.title,
    bound: time.bound,
    limitValue: time.limitValue,
    ...(time.limitChanges && { limitChanges: time.limitChanges }),
    unit: limit.unit,
    currentValue: time.currentValue,
  };
}

/**
 * How far the middle moves in 30 days: from one week to another one, so that a Saturday is not compared with a Monday.
 * Null where the path is too short.
 */
function moveAhead({ startMs, stepMs, p50 }: QuantilePath, nowMs: number): number | null {
  const first = Math.max(0, Math.floor((nowMs - startMs) / stepMs));
  const last = Math.floor((nowMs + AHEAD_MS - startMs) / stepMs) - WEEK_DAYS + 1;
  const weekFrom = (day: number): number =>
    p50.slice(day, day + WEEK_DAYS).reduce((sum, value) => sum + value, 0) / WEEK_DAYS;
  if (last <= first || last + WEEK_DAYS > p50.length) return null;
  return ((weekFrom(last) - weekFrom(first)) * AHEAD_MS) / ((last - first) * stepMs);
}

function quantilesAt(path: QuantilePath, atMs: number): TrendRow['ahead'] | null {
  const i = Math.floor((atMs - path.startMs) / path.stepMs);
  const [p10, p50, p90] = [path.p10[i], path.p50[i], path.p90[i]];
  return p10 === undefined || p50 === undefined || p90 === undefined ? null : { p10, p50, p90 };
}
