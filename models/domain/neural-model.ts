/** What a window of the global neural model is made of, in points of a series. */
export interface NeuralLayout {
  /** Length of the shortest season: a day of hours. */
  readonly seasonPoints: number;
  /** Values that the model sees; a whole number of seasons, best the longest season there is: a week of hours. */
  readonly windowPoints: number;
  /** Values that it speaks about. */
  readonly horizonPoints: number;
}

/** A dense network with one set of parameters: each layer's weights (inputs × outputs, row by row), then its biases. */
export interface NeuralNetwork {
  readonly layout: NeuralLayout;
  readonly hiddenSizes: readonly number[];
  readonly parameters: Float32Array;
}

/** How a model was trained, and what it was worth on what it had not seen. */
export interface NeuralTraining {
  readonly trainedAtMs: number;
  /** What it has learned from: values from `fromMs` up to and without `untilMs`. Nothing later took part in any way. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly seed: number;
  readonly series: number;
  readonly windows: number;
  readonly steps: number;
  /** Why it ended: it no longer improved, or its steps or its time were used up. */
  readonly stoppedBy: 'no_improvement' | 'steps' | 'time';
  /** Mean pinball loss of all quantiles in the last hundred steps, in units of the seasonal difference of each window. */
  readonly loss: number;
  /** Mean absolute errors of the medians on windows after those it learned from, and of the seasonal naive on the same. */
  readonly holdout: { readonly windows: number; readonly error: number; readonly seasonalNaiveError: number };
}

export interface NeuralModel {
  readonly network: NeuralNetwork;
  readonly training: NeuralTraining;
}
