import type { NeuralLayout, NeuralNetwork, NeuralTraining } from '../../models/domain/neural-model.ts';
import type { JudgedValues } from '../../models/forecast/backtest.ts';
import { denseLayers, parameterCount } from '../../models/forecast/neural-network.ts';
import { pinballGradient } from '../../models/forecast/neural-quantiles.ts';
import { toNeuralScale } from '../../models/forecast/neural-scale.ts';
import { createRandom, type Random } from '../../models/numeric/random.ts';
import { createTrainedNetwork, type TrainedNetwork } from './dense-network.ts';
import { createWindowSource, type WindowBatch, type WindowSource } from './window-batches.ts';

export interface TrainingOptions {
  readonly layout: NeuralLayout;
  readonly hiddenSizes: readonly number[];
  readonly seed: number;
  /** The same steps on the same series give the same parameters, bit by bit. */
  readonly maxSteps: number;
  /** Asked now and then; training ends, with the best so far, once it says no. */
  readonly hasTime: () => boolean;
}

export type TrainedFigures = Omit<NeuralTraining, 'trainedAtMs' | 'fromMs' | 'untilMs'>;

export interface TrainingResult {
  readonly network: NeuralNetwork;
  readonly figures: TrainedFigures;
}

const BATCH_WINDOWS = 256;
/** At first; it falls to nothing over the steps, along half a wave of the cosine. */
const LEARNING_RATE = 3e-3;
/** Steps between two looks at the windows held out. */
const STEPS_A_LOOK = 100;
/** Looks without improvement after which training ends. */
const PATIENCE = 10;
const MOST_HELD_OUT = 1_024;
/** Fewer windows than this teach nothing that holds for others. */
const FEWEST_WINDOWS = 1_000;
/** The last layer starts small, so that the network starts at its base. */
const LAST_LAYER_START = 0.1;

/**
 * Trains one network on the windows of many series, until what it says of windows held out no longer improves.
 *
 * Series are learned on the scale on which the candidate sees them. They are as they were known when the training ended: their last horizon is held out, what comes before is learned
 * from. Undefined where there are too few windows, or nothing held out was observed. TensorFlow's backend must have been
 * started.
 */
export async function trainNetwork(
  series: readonly JudgedValues[],
  options: TrainingOptions,
): Promise<TrainingResult | undefined> {
  const random = createRandom(options.seed);
  const { horizonPoints } = options.layout;
  const scaled = series.map(({ values, observed }) => ({
    values: toNeuralScale(values, Math.max(0, values.length - horizonPoints)),
    observed,
  }));
  const source = createWindowSource(scaled, options.layout, random, MOST_HELD_OUT);
  if (source.windows < FEWEST_WINDOWS || source.holdout.targets.every(Number.isNaN)) return undefined;
  const initial = initialNetwork(options, random);
  const trained = createTrainedNetwork(initial);
  try {
    const { parameters, ...progress } = await learn(trained, source, initial, options);
    trained.setParameters(parameters);
    const figures = {
      ...progress,
      seed: options.seed,
      series: source.series,
      windows: source.windows,
      holdout: judgeMedians(trained, source, options.layout.horizonPoints),
    };
    return { network: { ...initial, parameters }, figures };
  } finally {
    trained.dispose();
  }
}

interface Progress extends Pick<NeuralTraining, 'steps' | 'stoppedBy' | 'loss'> {
  readonly parameters: Float32Array;
}

async function learn(
  trained: TrainedNetwork,
  source: WindowSource,
  initial: NeuralNetwork,
  { layout, maxSteps, hasTime }: TrainingOptions,
): Promise<Progress> {
  let best = { parameters: initial.parameters, error: Number.POSITIVE_INFINITY, loss: Number.NaN };
  let steps = 0;
  let idle = 0;
  const finish = (stoppedBy: NeuralTraining['stoppedBy']): Progress => {
    return { parameters: best.parameters, steps, stoppedBy, loss: best.loss };
  };
  while (steps < maxSteps) {
    if (!hasTime()) return finish('time');
    const until = Math.min(maxSteps, steps + STEPS_A_LOOK);
    let sum = 0;
    for (let step = steps; step < until; step++) {
      const rate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * step) / maxSteps));
      sum += takeStep(trained, source.draw(BATCH_WINDOWS), layout.horizonPoints, rate);
      // A step takes some milliseconds: others of this thread get their turn in between.
      await new Promise(setImmediate);
    }
    const { error } = judgeMedians(trained, source, layout.horizonPoints);
    const loss = sum / (until - steps);
    steps = until;
    idle = error < best.error ? 0 : idle + 1;
    if (idle === 0) best = { parameters: trained.parameters(), error, loss };
    if (idle === PATIENCE) return finish('no_improvement');
  }
  return finish('steps');
}

function takeStep(trained: TrainedNetwork, batch: WindowBatch, horizonPoints: number, learningRate: number): number {
  let stepLoss = 0;
  trained.learn(batch.features, batch.rows, learningRate, (outputs) => {
    const { loss, gradient } = pinballGradient(outputs, batch.targets, horizonPoints);
    stepLoss = Number.isNaN(loss) ? 0 : loss;
    return gradient;
  });
  return stepLoss;
}

/** The medians come first among the outputs of a window. */
function judgeMedians(
  trained: TrainedNetwork,
  { holdout, holdoutNaive }: WindowSource,
  horizonPoints: number,
): NeuralTraining['holdout'] {
  const outputs = trained.outputsOf(holdout.features, holdout.rows);
  const outputsEach = outputs.length / holdout.rows;
  const errors = { model: 0, naive: 0, count: 0 };
  holdout.targets.forEach((target, k) => {
    if (Number.isNaN(target)) return;
    const median = outputs[Math.floor(k / horizonPoints) * outputsEach + (k % horizonPoints)]!;
    errors.model += Math.abs(target - median);
    errors.naive += Math.abs(target - holdoutNaive[k]!);
    errors.count++;
  });
  return {
    windows: holdout.rows,
    error: errors.model / errors.count,
    seasonalNaiveError: errors.naive / errors.count,
  };
}

/** Weights as wide as the rectified layers keep the size of what passes through them; biases zero. */
function initialNetwork({ layout, hiddenSizes }: TrainingOptions, random: Random): NeuralNetwork {
  const network = { layout, hiddenSizes, parameters: new Float32Array(parameterCount(layout, hiddenSizes)) };
  const layers = denseLayers(network);
  layers.forEach(({ inputs, weights }, k) => {
    const spread = Math.sqrt(2 / inputs) * (k === layers.length - 1 ? LAST_LAYER_START : 1);
    for (let i = 0; i < weights.length; i++) weights[i] = spread * random.normal();
  });
  return network;
}
