import type { NeuralLayout } from '../../models/domain/neural-model.ts';
import type { JudgedValues } from '../../models/forecast/backtest.ts';
import { featureCount, type NeuralWindow, neuralWindow } from '../../models/forecast/neural-window.ts';
import type { Random } from '../../models/numeric/random.ts';

/** Windows side by side: rows of features and of what came after each. */
export interface WindowBatch {
  readonly rows: number;
  readonly features: Float32Array;
  /** In units of each window from its base; NaN = not observed, or its window says nothing. */
  readonly targets: Float32Array;
}

/** What came, beyond this many units, is learned from as this many: one outage must not outweigh everything else. */
const LARGEST_TARGET = 20;

/** Windows of many series, some drawn at random to learn from, the last of each series held out to judge by. */
export interface WindowSource {
  /** Series that are long enough for a window to learn from and one to hold out after it. */
  readonly series: number;
  readonly windows: number;
  draw(rows: number): WindowBatch;
  readonly holdout: WindowBatch;
  /** Targets that the seasonal naive would have met, beside those of the holdout. */
  readonly holdoutNaive: Float32Array;
}

/**
 * Each series is drawn as often as any other, and each of its windows likewise: a long series counts no more than a
 * short one. The last horizon of every series is held out: windows that reach into it are learned from only as far as
 * they end before.
 */
export function createWindowSource(
  all: readonly JudgedValues[],
  layout: NeuralLayout,
  random: Random,
  mostHeldOut: number,
): WindowSource {
  const { windowPoints, horizonPoints } = layout;
  const usable = all.filter(({ values }) => values.length > windowPoints + horizonPoints);
  const origins = ({ values }: JudgedValues): number => values.length - horizonPoints - windowPoints;
  const held = evenly(usable, mostHeldOut).map((series) => ({
    series,
    at: series.values.length - horizonPoints,
    endsAt: series.values.length,
  }));
  return {
    series: usable.length,
    windows: usable.reduce((count, series) => count + origins(series), 0),
    draw: (rows) =>
      batchOf(
        Array.from({ length: rows }, () => {
          const series = usable[random.below(usable.length)]!;
          const endsAt = series.values.length - horizonPoints;
          return { series, at: windowPoints + random.below(origins(series)), endsAt };
        }),
        layout,
      ),
    holdout: batchOf(held, layout),
    holdoutNaive: naiveTargets(held, layout),
  };
}

interface Place {
  readonly series: JudgedValues;
  readonly at: number;
  /** Index of the first value that must not be known. */
  readonly endsAt: number;
}

function batchOf(places: readonly Place[], layout: NeuralLayout): WindowBatch {
  const width = featureCount(layout);
  const { horizonPoints } = layout;
  const features = new Float32Array(places.length * width);
  const targets = new Float32Array(places.length * horizonPoints).fill(Number.NaN);
  places.forEach(({ series, at, endsAt }, row) => {
    const window = neuralWindow(series.values, at, layout);
    if (window === null) return;
    features.set(window.features, row * width);
    for (let h = 0; h < Math.min(horizonPoints, endsAt - at); h++) {
      if (series.observed[at + h] === 1) targets[row * horizonPoints + h] = inUnits(series.values[at + h]!, window, h);
    }
  });
  return { rows: places.length, features, targets };
}

function naiveTargets(places: readonly Place[], layout: NeuralLayout): Float32Array {
  const { horizonPoints, seasonPoints } = layout;
  const targets = new Float32Array(places.length * horizonPoints).fill(Number.NaN);
  places.forEach(({ series, at }, row) => {
    const window = neuralWindow(series.values, at, layout);
    if (window === null) return;
    for (let h = 0; h < horizonPoints; h++) {
      targets[row * horizonPoints + h] = inUnits(series.values[at - seasonPoints + (h % seasonPoints)]!, window, h);
    }
  });
  return targets;
}

function inUnits(value: number, { base, unit }: NeuralWindow, h: number): number {
  return Math.max(-LARGEST_TARGET, Math.min(LARGEST_TARGET, (value - base[h]!) / unit));
}

/** So many of the items, spread evenly over the list. */
function evenly<T>(items: readonly T[], most: number): readonly T[] {
  const count = Math.min(items.length, most);
  return Array.from({ length: count }, (_, k) => items[Math.floor((k * items.length) / count)]!);
}
