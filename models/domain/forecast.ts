import type { LimitChange } from './limit.ts';
import type { Labels, SeriesId } from './series.ts';

/** Quantiles of the future at regular steps; index i is the bucket that starts at startMs + i * stepMs. */
export interface QuantilePath {
  readonly startMs: number;
  readonly stepMs: number;
  readonly p10: readonly number[];
  readonly p50: readonly number[];
  readonly p90: readonly number[];
}

/** Why no forecast is published. */
export type AbstainReason = 'too_short' | 'no_skill' | 'intermittent' | 'regime_change' | 'stale';

/** How well the published combination did on the series' own past, by rolling origin. */
export interface ForecastSkill {
  /** Mean absolute scaled error of the combination, and of the two naive forecasts on the same origins. */
  readonly mase: number;
  readonly maseLastValue: number;
  readonly maseSeasonalNaive: number;
  /** 1 − mase / best naive; above 0 is better than both. */
  readonly skill: number;
  /** Share of held-out values inside p10–p90; 0.8 is nominal. */
  readonly coverage80: number;
  /** The same for the range that should hold 95 %; absent in forecasts that were stored before it was measured. */
  readonly coverage95?: number;
  readonly origins: number;
}

/** Days that time to limit looks ahead. */
export const LIMIT_HORIZON_DAYS = 400;

/** When a series will cross a limit. A date is null where that quantile lies beyond the horizon of 400 days. */
export interface TimeToLimit {
  readonly limitId: string;
  readonly bound: 'max' | 'min';
  /** The limit when the forecast was made, and what it will be later where that is known. */
  readonly limitValue: number;
  readonly limitChanges?: readonly LimitChange[];
  readonly currentValue: number;
  readonly p10Ms: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly probabilityWithinLeadTime: number;
  readonly probabilityWithinHorizon: number;
  readonly alreadyCrossed: boolean;
  readonly neverWithinHorizon: boolean;
  /** p10 date − lead time − now: how long the decision can still wait; null where p10 lies beyond the horizon. */
  readonly slackMs: number | null;
  /** Dates before which a first future, 1 %, 2.5 %, 5 %, 10 %, 15 %, … of them cross, as far as so many do. Absent in what was stored before. */
  readonly datesMs?: readonly number[];
  /** What the limit must move by so that nine futures in ten stay within it for so many days. */
  readonly additions?: readonly LimitAddition[];
}

export interface LimitAddition {
  readonly days: number;
  /** In the unit of the limit: to be added to a `max`, to be taken from a `min`; negative where so much would be left. */
  readonly amount: number;
}

/** A limit that applies to a series and cannot be told, because no value is known of the series that tells it. */
export interface UntoldLimit {
  readonly limitId: string;
  /** Metric of the series that would tell it; its other labels are those of the limited series. */
  readonly metric: string;
  /** No series has this metric and these labels; or the one that has them has told nothing for two days. */
  readonly reason: 'limit_series_unknown' | 'limit_series_silent';
  /** Newest value of the limited series. */
  readonly currentValue: number;
}

export interface Forecast {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly madeAtMs: number;
  /** Newest sample that the forecast has seen. */
  readonly watermarkMs: number;
  readonly modelVersion: string;
  /** Candidates with their weights in the combination; empty when abstaining. */
  readonly models: readonly { readonly name: string; readonly weight: number; readonly mase: number }[];
  /** 48 hours in steps of one hour; null when abstaining. */
  readonly hourly: QuantilePath | null;
  /** 90 days in steps of one day; null when abstaining. */
  readonly daily: QuantilePath | null;
  readonly skill: ForecastSkill | null;
  readonly abstain: { readonly reason: AbstainReason; readonly detail: string } | null;
  readonly timeToLimit: readonly TimeToLimit[];
  /** Limits without a time; absent where there are none. */
  readonly limitsUntold?: readonly UntoldLimit[];
}
