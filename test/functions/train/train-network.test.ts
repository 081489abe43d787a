import { beforeAll, describe, expect, it } from 'vitest';
import { trainNetwork } from '../../../functions/train/train-network.ts';
import { startWasm } from '../../../functions/train/wasm-backend.ts';
import type { JudgedValues } from '../../../models/forecast/backtest.ts';
import { neuralForecaster } from '../../../models/forecast/neural-forecaster.ts';
import { createRandom } from '../../../models/numeric/random.ts';
import { WASM_FOLDER } from '../../support/wasm-folder.ts';

const LAYOUT = { seasonPoints: 6, windowPoints: 24, horizonPoints: 6 };
const OPTIONS = { layout: LAYOUT, hiddenSizes: [16], seed: 5, maxSteps: 300, hasTime: () => true };

/** Seasons that a repeat of yesterday gets wrong: every other day is turned upside down. */
function turning(seed: number, points = 240): JudgedValues {
  const random = createRandom(seed);
  const size = 1 + 50 * random.uniform();
  const shift = random.below(12);
  const values = Float64Array.from(
    { length: points },
    (_, i) => size * (3 + Math.cos(((i + shift) * Math.PI) / 6) + 0.05 * random.normal()),
  );
  return { values, observed: new Uint8Array(points).fill(1) };
}

const SERIES = Array.from({ length: 20 }, (_, seed) => turning(seed));

beforeAll(() => startWasm(WASM_FOLDER));

describe('training', () => {
  it('gives the same parameters, bit by bit, for the same series and seed, and others for another seed', async () => {
    const first = await trainNetwork(SERIES, { ...OPTIONS, maxSteps: 100 });
    const second = await trainNetwork(SERIES, { ...OPTIONS, maxSteps: 100 });
    const other = await trainNetwork(SERIES, { ...OPTIONS, maxSteps: 100, seed: 6 });

    expect(second).toEqual(first);
    expect(other!.network.parameters).not.toEqual(first!.network.parameters);
  });

  it('learns a habit of all series that the seasonal naive does not know, and tells it of a series it never saw', async () => {
    const trained = (await trainNetwork(SERIES, OPTIONS))!;
    const { values } = turning(99);
    const fit = neuralForecaster(trained.network).fit(values.subarray(0, 200));
    if (fit.kind !== 'fitted') throw new Error(fit.kind);
    const errorOf = (path: Float64Array): number =>
      path.reduce((sum, value, h) => sum + Math.abs(value - values[200 + h]!), 0);

    expect(trained.figures.holdout.error).toBeLessThan(trained.figures.holdout.seasonalNaiveError / 4);
    expect(errorOf(fit.model.predict(6))).toBeLessThan(errorOf(values.slice(194, 200)) / 4);
  });

  it('knows nothing of what came after the values that it learned from', async () => {
    const cut = SERIES.map(({ values, observed }) => ({
      values: values.slice(0, 180),
      observed: observed.slice(0, 180),
    }));
    const views = SERIES.map(({ values, observed }) => ({
      values: values.subarray(0, 180),
      observed: observed.subarray(0, 180),
    }));

    expect(await trainNetwork(views, { ...OPTIONS, maxSteps: 20 })).toEqual(
      await trainNetwork(cut, { ...OPTIONS, maxSteps: 20 }),
    );
  });

  it('does not learn from what is held out, and learns otherwise where less was observed', async () => {
    const train = async (change: (one: JudgedValues) => JudgedValues) =>
      (await trainNetwork(SERIES.map(change), { ...OPTIONS, maxSteps: 20 }))!.network.parameters;
    const doubled = (from: number, to: number) => (one: JudgedValues) => ({
      ...one,
      values: one.values.map((value, i) => (i >= from && i < to ? 2 * value : value)),
    });
    const unseen = (one: JudgedValues) => ({ ...one, observed: one.observed.map((_, i) => (i < 120 ? 0 : 1)) });
    const plain = await train((one) => one);

    expect(await train(doubled(234, 240))).toEqual(plain);
    expect(await train(doubled(100, 106))).not.toEqual(plain);
    expect(await train(unseen)).not.toEqual(plain);
  });

  it('tells what it learned from, and why it ended', async () => {
    const { figures } = (await trainNetwork(SERIES, { ...OPTIONS, maxSteps: 50 }))!;
    const constant = { values: new Float64Array(240), observed: new Uint8Array(240).fill(1) };
    const late = await trainNetwork([...SERIES, constant], { ...OPTIONS, hasTime: () => false });

    expect(figures).toMatchObject({ seed: 5, series: 20, windows: 20 * 210, steps: 50, stoppedBy: 'steps' });
    expect(figures.holdout.windows).toBe(20);
    expect(figures.loss).toBeGreaterThan(0);
    expect(late!.figures).toMatchObject({ steps: 0, stoppedBy: 'time', series: 21 });
  });

  it('does not train on next to nothing', async () => {
    expect(await trainNetwork([], OPTIONS)).toBeUndefined();
    expect(await trainNetwork(SERIES.slice(0, 1), OPTIONS)).toBeUndefined();
    expect(
      await trainNetwork(
        SERIES.map((one) => ({ ...one, observed: one.observed.map((_, i) => (i < 234 ? 1 : 0)) })),
        OPTIONS,
      ),
    ).toBeUndefined();
  });
});
