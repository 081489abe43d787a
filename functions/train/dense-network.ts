import {
  AdamOptimizer,
  add,
  cast,
  greater,
  matMul,
  mul,
  type Optimizer,
  type Rank,
  relu,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
  transpose,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import type { NeuralNetwork } from '../../models/domain/neural-model.ts';
import { denseLayers } from '../../models/forecast/neural-network.ts';

type LayerVariables = {
  readonly weights: Variable<Rank.R2>;
  readonly biases: Variable<Rank.R1>;
};

/** A network whose parameters are TensorFlow's while it is trained. */
export interface TrainedNetwork {
  /** Outputs for `rows` windows of features. */
  outputsOf(features: Float32Array, rows: number): Float32Array;
  /** Gradient of a loss with respect to the parameters, in their order, from its gradient with respect to the outputs. */
  gradientOf(features: Float32Array, rows: number, toGradient: ToGradient): Float32Array;
  /** One step of Adam down the same gradient. */
  learn(features: Float32Array, rows: number, learningRate: number, toGradient: ToGradient): void;
  parameters(): Float32Array;
  setParameters(parameters: Float32Array): void;
  dispose(): void;
}

export type ToGradient = (outputs: Float32Array) => Float32Array;

/** Adam whose rate of learning changes from step to step. */
class PacedAdam extends AdamOptimizer {
  constructor() {
    super(0, 0.9, 0.999, SMALLEST_DIVISOR);
  }
  setLearningRate(rate: number): void {
    this.learningRate = rate;
  }
}

const SMALLEST_DIVISOR = 1e-7;

let networks = 0;

/**
 * The gradient is written out instead of asked for: products with a transposed factor are many times slower in this
 * backend than a transposition and a plain product, and TensorFlow's own gradients consist of them.
 */
export function createTrainedNetwork(network: NeuralNetwork): TrainedNetwork {
  const id = `network${networks++}`;
  const shapes = denseLayers(network);
  const inputs = shapes[0]!.inputs;
  // What variables are made from is a tensor of its own, which ends with the tidy; variables do not.
  const layers = tidy<LayerVariables[]>(() =>
    shapes.map((layer, k) => ({
      weights: variable(tensor2d(layer.weights, [layer.inputs, layer.outputs]), true, `${id}/weights${k}`),
      biases: variable(tensor1d(layer.biases), true, `${id}/biases${k}`),
    })),
  );
  const optimizer = new PacedAdam();

  /** Names of variables to gradients; inside a tidy. */
  const gradientsOf = (features: Float32Array, rows: number, toGradient: ToGradient): Record<string, Tensor> => {
    const activations = forward(layers, tensor2d(features, [rows, inputs]));
    const outputs = activations.at(-1)!;
    const given = toGradient(outputs.dataSync<'float32'>());
    const gradients: Record<string, Tensor> = {};
    let slope: Tensor2D = tensor2d(given, outputs.shape);
    for (let k = layers.length - 1; k >= 0; k--) {
      const { weights, biases } = layers[k]!;
      const input = activations[k]!;
      gradients[weights.name] = matMul(transpose(input), slope);
      gradients[biases.name] = sum<Tensor1D>(slope, 0);
      if (k > 0) slope = mul(matMul<Tensor2D>(slope, transpose(weights)), cast(greater(input, 0), 'float32'));
    }
    return gradients;
  };
  const inOrder = (tensorOf: (one: Variable) => Tensor): Float32Array => {
    const joined = new Float32Array(network.parameters.length);
    let at = 0;
    for (const one of layers.flatMap(({ weights, biases }) => [weights, biases])) {
      const values = tensorOf(one).dataSync<'float32'>();
      joined.set(values, at);
      at += values.length;
    }
    return joined;
  };
  return {
    outputsOf: (features, rows) =>
      tidy(() =>
        forward(layers, tensor2d(features, [rows, inputs]))
          .at(-1)!
          .dataSync<'float32'>(),
      ),
    gradientOf(features, rows, toGradient) {
      let joined: Float32Array = new Float32Array(0);
      tidy(() => {
        const gradients = gradientsOf(features, rows, toGradient);
        joined = inOrder((one) => gradients[one.name]!);
      });
      return joined;
    },
    learn(features, rows, learningRate, toGradient) {
      optimizer.setLearningRate(learningRate);
      // As of every optimizer: Adam's own type asks for variables, which gradients are not.
      const anyOptimizer: Optimizer = optimizer;
      tidy(() => anyOptimizer.applyGradients(gradientsOf(features, rows, toGradient)));
    },
    parameters: () => inOrder((one) => one as Tensor),
    setParameters(parameters) {
      denseLayers({ ...network, parameters }).forEach((layer, k) => {
        tidy(() => {
          layers[k]!.weights.assign(tensor2d(layer.weights, [layer.inputs, layer.outputs]));
          layers[k]!.biases.assign(tensor1d(layer.biases));
        });
      });
    },
    dispose() {
      optimizer.dispose();
      for (const { weights, biases } of layers) {
        weights.dispose();
        biases.dispose();
      }
    },
  };
}

/** Features, then the outputs of every layer: rectified but for the last. */
function forward(layers: readonly LayerVariables[], features: Tensor2D): readonly Tensor2D[] {
  const activations = [features];
  layers.forEach(({ weights, biases }, k) => {
    const plain = add<Tensor2D>(matMul(activations[k]!, weights), biases);
    activations.push(k < layers.length - 1 ? relu(plain) : plain);
  });
  return activations;
}
