import { describe, expect, it } from 'vitest';
import { denseLayers, forwardPass, parameterCount } from '../../../models/forecast/neural-network.ts';

const LAYOUT = { seasonPoints: 1, windowPoints: 2, horizonPoints: 1 };

describe('the network', () => {
  it('reads weights row by row, then biases, layer by layer', () => {
    const parameters = Float32Array.from({ length: parameterCount(LAYOUT, [3]) }, (_, i) => i);
    const [first, last] = denseLayers({ layout: LAYOUT, hiddenSizes: [3], parameters });

    expect([first!.inputs, first!.outputs, last!.inputs, last!.outputs]).toEqual([4, 3, 3, 5]);
    expect([...first!.biases]).toEqual([12, 13, 14]);
    expect(last!.weights[0]).toBe(15);
    expect([...last!.biases]).toEqual([30, 31, 32, 33, 34]);
  });

  it('rectifies between its layers, not at its end', () => {
    const layers = [
      { inputs: 1, outputs: 2, weights: Float32Array.of(2, -2), biases: Float32Array.of(0, 1) },
      { inputs: 2, outputs: 1, weights: Float32Array.of(-3, 10), biases: Float32Array.of(1) },
    ];

    expect([...forwardPass(layers, Float32Array.of(5))]).toEqual([-29]);
    expect([...forwardPass(layers, Float32Array.of(-1))]).toEqual([31]);
  });

  it('does not change the features', () => {
    const features = Float32Array.of(1, 2, 3, 4);
    const parameters = new Float32Array(parameterCount(LAYOUT, [])).fill(1);
    forwardPass(denseLayers({ layout: LAYOUT, hiddenSizes: [], parameters }), features);

    expect([...features]).toEqual([1, 2, 3, 4]);
  });

  it('refuses a number of parameters that its layers do not take', () => {
    const network = { layout: LAYOUT, hiddenSizes: [3], parameters: new Float32Array(34) };

    expect(() => denseLayers(network)).toThrow('the layers take 35 parameters, got 34');
  });
});
