import { seriesIdOf } from '../../data/segments/series-id.ts';
import { calendarDays } from '../../models/calendar/calendar-days.ts';
import { excludedTimes, withoutTimes } from '../../models/calendar/excluded-times.ts';
import { capacityLabels, newestTold, TOLD_MS } from '../../models/decide/capacity-labels.ts';
import { matchLimits } from '../../models/decide/match-limit.ts';
import type { Calendar } from '../../models/domain/calendar.ts';
import type { Forecast, TimeToLimit } from '../../models/domain/forecast.ts';
import { type Limit, limitAt, resolveLimit } from '../../models/domain/limit.ts';
import { HOUR_MS, type RollupColumns } from '../../models/domain/rollup.ts';
import type { Series } from '../../models/domain/series.ts';
import { forecastSeries } from '../../models/forecast/forecast-series.ts';
import type { ToldHours } from '../../models/forecast/future-path.ts';
import { HISTORY_MS, type HourlySeries, hourlySeries } from '../../models/forecast/hourly-series.ts';
import type { NeuralCandidates } from '../../models/forecast/neural-use.ts';
import { OLDEST_MS, olderDays, olderDaysEnd, withOlderDays } from '../../models/forecast/older-days.ts';
import { allowsScenario, type Scenario, scenarioCourse } from '../../models/forecast/scenario.ts';
import { timeToLimit } from '../../models/forecast/time-to-limit.ts';
import { whyUntold } from './untold-limit.ts';

export interface SimulateDeps {
  /** Hourly rollups of one series in [fromMs, toMs); none where nobody knows it. */
  readonly readHours: (workspace: string, seriesId: string, fromMs: number, toMs: number) => Promise<RollupColumns>;
  readonly listLimits: (workspace: string) => Promise<readonly Limit[]>;
  readonly listCalendars: (workspace: string) => Promise<readonly Calendar[]>;
  /** What the workspace's neural model offers, so that the dates before are those of the forecast. */
  readonly readNeural: (workspace: string) => Promise<NeuralCandidates>;
  readonly timeZone: string;
}

/** A stretch of the past that comes again, times a factor. */
export interface Replay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly scale: number;
}

export interface SimulateAsk {
  readonly workspace: string;
  readonly series: Series;
  /** Every limit of the series where it is not given. */
  readonly limitId: string | undefined;
  readonly scenario: Scenario;
  readonly replay: Replay | null;
  readonly nowMs: number;
}

/** A limit of the series as it is, and as it would be. */
export interface SimulatedLimit {
  readonly limit: Limit;
  readonly before: TimeToLimit;
  readonly after: TimeToLimit;
}

export interface Simulation {
  readonly watermarkMs: number;
  readonly abstain: Forecast['abstain'];
  /** Hours of the replay that hold a value; null without a replay. */
  readonly replayedHours: number | null;
  readonly limits: readonly SimulatedLimit[];
  /** Those that were asked and cannot be answered. */
  readonly leftOut: readonly LeftOutLimit[];
}

export interface LeftOutLimit {
  readonly limit: Limit;
  readonly detail: string;
}

const NEEDS_MAX =
  'growth_pct and remove_capacity_pct are for limits with max, this one has min; ask with add_capacity or replay';

/**
 * Answers a what-if for one series: when each of its limits would be crossed, beside when it is. Stores nothing.
 *
 * Undefined where the series has no complete hour in the last ten weeks.
 */
export function createSimulate(deps: SimulateDeps) {
  return async (ask: SimulateAsk): Promise<Simulation | undefined> => {
    const { workspace, series, scenario, replay, nowMs } = ask;
    const hours = await readPast(deps, workspace, series, nowMs);
    if (hours === undefined) return undefined;
    const told = replay && (await readReplay(deps, { workspace, series, replay, startMs: scenario.fromMs }));
    const { startMs, values, olderDays: older, olderEndMs, calendars } = hours;
    const outcome = forecastSeries({
      startMs,
      stepMs: HOUR_MS,
      values,
      ...(older && { olderDays: older }),
      ...(olderEndMs !== undefined && { olderEndMs }),
      ...(calendars && { calendars }),
      nowMs,
      timeZone: deps.timeZone,
      neural: await deps.readNeural(workspace),
    });
    const { limits, leftOut } = await askedLimits(deps, ask);
    const seed = Number.parseInt(series.seriesId.slice(0, 8), 16);
    const given = { outcome, nowMs, currentValue: hours.lastValue, seed };
    return {
      watermarkMs: hours.watermarkMs,
      abstain: outcome.kind === 'abstain' ? { reason: outcome.reason, detail: outcome.detail } : null,
      replayedHours: told === null ? null : told.values.filter(Number.isFinite).length,
      limits: limits.map((limit) => {
        const under: Limit = { ...limit, ...scenarioCourse(limit, scenario) };
        const after = timeToLimit({ ...given, limit: under, ...(told && { told }) });
        return { limit, before: timeToLimit({ ...given, limit }), after: inOwnUnits(after, limit, scenario) };
      }),
      leftOut,
    };
  };
}

/** What the limit itself would be, growth apart: that is in the load. */
function inOwnUnits(time: TimeToLimit, limit: Limit, scenario: Scenario): TimeToLimit {
  const { limitChanges: _changes, ...rest } = time;
  const factor = 1 + scenario.growthPct / 100;
  const own = scenarioCourse(limit, { ...scenario, growthPct: 0 });
  const later = own.changes.filter(({ fromMs }) => fromMs > scenario.fromMs);
  const additions = time.additions?.map(({ days, amount }) => ({ days, amount: amount * factor }));
  return {
    ...rest,
    limitValue: limitAt(own, scenario.fromMs),
    ...(later.length > 0 && { limitChanges: later }),
    ...(additions && { additions }),
  };
}

async function readPast(
  deps: SimulateDeps,
  workspace: string,
  series: Series,
  nowMs: number,
): Promise<HourlySeries | undefined> {
  const endMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const fromMs = endMs - HISTORY_MS;
  const hours = hourlySeries(await deps.readHours(workspace, series.seriesId, fromMs, nowMs), endMs);
  if (hours === undefined) return undefined;
  const calendars = await deps.listCalendars(workspace);
  const learned = withoutTimes(hours, excludedTimes(calendars)(series.labels));
  const dated = { ...learned, calendars: calendarDays(calendars, { timeZone: deps.timeZone, nowMs })(series.labels) };
  // To the midnight to which the forecast room sums them up, so that the dates before are those of the forecast.
  const olderMs = olderDaysEnd(nowMs - HISTORY_MS, deps.timeZone);
  const oldest = await deps.readHours(workspace, series.seriesId, nowMs - OLDEST_MS, olderMs);
  return withOlderDays(dated, olderDays(oldest, nowMs - OLDEST_MS, olderMs));
}

/** The limits that are asked and apply to the series, with their values; and why others of them cannot be answered. */
async function askedLimits(deps: SimulateDeps, { workspace, series, limitId, scenario, nowMs }: SimulateAsk) {
  const { labels } = series;
  const limits: Limit[] = [];
  const leftOut: LeftOutLimit[] = [];
  for (const limit of matchLimits(await deps.listLimits(workspace), labels)) {
    if (limitId !== undefined && limit.limitId !== limitId) continue;
    const { metric } = limit;
    if (!allowsScenario(limit, scenario)) leftOut.push({ limit, detail: NEEDS_MAX });
    else if (metric === undefined) limits.push(limit);
    else {
      const capacityId = seriesIdOf(workspace, capacityLabels(labels, metric));
      const told = newestTold(await deps.readHours(workspace, capacityId, nowMs - TOLD_MS, nowMs), nowMs);
      if (told !== undefined) limits.push(resolveLimit(limit, told));
      else leftOut.push({ limit, detail: whyUntold({ metric, reason: 'limit_series_silent' }, labels).detail });
    }
  }
  return { limits, leftOut };
}

interface ReplayAsk {
  readonly workspace: string;
  readonly series: Series;
  readonly replay: Replay;
  readonly startMs: number;
}

/** Means of the hours that are replayed, laid from startMs on. */
async function readReplay(deps: SimulateDeps, { workspace, series, replay, startMs }: ReplayAsk): Promise<ToldHours> {
  const { fromMs, toMs, scale } = replay;
  const { startsMs, sums, counts } = await deps.readHours(workspace, series.seriesId, fromMs, toMs);
  const values = new Float64Array(Math.ceil((toMs - fromMs) / HOUR_MS)).fill(Number.NaN);
  for (const [row, atMs] of startsMs.entries()) {
    values[Math.floor((atMs - fromMs) / HOUR_MS)] = (scale * sums[row]!) / counts[row]!;
  }
  return { startMs, values };
}
