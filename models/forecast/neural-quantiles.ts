/** Levels that the neural model answers, ascending. */
export const NEURAL_LEVELS = [0.025, 0.1, 0.5, 0.9, 0.975] as const;
const MEDIAN = 2;
const LEVELS = NEURAL_LEVELS.length;
/** Blocks of the network's outputs: the median, and the steps from level to level away from it. */
const BLOCK = { median: 0, toUpper: 1, toUppermost: 2, toLower: 3, toLowermost: 4 } as const;

/**
 * Number of outputs of the network: the median of each step ahead, and four distances.
 *
 * Input:      horizonPoints ≥ 1.
 * Output:     five for each step.
 * Cost:       O(1).
 * Throws:     never.
 *
 * @example
 * outputCount(48) // => 240
 */
export function outputCount(horizonPoints: number): number {
  return LEVELS * horizonPoints;
}

/**
 * Quantiles of one step ahead from the outputs of the network; they cannot cross.
 *
 * Definition: the median is an output; each level away from it lies softplus(output) further, and softplus is positive.
 * Input:      outputs of one window or of many; start, where those of the window begin; h, step ahead; horizonPoints;
 *             into, five places for the levels ascending.
 * Output:     none: `into` is filled, in units of the window from its base.
 * Cost:       O(levels).
 * Throws:     never.
 */
export function readQuantiles(outputs: Float32Array, at: OutputPlace, into: Float64Array): void {
  const output = (block: number): number => outputs[at.start + block * at.horizonPoints + at.h]!;
  const median = output(BLOCK.median);
  into[MEDIAN] = median;
  into[3] = median + softplus(output(BLOCK.toUpper));
  into[4] = into[3] + softplus(output(BLOCK.toUppermost));
  into[1] = median - softplus(output(BLOCK.toLower));
  into[0] = into[1] - softplus(output(BLOCK.toLowermost));
}

export interface OutputPlace {
  readonly start: number;
  readonly h: number;
  readonly horizonPoints: number;
}

export interface PinballResult {
  /** Mean pinball loss over observed steps and levels. */
  readonly loss: number;
  /** Of the mean pinball loss, for each output; zero where nothing was observed. */
  readonly gradient: Float32Array;
}

/**
 * Pinball loss of a batch and its gradient with respect to the network's outputs.
 *
 * Definition: max(τ (y − q), (τ − 1)(y − q)), summed over the levels τ and averaged over the observed steps.
 * Input:      outputs, five for each step of each window; targets, one for each step of each window in its unit from its
 *             base, NaN = not observed; horizonPoints.
 * Output:     see PinballResult; loss NaN where nothing was observed.
 * Cost:       O(outputs).
 * Throws:     never.
 *
 * @example
 * pinballGradient(new Float32Array(5), Float32Array.of(NaN), 1).gradient[0] // => 0
 */
export function pinballGradient(outputs: Float32Array, targets: Float32Array, horizonPoints: number): PinballResult {
  const observed = targets.reduce((count, target) => count + (Number.isNaN(target) ? 0 : 1), 0);
  const gradient = new Float32Array(outputs.length);
  const quantiles = new Float64Array(LEVELS);
  const slopes = new Float64Array(LEVELS);
  let loss = 0;
  for (let k = 0; k < targets.length; k++) {
    const target = targets[k]!;
    if (Number.isNaN(target)) continue;
    const h = k % horizonPoints;
    const start = LEVELS * (k - h);
    readQuantiles(outputs, { start, h, horizonPoints }, quantiles);
    for (let level = 0; level < LEVELS; level++) {
      const error = target - quantiles[level]!;
      slopes[level] = ((error < 0 ? 1 : 0) - NEURAL_LEVELS[level]!) / observed;
      loss -= slopes[level]! * error;
    }
    const below = slopes[0]! + slopes[1]!;
    const above = slopes[3]! + slopes[4]!;
    const put = (block: number, slope: number): void => {
      const at = start + block * horizonPoints + h;
      gradient[at] = block === BLOCK.median ? slope : slope * sigmoid(outputs[at]!);
    };
    put(BLOCK.median, below + slopes[MEDIAN]! + above);
    put(BLOCK.toUpper, above);
    put(BLOCK.toUppermost, slopes[4]!);
    put(BLOCK.toLower, -below);
    put(BLOCK.toLowermost, -slopes[0]!);
  }
  return { loss: observed === 0 ? Number.NaN : loss, gradient };
}

function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
