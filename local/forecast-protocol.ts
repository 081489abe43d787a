import type { ForecastBatch } from '../functions/forecast/forecasting.ts';
import type { Forecast } from '../models/domain/forecast.ts';

/** A thread is started with a ForecastSetup, and computes one batch after another. */
export interface ToForecastThread {
  readonly id: number;
  readonly batch: ForecastBatch;
}

export type FromForecastThread =
  | { readonly kind: 'made'; readonly id: number; readonly forecasts: readonly Forecast[] }
  | { readonly kind: 'failed'; readonly id: number; readonly error: Error };
