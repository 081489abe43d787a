import type { Forecast, QuantilePath, TimeToLimit } from '../../models/domain/forecast.ts';
import { DAY_MS } from '../../models/domain/rollup.ts';
import { probabilityBefore } from '../../models/forecast/time-to-limit.ts';
import type { AskedWindows } from './asked-windows.ts';
import { formatDuration } from './duration.ts';
import type { TimeRange } from './parameters.ts';
import { untoldJson } from './untold-limit.ts';
import { nameJson, timeJson } from './wire.ts';

/** Windows whose probability is told. */
const WINDOW_DAYS = [1, 7, 30, 90, 180, 365] as const;
/** Dates between those that are kept lie on straight lines: further digits would be of the lines only. */
const PROBABILITY_DIGITS = 1e3;
const NO_WINDOWS: AskedWindows = {};
/** One second: what is crossed already was crossed at least so long ago. */
const LEAST_DAYS_AGO = 1 / 86_400;

/** What a list says of a forecast: its time to each limit, without its paths. */
export function forecastSummaryJson(forecast: Forecast, asked?: AskedWindows) {
  const { skill, abstain } = forecast;
  return {
    ...nameJson(forecast.seriesId, forecast.labels),
    made_at: timeJson(forecast.madeAtMs),
    watermark: timeJson(forecast.watermarkMs),
    model_version: forecast.modelVersion,
    abstain,
    skill: skill && {
      mase: skill.mase,
      mase_last_value: skill.maseLastValue,
      mase_seasonal_naive: skill.maseSeasonalNaive,
      skill: skill.skill,
      coverage_80: skill.coverage80,
      coverage_95: skill.coverage95 ?? null,
      origins: skill.origins,
    },
    time_to_limit: forecast.timeToLimit.map((time) => timeToLimitJson(time, forecast, asked)),
    ...(forecast.limitsUntold && { limits_untold: untoldJson(forecast) }),
  };
}

export function forecastJson(forecast: Forecast, asked?: AskedWindows) {
  return {
    ...forecastSummaryJson(forecast, asked),
    models: forecast.models,
    hourly: pathJson(forecast.hourly),
    daily: pathJson(forecast.daily),
  };
}

function pathJson(path: QuantilePath | null) {
  return (
    path && {
      start: timeJson(path.startMs),
      step_seconds: path.stepMs / 1_000,
      p10: path.p10,
      p50: path.p50,
      p90: path.p90,
    }
  );
}

/** What a time to a limit is told with. */
export interface ForecastFacts extends Pick<Forecast, 'madeAtMs' | 'watermarkMs'> {
  readonly abstain: { readonly reason: string; readonly detail: string } | null;
}

/**
 * Days count from the forecast's own time, so that an answer stays the same until the next forecast. Null: not within
 * the horizon, or where there is no forecast not known. Negative: crossed already, at least so long ago.
 */
export function timeToLimitJson(time: TimeToLimit, forecast: ForecastFacts, asked: AskedWindows = NO_WINDOWS) {
  const { madeAtMs, watermarkMs } = forecast;
  const crossedDays = Math.min((watermarkMs - madeAtMs) / DAY_MS, -LEAST_DAYS_AGO);
  const daysTo = (dateMs: number | null): number | null => {
    if (time.alreadyCrossed) return crossedDays;
    return dateMs === null ? null : (dateMs - madeAtMs) / DAY_MS;
  };
  const dateOf = (dateMs: number | null): string | null => (time.alreadyCrossed ? null : timeJson(dateMs));
  // Without a forecast nothing is claimed: a probability of nothing would be a claim.
  const claimed = <T>(value: T): T | null => (isClaimed(time, forecast) ? value : null);
  return {
    limit_id: time.limitId,
    bound: time.bound,
    limit_value: time.limitValue,
    ...(time.limitChanges && {
      limit_changes: time.limitChanges.map(({ fromMs, value }) => ({ from: timeJson(fromMs), value })),
    }),
    current_value: time.currentValue,
    days: { p10: daysTo(time.p10Ms), p50: daysTo(time.p50Ms), p90: daysTo(time.p90Ms) },
    dates: { p10: dateOf(time.p10Ms), p50: dateOf(time.p50Ms), p90: dateOf(time.p90Ms) },
    probability_within_lead_time: claimed(time.probabilityWithinLeadTime),
    probability_within_horizon: claimed(time.probabilityWithinHorizon),
    probability_within: claimed(probabilityWithin(time, madeAtMs, asked.withinMs)),
    ...(asked.between && { probability_between: betweenJson(time, forecast, asked.between) }),
    already_crossed: time.alreadyCrossed,
    never_within_horizon: claimed(time.neverWithinHorizon),
    slack_days: time.slackMs === null ? null : time.slackMs / DAY_MS,
    reason: reasonOf(time, forecast),
  };
}

function isClaimed({ alreadyCrossed }: TimeToLimit, { abstain }: ForecastFacts): boolean {
  return alreadyCrossed || abstain === null;
}

/** By window; null of a forecast that was stored before windows were. */
function probabilityWithin(time: TimeToLimit, madeAtMs: number, withinMs: number | undefined) {
  if (time.datesMs === undefined) return null;
  const windows = [...WINDOW_DAYS.map((days) => days * DAY_MS), ...(withinMs === undefined ? [] : [withinMs])];
  return Object.fromEntries(
    windows
      .sort((a, b) => a - b)
      .map((windowMs) => [
        formatDuration(windowMs),
        roundedProbability(probabilityBefore(time, madeAtMs, madeAtMs + windowMs)),
      ]),
  );
}

/** Of a first crossing between two times; what has crossed already does not cross for the first time. */
function betweenJson(time: TimeToLimit, forecast: ForecastFacts, { fromMs, toMs }: TimeRange) {
  const isKnown = isClaimed(time, forecast) && !time.alreadyCrossed && time.datesMs !== undefined;
  const before = (atMs: number): number => probabilityBefore(time, forecast.madeAtMs, atMs);
  return {
    from: timeJson(fromMs),
    to: timeJson(toMs),
    probability: isKnown ? roundedProbability(before(toMs) - before(fromMs)) : null,
  };
}

/** A probability that was read from kept dates, with no more digits than they give. */
export function roundedProbability(probability: number): number {
  return Math.round(probability * PROBABILITY_DIGITS) / PROBABILITY_DIGITS;
}

function reasonOf(time: TimeToLimit, { abstain }: ForecastFacts): string {
  if (time.alreadyCrossed) return 'already_crossed';
  if (abstain !== null) return abstain.reason;
  if (time.neverWithinHorizon) return 'never_within_horizon';
  return time.p50Ms === null ? 'unlikely_within_horizon' : 'crossing_predicted';
}
