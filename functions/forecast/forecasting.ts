import type { Forecast } from '../../models/domain/forecast.ts';
import type { NeuralModel } from '../../models/domain/neural-model.ts';
import type { Series } from '../../models/domain/series.ts';
import type { HourlySeries } from '../../models/forecast/hourly-series.ts';
import { neuralCandidates } from '../../models/forecast/neural-use.ts';
import { forecastOne } from './forecast-one.ts';
import type { ResolvedLimits } from './told-limits.ts';

/** A series with all that its forecast is made of. */
export interface SeriesPast extends ResolvedLimits {
  readonly series: Series;
  readonly hours: HourlySeries;
}

export interface ForecastBatch {
  readonly nowMs: number;
  readonly pasts: readonly SeriesPast[];
}

/** What holds for all series of a workspace. Only plain values, so that another thread can be given it. */
export interface ForecastSetup {
  readonly timeZone: string;
  /** The neural model of the workspace; undefined where there is none. */
  readonly neural: NeuralModel | undefined;
}

/** Computes forecasts, in this thread or in others. The same batch gives the same forecasts, wherever it is computed. */
export interface Forecasting {
  /** So many batches at once keep it busy; more would only take memory. */
  readonly batchesAtOnce: number;
  /** One forecast for each series, in their order. */
  forecast(batch: ForecastBatch): Promise<readonly Forecast[]>;
  end(): Promise<void>;
}

export type OpenForecasting = (setup: ForecastSetup) => Forecasting;

/** The computing itself: no input or output. */
export function createForecastBatch({ timeZone, neural }: ForecastSetup) {
  const candidates = neuralCandidates(neural);
  return ({ nowMs, pasts }: ForecastBatch): readonly Forecast[] =>
    pasts.map(({ series, hours, limits, untold }) => {
      const forecast = forecastOne(series, hours, limits, nowMs, timeZone, candidates);
      if (untold.length === 0) return forecast;
      return { ...forecast, limitsUntold: untold.map((limit) => ({ ...limit, currentValue: hours.lastValue })) };
    });
}

/** Computes in this thread. */
export function forecastInThread(setup: ForecastSetup): Forecasting {
  const forecastBatch = createForecastBatch(setup);
  return {
    batchesAtOnce: 1,
    forecast: async (batch) => forecastBatch(batch),
    end: async () => undefined,
  };
}
