import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../models/domain/rollup.ts';
import { crossingSimulator } from '../../../models/forecast/future-path.ts';
import type { FutureSource } from '../../../models/forecast/outcome.ts';
import type { ErrorBand } from '../../../models/forecast/scale-forecast.ts';
import { createRandom } from '../../../models/numeric/random.ts';

const START_MS = 1_000 * DAY_MS;

function bandOf(points: number, centre: (step: number) => number, spread: number, persistence = 0): ErrorBand {
  return {
    centre: Float64Array.from({ length: points }, (_, step) => centre(step)),
    below: new Float64Array(points).fill(spread),
    above: new Float64Array(points).fill(spread),
    lowestErrors: 2,
    highestErrors: 2,
    memory: { persistence, autocorrelation: 0 },
  };
}

function sourceOf(change: Partial<FutureSource>): FutureSource {
  return {
    startMs: START_MS,
    hourly: bandOf(48, () => 10, 0),
    daily: bandOf(90, () => 10, 0),
    days: { shapes: Array.from({ length: 7 }, () => new Float64Array(24)), strays: [new Float64Array(24)] },
    turning: { max: null, min: null },
    nonNegative: true,
    ...change,
  };
}

const draw = (source: FutureSource, value: number, bound: 'max' | 'min' = 'max') =>
  crossingSimulator(source, { bound, value })(createRandom(1));

describe('without errors', () => {
  test('the first hour at the limit counts', () => {
    expect(draw(sourceOf({ hourly: bandOf(48, (hour) => 10 + hour, 0) }), 15)).toBe(START_MS + 5 * HOUR_MS);
    expect(draw(sourceOf({ hourly: bandOf(48, (hour) => 10 - hour, 0) }), 5, 'min')).toBe(START_MS + 5 * HOUR_MS);
  });

  test('after two days the first day counts whose peak reaches the limit, at the hour of its peak', () => {
    const days = {
      shapes: Array.from({ length: 7 }, () => Float64Array.from({ length: 24 }, (_, hour) => (hour === 14 ? 4 : 0))),
      strays: [new Float64Array(24)],
    };

    const crossedMs = draw(sourceOf({ daily: bandOf(90, (day) => 10 + day, 0), days }), 24);

    expect(crossedMs).toBe(START_MS + 10 * DAY_MS + 14 * HOUR_MS);
  });

  test('a limit that is never reached gives null', () => {
    expect(draw(sourceOf({}), 11)).toBeNull();
    expect(draw(sourceOf({}), 9, 'min')).toBeNull();
  });

  test('what was turned back each time crosses only once its turning level has come to the limit', () => {
    const daily = bandOf(90, (day) => 10 + 10 * day, 0);
    const turnedAt = (level: number, slope: number) =>
      sourceOf({ daily, turning: { max: { level, slope, lapseProbability: 0 }, min: null } });

    expect(draw(turnedAt(40, 0), 50)).toBeNull();
    expect(draw(turnedAt(60, 0), 50)).toBe(START_MS + 4 * DAY_MS);
    expect(draw(turnedAt(40, 1 / 24), 50)).toBe(START_MS + 10 * DAY_MS);
  });

  test('what is never negative does not fall below a limit under zero', () => {
    const hourly = bandOf(48, () => -5, 0);

    expect(draw(sourceOf({ hourly }), -1, 'min')).toBeNull();
    expect(draw(sourceOf({ hourly, nonNegative: false }), -1, 'min')).toBe(START_MS);
  });
});

describe('with errors', () => {
  function shareAbove(value: number, source: FutureSource): number {
    const random = createRandom(4);
    const simulate = crossingSimulator(source, { bound: 'max', value });
    return Array.from({ length: 2000 }, () => simulate(random)).filter((crossed) => crossed === START_MS).length / 2000;
  }

  test('one future in ten begins above p90', () => {
    // Standard error of a share of a tenth over 2,000 futures: 0.007.
    expect(Math.abs(shareAbove(13, sourceOf({ hourly: bandOf(48, () => 10, 3) })) - 0.1)).toBeLessThan(0.025);
  });

  test('no future goes far beyond the errors that were seen', () => {
    const source = sourceOf({ hourly: bandOf(48, () => 10, 3), daily: bandOf(90, () => 10, 3) });
    const random = createRandom(5);
    const simulate = crossingSimulator(source, { bound: 'max', value: 10 + 3 * 2 * 1.1 + 0.01 });

    expect(Array.from({ length: 300 }, () => simulate(random)).every((crossed) => crossed === null)).toBe(true);
  });

  test('a turn fails as often as it is said to', () => {
    const turning = { max: { level: 5, slope: 0, lapseProbability: 0.25 }, min: null };
    const random = createRandom(9);
    const simulate = crossingSimulator(sourceOf({ turning }), { bound: 'max', value: 10 });
    const crossed = Array.from({ length: 1000 }, () => simulate(random)).filter((atMs) => atMs !== null);

    expect(Math.abs(crossed.length / 1000 - 0.25)).toBeLessThan(0.05);
  });

  test('errors that last cross at once or never, errors that fade cross sooner or later', () => {
    const random = createRandom(6);
    const crossings = (persistence: number) => {
      const hourly = bandOf(48, () => 10, 3, persistence);
      const simulate = crossingSimulator(sourceOf({ hourly }), { bound: 'max', value: 13 });
      return Array.from({ length: 500 }, () => simulate(random)).filter((crossed) => crossed !== null).length / 500;
    };

    expect(crossings(1)).toBeLessThan(0.15);
    expect(crossings(0)).toBeGreaterThan(0.95);
  });
});
