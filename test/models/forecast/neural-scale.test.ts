import { describe, expect, it } from 'vitest';
import { createForecaster } from '../../../models/forecast/forecaster.ts';
import { onLogScale } from '../../../models/forecast/log-scale.ts';
import { toNeuralScale } from '../../../models/forecast/neural-scale.ts';

describe('the scale on which the neural model learns', () => {
  it('is the one through which the candidate sees a series', () => {
    for (const values of [Float64Array.of(0, 3, 5, 900), Float64Array.of(-1, 3, 5, 900), new Float64Array(4)]) {
      let seen: Float64Array | undefined;
      const spy = createForecaster('spy', 1, (given) => {
        seen = given;
        return { predict: (horizonPoints) => new Float64Array(horizonPoints) };
      });
      onLogScale(spy, 'as_they_are').fit(values);

      expect(toNeuralScale(values, 4)).toEqual(seen);
    }
  });

  it('is decided without what comes later', () => {
    const early = toNeuralScale(Float64Array.of(1, 2, 3, 4), 2);

    expect(toNeuralScale(Float64Array.of(1, 2, 3, 9e9), 2).subarray(0, 3)).toEqual(early.subarray(0, 3));
    expect(toNeuralScale(Float64Array.of(1, 2, 3, -4), 2)[3]).toBeNaN();
  });

  it('makes equal factors equal distances', () => {
    const [first, second, third] = toNeuralScale(Float64Array.of(100, 200, 400), 3);

    expect(third! - second!).toBeCloseTo(second! - first!, 2);
  });
});
