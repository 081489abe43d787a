import type { AbstainReason } from '../../models/domain/forecast.ts';
import type { Limit } from '../../models/domain/limit.ts';
import { DAY_MS, HOUR_MS } from '../../models/domain/rollup.ts';
import { type Labels, labelValue, type Series } from '../../models/domain/series.ts';
import type { Activity } from './activity.ts';
import { type AbstainingSeries, type BlindSpots, cap } from './digest.ts';

/** What of a forecast matters here; the paths are not kept. */
export interface ForecastNote {
  readonly labels: Labels;
  readonly madeAtMs: number;
  readonly abstain: AbstainReason | null;
}

export interface BlindSpotInput {
  readonly series: readonly Series[];
  readonly limits: readonly Limit[];
  /** By series. */
  readonly forecasts: ReadonlyMap<string, ForecastNote>;
  readonly activity: Activity;
  readonly fromMs: number;
  readonly nowMs: number;
}

const SILENT_AFTER_MS = DAY_MS;
const OLD_FORECAST_MS = 2 * DAY_MS;
/** Rollups of the newest hours may not be written yet, so those hours are no gap. */
const ROLLUP_LAG_MS = 2 * HOUR_MS;
const SILENT_SHOWN = 5;
const EXAMPLES_SHOWN = 3;
const LIMITS_SHOWN = 5;

/** What this digest could not see, so that silence is not taken for health. */
export function blindSpots(input: BlindSpotInput): BlindSpots {
  const { series, limits, forecasts, activity, nowMs } = input;
  const silent = series
    .map(({ seriesId, labels }) => ({ labels, lastSeenMs: activity.lastSeenMs.get(seriesId) ?? null }))
    .filter(({ lastSeenMs }) => lastSeenMs === null || lastSeenMs < nowMs - SILENT_AFTER_MS);
  const orphans = limits.filter((limit) => !series.some(({ labels }) => underLimit(labels, limit)));
  const notes = [...forecasts.values()];
  return {
    silent: cap(silent, SILENT_SHOWN),
    abstaining: abstainingByReason(notes, limits),
    neverForecast: series.filter(({ seriesId }) => !forecasts.has(seriesId)).length,
    oldForecasts: notes.filter(({ madeAtMs }) => madeAtMs < nowMs - OLD_FORECAST_MS).length,
    limitsWithoutSeries: cap(
      orphans.map(({ title }) => title),
      LIMITS_SHOWN,
    ),
    hoursWithoutData: hoursWithoutData(input),
  };
}

function underLimit(labels: Labels, limit: Limit): boolean {
  return limit.selector.every(({ name, value }) => labelValue(labels, name) === value);
}

/** Most frequent reason first. Series with a limit come first among the examples: about them a warning may be missing. */
function abstainingByReason(notes: readonly ForecastNote[], limits: readonly Limit[]): AbstainingSeries[] {
  const groups = new Map<AbstainReason, { withLimit: Labels[]; without: Labels[] }>();
  for (const { abstain, labels } of notes) {
    if (abstain === null) continue;
    const group = groups.get(abstain) ?? { withLimit: [], without: [] };
    groups.set(abstain, group);
    (limits.some((limit) => underLimit(labels, limit)) ? group.withLimit : group.without).push(labels);
  }
  return [...groups]
    .map(([reason, { withLimit, without }]) => ({
      reason,
      total: withLimit.length + without.length,
      withLimit: withLimit.length,
      examples: [...withLimit, ...without].slice(0, EXAMPLES_SHOWN),
    }))
    .sort((a, b) => b.total - a.total || (a.reason < b.reason ? -1 : 1));
}

function hoursWithoutData({ series, activity, fromMs, nowMs }: BlindSpotInput): number {
  const firstMs = series.reduce((first, one) => Math.min(first, one.firstSampleMs), Number.POSITIVE_INFINITY);
  let missing = 0;
  for (
    let hourMs = Math.ceil(Math.max(fromMs, firstMs) / HOUR_MS) * HOUR_MS;
    hourMs + HOUR_MS <= nowMs - ROLLUP_LAG_MS;
    hourMs += HOUR_MS
  ) {
    if (!activity.hoursMs.has(hourMs)) missing += 1;
  }
  return missing;
}
