import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type TrainedFigures, trainNetwork } from '../functions/train/train-network.ts';
import { startWasm } from '../functions/train/wasm-backend.ts';
import type { NeuralLayout } from '../models/domain/neural-model.ts';
import { type StepsOptions, stepsHistory, stepsPlan } from '../models/forecast/forecast-steps.ts';
import type { Forecaster } from '../models/forecast/forecaster.ts';
import { neuralForecaster } from '../models/forecast/neural-forecaster.ts';
import { parameterCount } from '../models/forecast/neural-network.ts';
import { NEURAL_DEFAULTS } from '../models/forecast/neural-use.ts';

const SEED = 1;
/** Of a series with one season, or with none. */
const SEASONS_IN_WINDOW = 3;
const FEWEST_WINDOW_POINTS = 12;
/** Steps times parameters: what bounds the cost of training for long windows, whatever the number of series. */
const MOST_PRODUCTS = 2e8;

export interface NeuralEntry {
  readonly forecaster: Forecaster;
  readonly figures: TrainedFigures & { readonly cpuSeconds: number };
}

/**
 * One network for all series of a folder, trained on what lies before the oldest origin of each series' backtest: so
 * every error of the backtest is one on values that the network has not seen. Null where there is too little for that.
 */
export async function trainNeural(
  trainParts: readonly Float64Array[],
  options: StepsOptions,
): Promise<NeuralEntry | null> {
  const folder = dirname(
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'),
  );
  await startWasm(folder);
  const series = trainParts.flatMap((part) => {
    const history = stepsHistory(part, options.seasons);
    if (history === null) return [];
    const { values, observed } = history;
    const until = stepsPlan(values.length, options).origins.at(-1) ?? 0;
    return [{ values: values.subarray(0, until), observed: observed.subarray(0, until) }];
  });
  const layout = layoutOf(options);
  const before = process.cpuUsage();
  const trained = await trainNetwork(series, {
    ...NEURAL_DEFAULTS,
    layout,
    maxSteps: Math.min(
      NEURAL_DEFAULTS.maxSteps,
      Math.ceil(MOST_PRODUCTS / parameterCount(layout, NEURAL_DEFAULTS.hiddenSizes)),
    ),
    seed: SEED,
    hasTime: () => true,
  });
  if (trained === undefined) return null;
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = Math.round((user + system) / 1e5) / 10;
  return { forecaster: neuralForecaster(trained.network), figures: { ...trained.figures, cpuSeconds } };
}

function layoutOf({ seasons, horizonPoints }: StepsOptions): NeuralLayout {
  const seasonPoints = seasons[0] ?? 1;
  const long = seasons.at(-1) ?? 1;
  const seasonsSeen = Math.max(SEASONS_IN_WINDOW, Math.ceil(FEWEST_WINDOW_POINTS / seasonPoints));
  const windowPoints = long > seasonPoints && long % seasonPoints === 0 ? long : seasonsSeen * seasonPoints;
  return { seasonPoints, windowPoints, horizonPoints };
}
