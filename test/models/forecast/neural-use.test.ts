import { describe, expect, it } from 'vitest';
import type { NeuralModel } from '../../../models/domain/neural-model.ts';
import { HOUR_MS } from '../../../models/domain/rollup.ts';
import { forecastSeries } from '../../../models/forecast/forecast-series.ts';
import { parameterCount } from '../../../models/forecast/neural-network.ts';
import { NEURAL_HOURS, NEURAL_UNLEARNED_HOURS, neuralCandidates } from '../../../models/forecast/neural-use.ts';
import { HOURLY_BACKTEST_HOURS } from '../../../models/forecast/two-scales.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const UNTIL_MS = 2_000 * HOUR_MS;

/** With all weights zero it answers its base, give or take nothing: the mean of yesterday and of a week ago. */
const model: NeuralModel = {
  network: { layout: NEURAL_HOURS, hiddenSizes: [2], parameters: new Float32Array(parameterCount(NEURAL_HOURS, [2])) },
  training: {
    trainedAtMs: UNTIL_MS,
    fromMs: 0,
    untilMs: UNTIL_MS,
    seed: 1,
    series: 1,
    windows: 1,
    steps: 1,
    stoppedBy: 'steps',
    loss: 1,
    holdout: { windows: 1, error: 1, seasonalNaiveError: 1 },
  },
};

describe('the neural candidate of a workspace', () => {
  it('is offered only where the whole backtest lies after what was learned', () => {
    const candidates = neuralCandidates(model);

    expect(candidates(UNTIL_MS + HOURLY_BACKTEST_HOURS * HOUR_MS)?.name).toBe('neural');
    expect(candidates(UNTIL_MS + (HOURLY_BACKTEST_HOURS - 1) * HOUR_MS)).toBeNull();
    expect(candidates(0)).toBeNull();
    expect(neuralCandidates(undefined)(Number.MAX_SAFE_INTEGER)).toBeNull();
  });

  it('leaves a training enough hours unlearned for the data of the day after, a day late', () => {
    expect(NEURAL_UNLEARNED_HOURS).toBe(HOURLY_BACKTEST_HOURS + 24);
  });
});

describe('a forecast with the neural model', () => {
  const random = createRandom(11);
  const daily = Float64Array.from({ length: 24 }, () => 100 * random.uniform());
  /** Each hour lies between yesterday's and last week's: what a model with zero weights says, and no other candidate. */
  const values = new Float64Array(1_200);
  values.forEach((_, hour) => {
    const before =
      hour < 168 ? daily[hour % 24]! + 30 * random.normal() : (values[hour - 24]! + values[hour - 168]!) / 2;
    values[hour] = before + 3 * random.normal();
  });
  const input = { startMs: 0, stepMs: HOUR_MS, values, nowMs: 1_200 * HOUR_MS } as const;
  const early = { ...model, training: { ...model.training, untilMs: 0 } };
  const modelsOf = (neural: NeuralModel | undefined): readonly string[] => {
    const outcome = forecastSeries({ ...input, neural: neuralCandidates(neural) });
    return outcome.kind === 'forecast' ? outcome.models.map(({ name }) => name) : [];
  };

  it('names it among the hourly models where the combination is better with it', () => {
    expect(modelsOf(early)).toContain('hourly neural');
    expect(modelsOf(early)).not.toContain('daily neural');
  });

  it('does without it where there is none, or where it knows the future', () => {
    expect(modelsOf(undefined)).not.toContain('hourly neural');
    expect(modelsOf({ ...model, training: { ...model.training, untilMs: 1_100 * HOUR_MS } })).toEqual(
      modelsOf(undefined),
    );
    expect(forecastSeries({ ...input, neural: () => null })).toEqual(forecastSeries(input));
  });
});
