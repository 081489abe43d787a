import { describe, expect, it } from 'vitest';
import { neuralForecaster } from '../../../models/forecast/neural-forecaster.ts';
import { parameterCount } from '../../../models/forecast/neural-network.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const LAYOUT = { seasonPoints: 24, windowPoints: 168, horizonPoints: 48 };
const random = createRandom(7);
const forecaster = neuralForecaster({
  layout: LAYOUT,
  hiddenSizes: [8],
  parameters: Float32Array.from({ length: parameterCount(LAYOUT, [8]) }, () => 0.1 * random.normal()),
});
const values = Float64Array.from({ length: 400 }, (_, hour) => 9 + 4 * Math.sin(hour / 4) + random.normal());

function pathOf(history: Float64Array, horizonPoints = 48): Float64Array {
  const fit = forecaster.fit(history);
  if (fit.kind !== 'fitted') throw new Error(`did not fit: ${fit.kind}`);
  return fit.model.predict(horizonPoints);
}

describe('the neural candidate', () => {
  it('scales with its series, and does not change it', () => {
    const before = values.slice();
    const plain = pathOf(values);
    const scaled = pathOf(values.map((value) => 64 * value));

    for (const [h, value] of scaled.entries()) expect(value).toBeCloseTo(64 * plain[h]!, 3);
    expect(values).toEqual(before);
  });

  it('moves and scales with a series that has negative values, and no logarithm', () => {
    const negative = values.map((value) => value - 9);
    const plain = pathOf(negative);
    const moved = pathOf(negative.map((value) => 64 * value - 512));

    for (const [h, value] of moved.entries()) expect(value).toBeCloseTo(64 * plain[h]! - 512, 3);
  });

  it('gives the same numbers for the same values', () => {
    expect(pathOf(values)).toEqual(pathOf(values));
  });

  it('repeats the last season beyond the horizon of its network, and stops short on demand', () => {
    const path = pathOf(values, 60);

    expect(path).toHaveLength(60);
    expect([...path.subarray(48)]).toEqual([...path.subarray(24, 36)]);
    expect(pathOf(values, 5)).toEqual(path.slice(0, 5));
  });

  it('needs a window, and suits no constant one', () => {
    expect(forecaster.fit(values.subarray(0, 167))).toEqual({
      kind: 'not_enough_data',
      seenPoints: 167,
      neededPoints: 168,
    });
    expect(forecaster.fit(new Float64Array(200).fill(3)).kind).toBe('unsuited');
  });
});
