import type { AnomalyType } from '../../models/domain/anomaly.ts';
import type { AbstainReason } from '../../models/domain/forecast.ts';
import type { Issue } from '../../models/domain/issue.ts';
import type { LimitChange } from '../../models/domain/limit.ts';
import type { Labels, SeriesId } from '../../models/domain/series.ts';

/** The first rows of a longer list, and how long the list is. */
export interface Capped<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

/** What the last reports predicted and what came of it. */
export interface SettledSummary {
  /** Crossed within the range that was given, before it, after it. All three came true. */
  readonly hit: number;
  readonly early: number;
  readonly late: number;
  readonly missed: number;
  readonly averted: number;
  readonly voided: number;
  /** Told before this period and neither true nor false yet. */
  readonly stillOpen: number;
  /** Those that came true over those that came true or were false; null where there is neither. */
  readonly precision: number | null;
  readonly medianNoticeMs: number | null;
}

export interface ResourceAtLimit {
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  /** What the limit is called: "data disks". */
  readonly title: string;
  readonly bound: 'max' | 'min';
  readonly limitValue: number;
  /** What the limit will be later, where that is known. */
  readonly limitChanges?: readonly LimitChange[];
  readonly unit: string;
  readonly currentValue: number;
}

/** What must be added to the limit, or taken off the load, so that nine of ten futures stay within it for so many days. */
export interface Frees {
  readonly days: number;
  readonly amount: number;
}

export interface PredictedRow extends ResourceAtLimit {
  readonly predictionId: string;
  readonly madeAtMs: number;
  readonly p10Ms: number;
  readonly p50Ms: number;
  /** Null where it lies beyond the forecast. */
  readonly p90Ms: number | null;
  readonly probability: number;
  readonly probabilityWithinLeadTime: number;
  readonly leadTimeMs: number;
  readonly actByMs: number;
  /** Act-by date minus now; negative inside the lead time. */
  readonly slackMs: number;
  readonly action: string;
  /** Null where there is no newer forecast. */
  readonly frees: Frees | null;
}

export interface CrossedRow extends ResourceAtLimit {
  readonly action: string;
  /** Null where there is no forecast. */
  readonly frees: Frees | null;
}

export interface SuspectChange {
  readonly summary: string;
  readonly kind: string;
  readonly atMs: number;
}

export interface IssueRow {
  readonly issueId: string;
  readonly title: string;
  readonly service: string;
  readonly severity: Issue['severity'];
  readonly status: Issue['status'];
  readonly openedAtMs: number;
  readonly resolvedAtMs: number | null;
  readonly anomalyCount: number;
  /** The member with the highest score. */
  readonly worst: {
    readonly labels: Labels;
    readonly type: AnomalyType;
    readonly reason: string;
  } | null;
  /** Nearest first. */
  readonly suspects: Capped<SuspectChange>;
}

export interface IssueSummary {
  readonly opened: Capped<IssueRow>;
  /** Opened before this period and not resolved. */
  readonly olderOpen: number;
  readonly anomalies: number;
  /** In the period of equal length before this one. */
  readonly anomaliesBefore: number;
}

export interface TrendRow extends ResourceAtLimit {
  /** In 30 days. */
  readonly ahead: { readonly p10: number; readonly p50: number; readonly p90: number };
  /** Share of what is left up to the limit that the p50 uses up in 30 days. */
  readonly headroomUsed: number;
  readonly p50Ms: number | null;
  /** Daily means of the last 14 days; NaN = no data. */
  readonly recentDays: readonly number[];
}

export interface AbstainingSeries {
  readonly reason: AbstainReason;
  readonly total: number;
  /** How many of them have a limit, so that a warning about them is missing. */
  readonly withLimit: number;
  readonly examples: readonly Labels[];
}

export interface BlindSpots {
  /** Series that sent nothing for 24 hours. */
  readonly silent: Capped<{ readonly labels: Labels; readonly lastSeenMs: number | null }>;
  readonly abstaining: readonly AbstainingSeries[];
  /** Series that no forecast was made for yet. */
  readonly neverForecast: number;
  /** Forecasts made more than two days ago. */
  readonly oldForecasts: number;
  /** Titles of limits that no series falls under. */
  readonly limitsWithoutSeries: Capped<string>;
  /** Full hours of the period in which nothing at all arrived. */
  readonly hoursWithoutData: number;
}

/** Data of the one chart: the most urgent resource. Times are the middle of what a value stands for. */
export interface DigestChart extends ResourceAtLimit {
  readonly past: { readonly timesMs: readonly number[]; readonly values: readonly number[] };
  readonly future: {
    readonly timesMs: readonly number[];
    readonly p10: readonly number[];
    readonly p50: readonly number[];
    readonly p90: readonly number[];
  };
  readonly crossing: { readonly p10Ms: number | null; readonly p50Ms: number | null; readonly p90Ms: number | null };
}

/** All that a digest says, as plain values: the same sources and the same `asOfMs` give the same digest. */
export interface Digest {
  readonly workspace: string;
  readonly timeZone: string;
  readonly asOfMs: number;
  /** The period: from the digest before (or seven days ago) to asOfMs. */
  readonly fromMs: number;
  readonly week: { readonly year: number; readonly week: number };
  /** Newest sample that was seen; null where there is none. */
  readonly watermarkMs: number | null;
  readonly modelVersions: readonly string[];
  /** What was looked through: an empty digest must prove that it looked. */
  readonly looked: {
    readonly series: number;
    readonly limits: number;
    readonly forecasts: number;
    readonly samples: number;
  };
  readonly decideThisWeek: number;
  readonly insideLeadTime: number;
  readonly settled: SettledSummary;
  readonly predicted: Capped<PredictedRow>;
  readonly crossed: Capped<CrossedRow>;
  readonly issues: IssueSummary;
  /** Without those that are predicted. */
  readonly trend: Capped<TrendRow>;
  readonly blindSpots: BlindSpots;
  readonly chart: DigestChart | null;
}

/** The first `limit` of rows. */
export function cap<T>(rows: readonly T[], limit: number): Capped<T> {
  return { rows: rows.slice(0, limit), total: rows.length };
}
