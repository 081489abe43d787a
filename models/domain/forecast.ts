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
  readonly origins: number;
}

/** When a series will cross a limit. A date is null where that quantile lies beyond the horizon. */
export interface TimeToLimit {
  readonly limitId: string;
  readonly bound: 'max' | 'min';
  readonly limitValue: number;
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
}
