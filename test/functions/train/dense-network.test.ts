import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTrainedNetwork } from '../../../functions/train/dense-network.ts';
import { startWasm } from '../../../functions/train/wasm-backend.ts';
import type { NeuralNetwork } from '../../../models/domain/neural-model.ts';
import { denseLayers, forwardPass, parameterCount } from '../../../models/forecast/neural-network.ts';
import { outputCount } from '../../../models/forecast/neural-quantiles.ts';
import { featureCount } from '../../../models/forecast/neural-window.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { WASM_FOLDER } from '../../support/wasm-folder.ts';

const LAYOUT = { seasonPoints: 4, windowPoints: 12, horizonPoints: 3 };
const HIDDEN = [9, 7];
const ROWS = 5;
const WIDTH = featureCount(LAYOUT);
const OUTPUTS = outputCount(LAYOUT.horizonPoints);

function randomArray(length: number, seed: number, size = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length }, () => size * random.normal());
}

const network: NeuralNetwork = {
  layout: LAYOUT,
  hiddenSizes: HIDDEN,
  parameters: randomArray(parameterCount(LAYOUT, HIDDEN), 1, 0.4),
};
const features = randomArray(ROWS * WIDTH, 2);

beforeAll(() => startWasm(WASM_FOLDER));

describe('a network in training', () => {
  it('says what the plain forward pass says', () => {
    const trained = createTrainedNetwork(network);
    const outputs = trained.outputsOf(features, ROWS);
    trained.dispose();

    for (let row = 0; row < ROWS; row++) {
      const plain = forwardPass(denseLayers(network), features.subarray(row * WIDTH, (row + 1) * WIDTH));
      for (const [k, output] of plain.entries()) expect(outputs[row * OUTPUTS + k]!).toBeCloseTo(output, 5);
    }
  });

  it('has the gradient that differences of a loss show', () => {
    const wanted = randomArray(ROWS * OUTPUTS, 3);
    const loss = (parameters: Float32Array): number => {
      const layers = denseLayers({ ...network, parameters });
      let sum = 0;
      for (let row = 0; row < ROWS; row++) {
        const outputs = forwardPass(layers, features.subarray(row * WIDTH, (row + 1) * WIDTH));
        for (const [k, output] of outputs.entries()) sum += (output - wanted[row * OUTPUTS + k]!) ** 2 / 2;
      }
      return sum;
    };
    const trained = createTrainedNetwork(network);
    const gradient = trained.gradientOf(features, ROWS, (outputs) => outputs.map((output, k) => output - wanted[k]!));
    trained.dispose();
    const step = 1 / 256;
    for (let i = 0; i < gradient.length; i += 17) {
      const above = network.parameters.slice();
      const below = network.parameters.slice();
      above[i]! += step;
      below[i]! -= step;
      const slope = (loss(above) - loss(below)) / (2 * step);
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(0.02 + 0.02 * Math.abs(slope));
    }
  });

  it('learns what it is given, and leaves no tensors behind', () => {
    const before = memory().numTensors;
    const trained = createTrainedNetwork(network);
    const wanted = randomArray(ROWS * OUTPUTS, 4);
    const error = (): number =>
      trained.outputsOf(features, ROWS).reduce((sum, output, k) => sum + (output - wanted[k]!) ** 2, 0);
    const first = error();
    for (let step = 0; step < 200; step++) {
      trained.learn(features, ROWS, 0.01, (outputs) => outputs.map((output, k) => output - wanted[k]!));
    }

    expect(error()).toBeLessThan(first / 20);
    trained.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('gives back the parameters that it was set to', () => {
    const trained = createTrainedNetwork(network);
    const others = network.parameters.map((parameter) => -parameter);
    trained.setParameters(others);

    expect(trained.parameters()).toEqual(others);
    trained.dispose();
  });
});
