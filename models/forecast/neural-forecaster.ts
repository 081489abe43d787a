import type { NeuralNetwork } from '../domain/neural-model.ts';
import { createForecaster, type Forecaster } from './forecaster.ts';
import { onLogScale } from './log-scale.ts';
import { denseLayers, forwardPass } from './neural-network.ts';
import { NEURAL_LEVELS, readQuantiles } from './neural-quantiles.ts';
import { neuralWindow } from './neural-window.ts';

const MEDIAN_LEVEL = NEURAL_LEVELS.indexOf(0.5);

/**
 * Global neural model as a candidate: one network, trained on all series of a workspace, seen through one of them.
 *
 * Its backtest is honest only at origins after everything that the network has learned from: the caller offers it only
 * then.
 *
 * Definition: on a logarithmic scale where the series has one (log-scale.ts): base of the window plus its unit times the network's median; beyond the network's horizon the last season
 *             of its path repeats.
 * Warm-up:    one window.
 * Assumes:    the step of the series that the network was trained on.
 * Fails when: a series is unlike all that the network has seen. A constant window does not suit it.
 * Cost:       O(parameters) a forecast; the network is read once.
 * Throws:     RangeError when the network has not as many parameters as its layers take.
 *
 * @example
 * neuralForecaster({ layout: { seasonPoints: 1, windowPoints: 2, horizonPoints: 1 }, hiddenSizes: [], parameters: new Float32Array(25) }).neededPoints // => 2
 */
export function neuralForecaster(network: NeuralNetwork): Forecaster {
  const { layout } = network;
  const layers = denseLayers(network);
  const plain = createForecaster('neural', layout.windowPoints, (values) => {
    const window = neuralWindow(values, values.length, layout);
    if (window === null) return null;
    const outputs = forwardPass(layers, window.features);
    const levels = new Float64Array(NEURAL_LEVELS.length);
    const path = window.base.map((base, h) => {
      readQuantiles(outputs, { start: 0, h, horizonPoints: layout.horizonPoints }, levels);
      return base + window.unit * levels[MEDIAN_LEVEL]!;
    });
    return { predict: (horizonPoints) => withSeasons(path, horizonPoints, layout.seasonPoints) };
  });
  return { ...onLogScale(plain, 'as_they_are'), name: plain.name };
}

function withSeasons(path: Float64Array, horizonPoints: number, seasonPoints: number): Float64Array {
  const long = new Float64Array(horizonPoints);
  const season = Math.min(seasonPoints, path.length);
  for (let h = 0; h < horizonPoints; h++) long[h] = h < path.length ? path[h]! : long[h - season]!;
  return long;
}
