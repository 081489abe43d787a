import type { NeuralLayout, NeuralModel } from '../domain/neural-model.ts';
import { HOUR_MS } from '../domain/rollup.ts';
import type { Forecaster } from './forecaster.ts';
import { neuralForecaster } from './neural-forecaster.ts';
import { DAY_HOURS, HOURLY_BACKTEST_HOURS, HOURLY_HORIZON } from './two-scales.ts';

/** The model of a workspace: from a week of hours, two days. */
export const NEURAL_HOURS: NeuralLayout = {
  seasonPoints: DAY_HOURS,
  windowPoints: 168,
  horizonPoints: HOURLY_HORIZON,
};

/** From the end of the newest hour of a series to the candidate that may be judged there, or null. */
export type NeuralCandidates = (endMs: number) => Forecaster | null;

/** How it is built and for how long it learns at most; fixed by the study in docs/experiments/neural.md. */
export const NEURAL_DEFAULTS = { hiddenSizes: [128, 128], maxSteps: 1_500 } as const;

/**
 * Newest hours that a training leaves out, so that the next day's backtests lie behind all that was learned from, also
 * those of series whose data are a day late.
 */
export const NEURAL_UNLEARNED_HOURS = HOURLY_BACKTEST_HOURS + 24;

/**
 * The neural candidate for one series, where its backtest is one of values that the model has not learned from.
 *
 * A model that was trained later than the time of the forecast knows its future and is refused: so a question what
 * would have been said then gets an honest answer.
 *
 * Input:      model, or undefined where there is none.
 * Output:     see NeuralCandidates; always null where there is no model.
 * Cost:       the model's layers are read once, not for each series.
 * Throws:     RangeError when the model's parameters do not fit its layers.
 *
 * @example
 * neuralCandidates(undefined)(0) // => null
 */
export function neuralCandidates(model: NeuralModel | undefined): NeuralCandidates {
  if (model === undefined) return () => null;
  const forecaster = neuralForecaster(model.network);
  const fromMs = model.training.untilMs + HOURLY_BACKTEST_HOURS * HOUR_MS;
  return (endMs) => (endMs >= fromMs ? forecaster : null);
}
