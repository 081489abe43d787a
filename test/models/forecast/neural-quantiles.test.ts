import { describe, expect, it } from 'vitest';
import {
  NEURAL_LEVELS,
  outputCount,
  pinballGradient,
  readQuantiles,
} from '../../../models/forecast/neural-quantiles.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const HORIZON = 3;
const ROWS = 4;

function randomOutputs(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: ROWS * outputCount(HORIZON) }, () => 3 * random.normal());
}

describe('quantiles of the neural model', () => {
  it('never cross, whatever the network says', () => {
    const outputs = randomOutputs(1).map((output) => 40 * output);
    const levels = new Float64Array(5);
    for (let row = 0; row < ROWS; row++) {
      for (let h = 0; h < HORIZON; h++) {
        readQuantiles(outputs, { start: row * outputCount(HORIZON), h, horizonPoints: HORIZON }, levels);
        expect([...levels]).toEqual([...levels].toSorted((a, b) => a - b));
        expect(levels.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('have the median as their middle', () => {
    const outputs = Float32Array.of(7, 0, 0, 0, 0);
    const levels = new Float64Array(5);
    readQuantiles(outputs, { start: 0, h: 0, horizonPoints: 1 }, levels);

    expect(levels[2]).toBe(7);
    expect(levels[3]).toBeCloseTo(7 + Math.log(2), 12);
    expect(levels[0]).toBeCloseTo(7 - 2 * Math.log(2), 12);
  });
});

describe('the pinball loss', () => {
  const targets = Float32Array.from({ length: ROWS * HORIZON }, (_, k) => (k === 5 ? Number.NaN : Math.sin(k) * 4));

  it('has the gradient that differences of it show', () => {
    const outputs = randomOutputs(2);
    const { gradient } = pinballGradient(outputs, targets, HORIZON);
    const step = 1 / 1024;
    for (let i = 0; i < outputs.length; i++) {
      const above = outputs.slice();
      const below = outputs.slice();
      above[i]! += step;
      below[i]! -= step;
      const slope =
        (pinballGradient(above, targets, HORIZON).loss - pinballGradient(below, targets, HORIZON).loss) / (2 * step);
      expect(gradient[i]!).toBeCloseTo(slope, 3);
    }
  });

  it('is smallest at the quantiles of what comes', () => {
    const random = createRandom(3);
    const count = 4_000;
    const came = Float32Array.from({ length: count }, () => random.uniform());
    const lossAt = (levels: readonly number[]): number => {
      const [lowermost, lower, median, upper, uppermost] = levels as [number, number, number, number, number];
      const inverse = (distance: number): number => Math.log(Math.expm1(distance));
      const row = [median, upper - median, uppermost - upper, median - lower, lower - lowermost];
      const outputs = row.map((value, k) => (k === 0 ? value : inverse(value)));
      return pinballGradient(
        Float32Array.from({ length: 5 * count }, (_, k) => outputs[k % 5]!),
        came,
        1,
      ).loss;
    };
    const right = lossAt(NEURAL_LEVELS);

    NEURAL_LEVELS.forEach((_, k) => {
      for (const shift of [-0.02, 0.02])
        expect(lossAt(NEURAL_LEVELS.map((q, i) => (i === k ? q + shift : q)))).toBeGreaterThan(right);
    });
  });

  it('leaves out what was not observed', () => {
    const outputs = randomOutputs(4);
    const { gradient } = pinballGradient(outputs, targets, HORIZON);
    const unseen = [0, 1, 2, 3, 4].map((block) => gradient[1 * outputCount(HORIZON) + block * HORIZON + 2]);

    expect(unseen).toEqual([0, 0, 0, 0, 0]);
    expect(
      pinballGradient(
        outputs,
        targets.map(() => Number.NaN),
        HORIZON,
      ).loss,
    ).toBeNaN();
  });
});
