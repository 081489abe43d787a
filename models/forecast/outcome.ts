import type { AbstainReason, ForecastSkill, QuantilePath } from '../domain/forecast.ts';
import type { DayFutures } from './day-futures.ts';
import type { DayShapes } from './day-shapes.ts';
import type { ErrorBand, ModelShare } from './scale-forecast.ts';
import type { TurningLevel } from './turning-level.ts';

/** What time to limit needs to draw futures from the published forecast. */
export interface FutureSource {
  /** Start of the first hour to come. */
  readonly startMs: number;
  readonly hourly: ErrorBand;
  readonly days: DayShapes;
  /** Ways in which the days go on, far beyond what is published. */
  readonly futures: DayFutures;
  /** Where it was turned back from above and from below, such as by clean-ups; null where it was not. */
  readonly turning: { readonly max: TurningLevel | null; readonly min: TurningLevel | null };
  /** The series was never below zero, so its future is not either. */
  readonly nonNegative: boolean;
}

export interface PublishedForecast {
  readonly kind: 'forecast';
  readonly modelVersion: string;
  /** Candidates of both scales, `hourly …` and `daily …`; the weights of each scale sum to one. */
  readonly models: readonly ModelShare[];
  readonly hourly: QuantilePath;
  readonly daily: QuantilePath;
  readonly skill: ForecastSkill;
  /** Start of the newest hour that was seen. */
  readonly watermarkMs: number;
  readonly source: FutureSource;
}

export interface Abstention {
  readonly kind: 'abstain';
  readonly reason: AbstainReason;
  /** One English sentence: what is missing, and what would fix it. */
  readonly detail: string;
  readonly skill: ForecastSkill | null;
}

export type ForecastOutcome = PublishedForecast | Abstention;
