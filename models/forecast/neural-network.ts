import type { NeuralLayout, NeuralNetwork } from '../domain/neural-model.ts';
import { outputCount } from './neural-quantiles.ts';
import { featureCount } from './neural-window.ts';

/** One dense layer as views into the parameters. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** inputs × outputs, row by row. */
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/**
 * Number of parameters of a network.
 *
 * Input:      layout; sizes of the hidden layers.
 * Output:     weights and biases of all layers.
 * Cost:       O(layers).
 * Throws:     never.
 *
 * @example
 * parameterCount({ seasonPoints: 1, windowPoints: 2, horizonPoints: 1 }, [3]) // => 35
 */
export function parameterCount(layout: NeuralLayout, hiddenSizes: readonly number[]): number {
  const sizes = layerSizes(layout, hiddenSizes);
  return sizes.slice(1).reduce((count, outputs, k) => count + outputs * (sizes[k]! + 1), 0);
}

/**
 * Layers of a network, as views into its parameters.
 *
 * Input:      network, or its parts.
 * Output:     layers from the features to the outputs; writing to their arrays writes to the parameters.
 * Cost:       O(layers).
 * Throws:     RangeError when the number of parameters is not that of the layers.
 */
export function denseLayers({ layout, hiddenSizes, parameters }: NeuralNetwork): readonly DenseLayer[] {
  const needed = parameterCount(layout, hiddenSizes);
  if (parameters.length !== needed)
    throw new RangeError(`neural: the layers take ${needed} parameters, got ${parameters.length}`);
  const sizes = layerSizes(layout, hiddenSizes);
  let at = 0;
  const take = (count: number): Float32Array => {
    at += count;
    return parameters.subarray(at - count, at);
  };
  return sizes.slice(1).map((outputs, k) => {
    const inputs = sizes[k]!;
    return { inputs, outputs, weights: take(inputs * outputs), biases: take(outputs) };
  });
}

/**
 * Forward pass: the outputs of the network for one window.
 *
 * Definition: dense layers, rectified but for the last.
 * Input:      layers of denseLayers; features, as many as the first layer takes.
 * Output:     a new array, one for each output of the last layer.
 * Cost:       O(parameters); a rectified zero skips its row of weights.
 * Throws:     never.
 */
export function forwardPass(layers: readonly DenseLayer[], features: Float32Array): Float32Array {
  let values = features;
  layers.forEach(({ inputs, outputs, weights, biases }, k) => {
    const next = biases.slice();
    for (let i = 0; i < inputs; i++) {
      const value = values[i]!;
      if (value === 0) continue;
      const row = i * outputs;
      for (let o = 0; o < outputs; o++) next[o]! += value * weights[row + o]!;
    }
    if (k < layers.length - 1) for (let o = 0; o < outputs; o++) next[o] = Math.max(0, next[o]!);
    values = next;
  });
  return values;
}

function layerSizes(layout: NeuralLayout, hiddenSizes: readonly number[]): readonly number[] {
  return [featureCount(layout), ...hiddenSizes, outputCount(layout.horizonPoints)];
}
