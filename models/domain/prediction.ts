import type { LimitChange } from './limit.ts';
import type { Labels, SeriesId } from './series.ts';

/**
 * open      not yet decided
 * hit       crossed within p10–p90
 * early     crossed before p10
 * late      crossed after p90, within the grace that follows it
 * missed    not crossed by the end of the grace: a false warning
 * averted   not crossed, and a change recorded after the warning proves that somebody acted
 * void      cannot be settled: limit changed or removed, or the series stopped
 */
export type PredictionStatus = 'open' | 'hit' | 'early' | 'late' | 'missed' | 'averted' | 'void';

/** A durable claim that a series will cross a limit, kept as it was made and settled from stored data. */
export interface Prediction {
  /** Deterministic: hash of workspace, series, limit and the time it was made. */
  readonly predictionId: string;
  readonly seriesId: SeriesId;
  readonly labels: Labels;
  readonly madeAtMs: number;
  readonly watermarkMs: number;
  readonly modelVersion: string;
  readonly claim: {
    readonly limitId: string;
    readonly title: string;
    readonly bound: 'max' | 'min';
    /** The limit when the claim was made, and what was known then of its changes. */
    readonly value: number;
    readonly changes?: readonly LimitChange[];
    readonly unit: string;
    readonly leadTimeMs: number;
    readonly action: string;
  };
  readonly window: { readonly p10Ms: number; readonly p50Ms: number; readonly p90Ms: number | null };
  /** Probability of crossing within the forecast horizon, and before the lead time has passed, 0 to 1. */
  readonly probability: number;
  readonly probabilityWithinLeadTime: number;
  /** p10 date − lead time: latest time to act with little risk. */
  readonly actByMs: number;
  readonly currentValue: number;
  readonly evidence: string;
  readonly status: PredictionStatus;
  /** When it is next due to be settled. */
  readonly dueAtMs: number;
  readonly settledAtMs: number | null;
  /** Time from the warning to the crossing. */
  readonly noticeMs: number | null;
  readonly actualValue: number | null;
  readonly settleReason: string | null;
}
